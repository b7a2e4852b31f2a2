import { DatePicker, Segmented, Select } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'
import type { Evaluation } from '@/shared/api/evaluation'
import { CHANNELS } from '@/shared/levels'
import { shortTime } from '@/shared/time'
import { CategorySelect } from '../moves/CategorySelect'
import { RegionSelect } from '../moves/RegionSelect'
import { PERIODS, type Period, type Search } from './search'

interface Props {
  search: Search
  today: string
  found: Evaluation | undefined
  go: (change: Search) => void
}

const PICKERS = { day: 'date', week: 'week', month: 'month', quarter: 'quarter', year: 'year' } as const

/** Which period, where, and about what; all of it is in the URL. */
export function AskBar({ search, today, found, go }: Props) {
  const { t } = useTranslation('console')
  const period = search.period ?? 'month'
  const first = search.day ?? today
  const set = (day: dayjs.Dayjs | null) => go({ day: day?.format('YYYY-MM-DD') })
  return (
    <div className="evaluation-ask no-print">
      <Segmented<Period> aria-label={t('evaluation.periodLabel')} value={period} options={PERIODS.map((one) => ({ value: one, label: t(`evaluation.period.${one}`) }))} onChange={(one) => go({ period: one, last: undefined })} data-testid="evaluation-period" />
      {period === 'custom' ? (
        <DatePicker.RangePicker
          value={[dayjs(first), dayjs(search.last ?? first)]}
          onChange={(days) => go({ day: days?.[0]?.format('YYYY-MM-DD'), last: days?.[1]?.format('YYYY-MM-DD') })}
          allowClear={false}
          aria-label={t('evaluation.days')}
        />
      ) : (
        <DatePicker picker={PICKERS[period]} value={dayjs(first)} onChange={set} allowClear={false} aria-label={t('evaluation.days')} />
      )}
      <div className="evaluation-region">
        <RegionSelect value={search.region ?? found?.scope.region ?? undefined} onChange={(region) => go({ region })} below={found?.scope.region ?? undefined} />
      </div>
      <div className="evaluation-category">
        <CategorySelect value={search.category} onChange={(category) => go({ category })} />
      </div>
      <Select
        value={search.channel}
        allowClear
        placeholder={t('evaluation.channel')}
        aria-label={t('evaluation.channel')}
        onChange={(channel: string | undefined) => go({ channel })}
        options={CHANNELS.map((one) => ({ value: one, label: t(`shared:channel.${one}`) }))}
        className="evaluation-channel"
      />
      {found && <Standing found={found} go={go} />}
    </div>
  )
}

/** What the figures are of, in words: the period, whether it still runs, and whether all of the place is in them. */
function Standing({ found, go }: { found: Evaluation; go: (change: Search) => void }) {
  const { t } = useTranslation('console')
  const { span, scope } = found
  return (
    <p className="meta evaluation-standing" data-testid="evaluation-scope">
      {scope.above !== null && (
        <button type="button" className="chip chip-button" onClick={() => go({ region: scope.above ?? undefined })}>
          ↑ {t('evaluation.up')}
        </button>
      )}
      <b>{scope.name}</b> · {span.first === span.last ? span.first : `${span.first} – ${span.last}`}
      {span.until < span.ends && <span className="chip chip-yellow">{t('evaluation.running', { until: shortTime(span.until) })}</span>}
      {!scope.whole && <span className="chip chip-brand">{t('evaluation.visible')}</span>}
    </p>
  )
}
