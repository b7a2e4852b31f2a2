import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { RuleVerdict, Trial, TrialUnit, TrialView } from '@/shared/api/rules'
import { fullTime } from '@/shared/time'
import { useWords } from './words'

const minutes = (at: string) => fullTime(at).slice(0, 16)

/** The answer in the order in which the rules give it: place, centre, category, units, deadline, and each rule. */
export function TrialResult({ view }: { view: TrialView }) {
  const { t } = useTranslation('console')
  const words = useWords()
  const { trial } = view
  const why = (topic: 'place' | 'centre' | 'category'): string | undefined => (words.english ? trial.why[topic]?.en : trial.why[topic]?.zh)
  return (
    <section className="card" data-testid="trial-result" aria-live="polite">
      <dl className="trial-facts">
        <Fact label={t('rules.trial.where')}>
          <b data-testid="trial-place">{trial.place}</b>
          <p className="meta">
            {t('rules.trial.border', { value: Math.round(trial.border_m) })} {trial.schematic && <span className="chip">{t('rules.trial.schematic')}</span>}
          </p>
        </Fact>
        <Fact label={t('rules.trial.centre')}>
          <b>{trial.centre.name}</b>
          <p className="meta">{why('centre')}</p>
        </Fact>
        <Fact label={t('rules.trial.categoryIs')}>{trial.category ? <Known trial={trial} why={why('category')} /> : <Unclear trial={trial} />}</Fact>
        <Fact label={t('rules.trial.decides')}>
          <Units trial={trial} />
        </Fact>
        <Fact label={t('rules.trial.deadline')}>
          <ul className="rules-lines" data-testid="trial-deadlines">
            {trial.deadlines.map((one) => (
              <li key={one.stage} data-stage={one.stage}>
                <b>{words.named('stage', one.stage)}</b> <span>{t('rules.trial.until', { time: minutes(one.due) })}</span> <span className="meta">{one.rule}</span>
              </li>
            ))}
          </ul>
          <Days view={view} />
        </Fact>
        {trial.verdicts.length > 0 && (
          <Fact label={t('rules.trial.trace')}>
            <ul className="rules-lines">
              {trial.verdicts.map((one) => (
                <VerdictRow key={one.rule} verdict={one} />
              ))}
            </ul>
          </Fact>
        )}
      </dl>
    </section>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  )
}

function Known({ trial, why }: { trial: Trial; why: string | undefined }) {
  const words = useWords()
  return (
    <>
      <b>{words.english ? trial.category?.name_en : trial.category?.name_zh}</b> <span className={`chip chip-${trial.level}`}>{words.level(trial.level)}</span>
      <p className="meta">{why}</p>
    </>
  )
}

function Unclear({ trial }: { trial: Trial }) {
  const { t } = useTranslation('console')
  const hits = Object.entries(trial.hits)
  return (
    <>
      {t('rules.trial.unclear')} {hits.length === 0 ? t('rules.trial.noWords') : hits.map(([code, found]) => `${code}（${found.join('、')}）`).join('；')}
    </>
  )
}

function Units({ trial }: { trial: Trial }) {
  const { t } = useTranslation('console')
  const { proposal } = trial
  if (!proposal) return <span className="meta">{t('rules.none')}</span>
  return (
    <>
      <p>
        <b>{proposal.why}</b> <code>{proposal.rule}</code>
      </p>
      <p className="meta">{proposal.units.length === 0 ? t('rules.trial.nobody') : trial.auto ? t('rules.trial.auto') : t('rules.trial.manual')}</p>
      <ul className="rules-lines" data-testid="trial-units">
        {proposal.units.map((one) => (
          <UnitRow key={one.unit.id} unit={one} label={t(`shared:role.${one.role}`)} />
        ))}
        {proposal.rejected.map((one) => (
          <UnitRow key={`not ${one.unit.id}`} unit={one} label={t('rules.trial.rejected')} why />
        ))}
      </ul>
    </>
  )
}

function UnitRow({ unit, label, why = false }: { unit: TrialUnit; label: string; why?: boolean }) {
  const { t } = useTranslation('console')
  return (
    <li>
      <span className={`chip ${why ? '' : 'chip-brand'}`}>{label}</span>
      <b>{unit.unit.name}</b>
      <span className="meta">
        {t('rules.trial.load', { count: unit.load })} · {t('rules.trial.people', { count: unit.on_duty })}
      </span>
      {why && <span className="meta">{unit.why}</span>}
    </li>
  )
}

function Days({ view }: { view: TrialView }) {
  const { t } = useTranslation('console')
  const handle = view.trial.deadlines.find((one) => one.stage === 'handle') ?? view.trial.deadlines[0]
  if (view.days.length === 0) return <p className="meta">{handle?.clock === 'calendar_days' ? t('rules.trial.naturalDays') : t('rules.trial.clockRuns')}</p>
  return (
    <>
      <p className="meta">
        {t('rules.trial.days')} · {handle && t('rules.trial.starts', { time: minutes(handle.started) })}
      </p>
      <ul className="trial-days" data-testid="trial-days">
        {view.days.map((one) => (
          <li key={one.day} className={one.hours > 0 ? 'trial-day trial-day-counts' : 'trial-day'}>
            <b>{one.day.slice(5)}</b>
            <br />
            {one.name || t(`rules.day.${one.kind}`)}
            <br />
            {one.hours > 0 ? t('rules.trial.worked', { hours: Math.round(one.hours * 100) / 100 }) : t('rules.trial.notWorked')}
          </li>
        ))}
      </ul>
    </>
  )
}

function VerdictRow({ verdict }: { verdict: RuleVerdict }) {
  const { t } = useTranslation('console')
  const words = useWords()
  const { fact, wanted, found } = verdict
  const chips = { decides: 'chip chip-done', condition: 'chip', no_unit: 'chip chip-red', later: 'chip' }
  return (
    <li>
      <span className={chips[verdict.outcome]}>{t(`rules.trial.outcome.${verdict.outcome}`)}</span>
      <span>{words.english ? verdict.why_en : verdict.why_zh}</span>
      <code>{verdict.rule}</code>
      {fact && (
        <span className="meta">
          {found === null ? t('rules.trial.wantsNested') : t('rules.trial.wants', { fact: t(`rules.field.${fact}`), wanted: words.fact(fact, wanted ?? ''), found: words.fact(fact, found) })}
        </span>
      )}
    </li>
  )
}
