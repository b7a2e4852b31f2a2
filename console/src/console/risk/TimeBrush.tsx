import { useQuery } from '@tanstack/react-query'
import { Button, Segmented, Slider } from 'antd'
import { useRef, useState, type PointerEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { readRiskHours, type RiskHours } from '@/shared/api/risk'
import { shortTime } from '@/shared/time'
import { ErrorNote } from '../app/ErrorNote'
import { hoursOf, SPANS, timeOf, type RiskSearch, type Span } from './search'
import { toneOf } from './tint'

interface Props {
  region: number | undefined
  search: RiskSearch
  go: (change: RiskSearch) => void
}

const LIVE_MS = 60_000
const LEVELS = [1, 2, 3, 4] as const
const HOUR_MS = 3_600_000
type Range = [number, number]

/** Alarms and incidents hour by hour; dragging over them (or the slider, by keys too) narrows map and list to a time. */
export function TimeBrush({ region, search, go }: Props) {
  const { t } = useTranslation('console')
  const span: Span = search.span ?? 'day'
  const hours = SPANS[span]
  const found = useQuery({ queryKey: ['risk', 'hours', region, hours], queryFn: ({ signal }) => readRiskHours({ region, hours }, signal), placeholderData: (old) => old, refetchInterval: LIVE_MS })
  const data = found.data?.hours === hours ? found.data : undefined
  const timed = search.since !== undefined
  return (
    <section className="risk-brush" aria-label={t('risk.brush')} data-testid="risk-brush">
      <div className="risk-brush-head">
        <Segmented<Span> aria-label={t('risk.span')} size="small" value={span} options={(['day', 'week'] as const).map((one) => ({ value: one, label: t(`risk.spans.${one}`) }))} onChange={(one) => go({ span: one === 'day' ? undefined : one, since: undefined, until: undefined })} data-testid="risk-span" />
        <span className="risk-when" data-testid="risk-when">{timed ? t('risk.between', { since: shortTime(search.since ?? 0), until: shortTime(search.until ?? 0) }) : t('risk.now')}</span>
        {timed && <Button size="small" onClick={() => go({ since: undefined, until: undefined })} data-testid="risk-unbrush">{t('risk.unbrush')}</Button>}
      </div>
      {found.error ? <ErrorNote error={found.error} retry={() => void found.refetch()} /> : data ? <Bars key={`${data.since}${hours}`} data={data} search={search} go={go} /> : <div className="risk-bars" aria-busy="true" />}
    </section>
  )
}

function Bars({ data, search, go }: { data: RiskHours; search: RiskSearch; go: (change: RiskSearch) => void }) {
  const { t } = useTranslation('console')
  const kept = hoursOf(data.since, data.hours, search)
  const [drawn, setDrawn] = useState<Range>()
  const [from, to] = drawn ?? kept
  const began = useRef<number>(undefined)
  const take = ([first, last]: Range) => {
    setDrawn(undefined)
    go(timeOf(data.since, data.hours, first, last))
  }
  const hourAt = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    return Math.min(Math.max(Math.floor(((event.clientX - box.left) / box.width) * data.hours), 0), data.hours - 1)
  }
  const over = (first: number, last: number): Range => [Math.min(first, last), Math.max(first, last) + 1]
  const moment = (hour: number) => shortTime(Date.parse(data.since) + hour * HOUR_MS)
  const most = Math.max(1, ...data.alarms.map((one, hour) => sum(one) + sum(data.incidents[hour])))
  const [rang, reported] = [data.alarms, data.incidents].map((each) => each.slice(from, to).reduce((all, one) => all + sum(one), 0))
  return (
    <>
      <div
        className="risk-bars" role="img" aria-label={t('risk.bars', { since: moment(from), until: moment(to), alarms: rang, incidents: reported })} data-testid="risk-bars"
        onPointerDown={(event) => {
          began.current = hourAt(event)
          event.currentTarget.setPointerCapture(event.pointerId)
          setDrawn(over(began.current, began.current))
        }}
        onPointerMove={(event) => began.current !== undefined && setDrawn(over(began.current, hourAt(event)))}
        onPointerUp={(event) => {
          const first = began.current
          began.current = undefined
          if (first !== undefined) take(over(first, hourAt(event)))
        }}
        onPointerCancel={() => {
          began.current = undefined
          setDrawn(undefined)
        }}
      >
        {data.alarms.map((alarms, hour) => (
          <Bar key={hour} alarms={alarms} incidents={data.incidents[hour] ?? []} most={most} on={hour >= from && hour < to} title={t('risk.bar', { time: moment(hour), alarms: sum(alarms), incidents: sum(data.incidents[hour]) })} />
        ))}
      </div>
      <Slider
        range={{ draggableTrack: true }} className="risk-slider" min={0} max={data.hours} value={[from, to]} tooltip={{ formatter: (hour) => moment(hour ?? 0) }}
        ariaLabelForHandle={[t('risk.since'), t('risk.until')]} ariaValueTextFormatterForHandle={[moment, moment]}
        onChange={(range: number[]) => setDrawn((old) => some(range) ?? old)} onChangeComplete={(range: number[]) => take(some(range) ?? kept)}
      />
      <p className="risk-ends meta">
        <span>{moment(0)}</span>
        <span>{t('risk.counted', { alarms: rang, incidents: reported })}</span>
        <span>{moment(data.hours)}</span>
      </p>
    </>
  )
}

/** At least one hour. */
const some = ([from = 0, to = 0]: number[]): Range | undefined => (to > from ? [from, to] : undefined)
const sum = (counts: readonly number[] | undefined): number => (counts ?? []).reduce((all, one) => all + one, 0)

function Bar({ alarms, incidents, most, on, title }: { alarms: number[]; incidents: number[]; most: number; on: boolean; title: string }) {
  const part = (count: number) => `${(count / most) * 100}%`
  return (
    <span className={on ? 'risk-bar' : 'risk-bar risk-bar-off'} title={title}>
      {LEVELS.map((level) => {
        const count = (alarms[level - 1] ?? 0) + (incidents[level - 1] ?? 0)
        return count > 0 && <i key={level} style={{ height: part(count), background: `var(--dot-${toneOf(level)})` }} />
      })}
    </span>
  )
}
