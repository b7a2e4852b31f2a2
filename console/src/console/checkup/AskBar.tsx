import { DatePicker, Segmented, Select } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'
import type { Checkup, CheckupLine } from '@/shared/api/checkup'
import { fullTime, shortTime } from '@/shared/time'
import { RegionSelect } from '../moves/RegionSelect'
import { lastMonth, PERIODS, type Ask, type Period, type Search } from './search'

interface Props {
  search: Search
  ask: Ask | null
  today: string
  found: Checkup | undefined
  versions: CheckupLine[]
  go: (change: Search) => void
}

const PICKERS = { month: 'month', quarter: 'quarter', half: 'month', year: 'year' } as const

/** Which region, period and version; all of it is in the URL. */
export function AskBar({ search, ask, today, found, versions, go }: Props) {
  const { t } = useTranslation('console')
  const period = search.period ?? 'month'
  const first = dayjs(search.day ?? lastMonth(today))
  const half = (day: dayjs.Dayjs) => t(`checkup.halves.${day.month() < 6 ? 'first' : 'second'}`, { year: day.year() })
  const change = (next: Search) => go({ version: undefined, ...next })
  return (
    <div className="checkup-ask no-print">
      <div className="checkup-region">
        <RegionSelect value={ask?.region} onChange={(region) => change({ region })} below={ask?.region} />
      </div>
      <Segmented<Period> aria-label={t('checkup.periodLabel')} value={period} options={PERIODS.map((one) => ({ value: one, label: t(`checkup.period.${one}`) }))} onChange={(one) => change({ period: one, last: undefined })} data-testid="checkup-period" />
      {period === 'custom' ? (
        <DatePicker.RangePicker
          value={[first, dayjs(search.last ?? first)]}
          onChange={(days) => change({ day: days?.[0]?.format('YYYY-MM-DD'), last: days?.[1]?.format('YYYY-MM-DD') })}
          allowClear={false}
          aria-label={t('checkup.days')}
        />
      ) : (
        <DatePicker picker={PICKERS[period]} format={period === 'half' ? half : undefined} value={first} onChange={(day) => change({ day: day?.format('YYYY-MM-DD') })} allowClear={false} aria-label={t('checkup.days')} />
      )}
      {versions.length > 0 && (
        <Select
          className="checkup-version"
          aria-label={t('checkup.version')}
          value={found?.line.id}
          onChange={(version: number) => go({ version })}
          options={versions.map((one) => ({
            value: one.id,
            label: t('checkup.versionOf', { at: shortTime(one.computed_at), by: one.by ?? t('checkup.scheduled') }),
          }))}
          data-testid="checkup-versions"
        />
      )}
      {found && <Standing found={found} go={change} />}
    </div>
  )
}

/** What the report is of, in words. */
function Standing({ found, go }: { found: Checkup; go: (change: Search) => void }) {
  const { t } = useTranslation('console')
  const { line } = found
  return (
    <p className="meta checkup-standing">
      {found.above !== null && (
        <button type="button" className="chip chip-button" onClick={() => go({ region: found.above ?? undefined })}>
          ↑ {t('checkup.up')}
        </button>
      )}
      <span>{t('checkup.printed', { id: line.id, at: fullTime(line.computed_at).slice(0, 16) })}</span>
    </p>
  )
}
