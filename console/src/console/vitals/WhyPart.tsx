import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { SignPage } from '@/shared/api/vitals'
import { fullTime } from '@/shared/time'
import { valueText } from '@/shared/numbers'
import { durationOf } from './format'
import { FreshnessNote, Value } from './Reading'

/** 为什么是这个值: formula, inputs, freshness, owner, source, what came of it. */
export function WhyPart({ page }: { page: SignPage }) {
  const { t } = useTranslation('console')
  const { why, sign, reading } = page
  const span = (seconds: number) => {
    const [value, unit] = durationOf(seconds)
    return t(`vitals.${unit}`, { value })
  }
  return (
    <section className="card" data-testid="sign-why">
      <div className="card-head">
        <h2>{t('vitals.why')}</h2>
      </div>
      <dl className="sign-facts">
        <Fact name={t('vitals.formula')}>
          <code>{why.expression}</code>
          {why.inputs.length === 0 && <p>{t('vitals.formulaX', { statistic: t(`vitals.statistic.${why.statistic}`) })}</p>}
          {why.limit !== null && <p>{t('vitals.limit', { value: why.limit })}</p>}
          <Inputs page={page} />
        </Fact>
        {sign.input !== 'signs' && <Fact name={t('vitals.of')}>{[t(`vitals.input.${sign.input}`), why.of].filter(Boolean).join(' · ')}</Fact>}
        {why.which && <Fact name={t('vitals.where')}>{why.which}</Fact>}
        {why.window_s > 0 && (
          <Fact name={t('vitals.window')}>
            {span(why.window_s)} · {t('vitals.lateness')} {span(why.lateness_s)}
          </Fact>
        )}
        <Fact name={t('vitals.freshness')}>
          {t(`vitals.period.${sign.period}`)} · {t('vitals.aliveOf', { alive: reading.alive, inputs: reading.inputs })} · {reading.at ? t('vitals.at', { time: fullTime(reading.at) }) : t('vitals.atNone')}
        </Fact>
        <Fact name={t('vitals.noData')}>{t(why.no_data === 'alarm' ? 'vitals.noDataAlarm' : 'vitals.noDataKeep')}</Fact>
        <Fact name={t('vitals.source')}>{why.source}</Fact>
        <Fact name={t('vitals.owner')}>{why.owner}</Fact>
        <Range page={page} />
        <Fact name={t('vitals.alarms')}>{t('vitals.alarmsOpen', { open: why.alarms_open, incidents: why.incidents_30d })}</Fact>
        <Fact name={t('vitals.catalogue')}>{why.template ? t('vitals.template', { name: why.template }) : t('vitals.byHand')}</Fact>
      </dl>
    </section>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Inputs({ page }: { page: SignPage }) {
  if (page.why.inputs.length === 0) return null
  return (
    <ul className="sign-inputs">
      {page.why.inputs.map((one) => (
        <li key={one.name} data-testid="sign-input">
          <code>{one.name}</code>
          <Link to="/vitals/$code" params={{ code: one.sign.code }} search={{ region: page.scope.region.id }}>
            {one.sign.name}
          </Link>
          <Value sign={one.sign} reading={one.reading} />
          {one.reading.state !== 'fresh' && <FreshnessNote reading={one.reading} />}
        </li>
      ))}
    </ul>
  )
}

function Range({ page }: { page: SignPage }) {
  const { t } = useTranslation('console')
  const { low, high } = page.why
  if (low === null && high === null) return null
  const show = (value: number | null) => valueText(value, page.sign.decimals)
  return (
    <Fact name={t('vitals.range')}>
      {show(low)} – {show(high)} {page.sign.unit}
    </Fact>
  )
}
