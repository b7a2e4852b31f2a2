import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { RiskFact, RiskWhy } from '@/shared/api/risk'
import { shortTime } from '@/shared/time'
import { Counted } from './RegionList'
import { levelKey, toneOf } from './tint'

/** Why a region has its colour: the rule with its numbers, then every fact, the worst first. */
export function WhyPart({ why }: { why: RiskWhy }) {
  const { t } = useTranslation('console')
  const { risk } = why
  const word = (level: number) => t(`risk.level.${levelKey(level)}`)
  return (
    <div className="risk-why" data-testid="risk-why">
      <p className="risk-verdict">
        <span className={`chip chip-${toneOf(risk.level)}`}>{word(risk.level)}</span> <b>{risk.region.name}</b>
      </p>
      <p>{t('risk.verdict', { single: word(risk.single), points: risk.score, summed: word(risk.summed) })}</p>
      <p className="meta">{t('risk.bounds', { level: t(`risk.region.${risk.region.level}`), blue: why.bounds[0], yellow: why.bounds[1], orange: why.bounds[2], red: why.bounds[3] })}</p>
      {why.drop > 0 && <p className="meta">{t('risk.drop', { count: why.drop })}</p>}
      <p className="meta"><Counted risk={risk} /></p>
      <h3>{t('risk.because', { count: why.total })}</h3>
      {why.facts.length === 0 && <p className="empty">{t('risk.noFacts')}</p>}
      <ol className="risk-facts">
        {why.facts.map((fact) => <Fact key={`${fact.kind}${fact.id ?? ''}${fact.code ?? ''}${fact.region}`} fact={fact} />)}
      </ol>
      {why.total > why.facts.length && <p className="meta">{t('risk.rest', { shown: why.facts.length, total: why.total })}</p>}
      {why.things.length > 0 && (
        <>
          <h3>{t('risk.things')}</h3>
          <ul className="risk-facts">
            {why.things.map((one) => (
              <li key={one.thing} className={`risk-fact risk-bar-${toneOf(one.level)}`}>
                <Link to="/things" search={{ thing: one.thing }}>{one.name}</Link>
                <span className="meta">{t('risk.nAlarms', { count: one.alarms })}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <details>
        <summary>{t('risk.method')}</summary>
        <p className="meta">{t('risk.methodText')}</p>
      </details>
    </div>
  )
}

function Fact({ fact }: { fact: RiskFact }) {
  const { t } = useTranslation('console')
  return (
    <li className={`risk-fact risk-bar-${toneOf(fact.level)}`} data-testid="risk-fact" data-kind={fact.kind}>
      <span className="risk-what">
        <FactLink fact={fact} />
        <span className="meta">{[fact.place, fact.thing_name, fact.since && t('risk.from', { time: shortTime(fact.since) })].filter(Boolean).join(' · ')}</span>
      </span>
      <span className="risk-marks">
        <span className={`chip chip-${toneOf(fact.level)}`}>{t(`risk.kind.${fact.kind}`)} · {t(`risk.level.${levelKey(fact.level)}`)}</span>
        {fact.overdue && <span className="chip chip-red">{t('risk.overdue')}</span>}
        {fact.shelved && <span className="chip">{t('risk.shelved')}</span>}
        {fact.acknowledged && <span className="chip chip-done">{t('risk.heard')}</span>}
        {fact.simulated && <span className="chip">{t('risk.simulated')}</span>}
        <span className="meta">{t('risk.points', { points: fact.points })}</span>
      </span>
    </li>
  )
}

function FactLink({ fact }: { fact: RiskFact }) {
  if (fact.kind === 'incident' && fact.id) return <Link to="/incidents/$id" params={{ id: fact.id }}>{fact.title}</Link>
  if (fact.kind === 'alarm' && fact.id) return <Link to="/alarms" search={{ at: fact.id }}>{fact.title}</Link>
  return <Link to="/vitals/$code" params={{ code: fact.code ?? '' }} search={{ region: fact.region }}>{fact.title}</Link>
}
