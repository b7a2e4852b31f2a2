import { useQuery } from '@tanstack/react-query'
import { Segmented, Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { readSignTrend, type SignPage, type SignTrend } from '@/shared/api/vitals'
import { shortTime } from '@/shared/time'
import { valueText } from '@/shared/numbers'
import { useMinute } from '../app/clock'
import { ErrorNote } from '../app/ErrorNote'
import { DAYS, SPANS, type Span } from './search'
import { SignChart } from './SignChart'

interface Props {
  page: SignPage
  span: Span
  choose: (span: Span) => void
}

const DAY_MS = 86_400_000

/** What it was, with the thresholds in force as bands. */
export function TrendPart({ page, span, choose }: Props) {
  const { t } = useTranslation('console')
  const until = useMinute()
  const { sign, scope } = page
  const trend = useQuery({
    queryKey: ['sign-trend', sign.code, scope.region.id, span, Math.floor(until / 60_000)],
    queryFn: ({ signal }) => readSignTrend(sign.code, { region: scope.region.id, since: new Date(until - DAYS[span] * DAY_MS).toISOString(), until: new Date(until).toISOString() }, signal),
    placeholderData: (old) => old,
  })
  return (
    <figure className="card sign-trend" data-testid="sign-trend">
      <div className="card-head">
        <h2>{t('vitals.trend')}</h2>
        <Segmented<Span> aria-label={t('vitals.trend')} size="small" value={span} options={SPANS.map((one) => ({ value: one, label: t(`vitals.span.${one}`) }))} onChange={choose} data-testid="sign-span" />
      </div>
      {trend.error ? <ErrorNote error={trend.error} retry={() => void trend.refetch()} /> : null}
      {trend.isPending && <Skeleton active paragraph={{ rows: 6 }} />}
      {trend.data && (trend.data.points.some((point) => point.value !== null) ? <SignChart page={page} trend={trend.data} /> : <p className="empty">{t('vitals.noTrend')}</p>)}
      {trend.data && <AsTable page={page} trend={trend.data} />}
    </figure>
  )
}

function AsTable({ page, trend }: { page: SignPage; trend: SignTrend }) {
  const { t } = useTranslation('console')
  const { sign } = page
  const show = (value: number | null) => valueText(value, sign.decimals)
  return (
    <figcaption>
      <p className="meta">
        {t('vitals.trendSource', { source: page.why.source, name: page.scope.region.name })} · {sign.unit} · {shortTime(trend.since)} – {shortTime(trend.until)}
      </p>
      <details>
        <summary>{t('vitals.asTable')}</summary>
        <div className="sign-table" tabIndex={0} role="region" aria-label={t('vitals.asTable')}>
          <table>
            <thead>
              <tr>
                {(['time', 'value', 'low', 'high'] as const).map((column) => (
                  <th key={column} scope="col">
                    {t(`vitals.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {trend.points.map((point) => (
                <tr key={point.at}>
                  <th scope="row">{shortTime(point.at)}</th>
                  <td>{show(point.value)}</td>
                  <td>{show(point.low)}</td>
                  <td>{show(point.high)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figcaption>
  )
}
