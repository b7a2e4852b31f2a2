import { useQuery } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { countIncidents } from '@/shared/api/incidents'
import type { Counts } from '@/shared/api/types'
import { COUNTS, isCount, toQuery, type CountName, type Filters } from './filters'

const SHOWN: readonly CountName[] = ['to_accept', 'to_verify', 'to_dispatch', 'handling', 'overdue', 'to_check', 'closed_today']
const WHEN_ANY: readonly CountName[] = ['transfers_in', 'arbitrating']

/** Counts that are filters: one click shows what was counted, a second shows all again. */
export function CountStrip({ filters, go }: { filters: Filters; go: (change: Filters) => void }) {
  const { t } = useTranslation('console')
  const base = toQuery({ centre: filters.centre, region: filters.region, category: filters.category, mine: filters.mine, all: 1 })
  const { data, isError } = useQuery({ queryKey: ['counts', base], queryFn: () => countIncidents(base), refetchInterval: 30_000 })
  const names = [...SHOWN, ...WHEN_ANY.filter((name) => data && data[name] > 0)]
  return (
    <div className="count-strip" role="group" aria-label={t('counts.label')}>
      {names.map((name) => (
        <Count key={name} name={name} data={data} failed={isError} filters={filters} go={go} />
      ))}
      <div className="count">
        <span className="count-name">{t('counts.on_time')}</span>
        <span className="count-value">
          {data ? share(data.on_time_share) : <Wait failed={isError} />}
          <small>{t('counts.thisMonth')}</small>
        </span>
      </div>
    </div>
  )
}

const share = (value: number | null): string => (value === null ? '—' : `${(value * 100).toFixed(1)}%`)

/** Until the figures are there; a figure that could not be read is a dash, never a zero. */
function Wait({ failed }: { failed: boolean }) {
  return failed ? '—' : <Skeleton.Button active size="small" />
}

function Count({ name, data, failed, filters, go }: { name: CountName; data: Counts | undefined; failed: boolean; filters: Filters; go: (change: Filters) => void }) {
  const { t } = useTranslation('console')
  const on = isCount(filters, name)
  const none: Filters = { state: undefined, lamp: undefined, sort: undefined }
  const loud = name === 'overdue' && (data?.overdue ?? 0) > 0
  return (
    <button
      type="button"
      className={`count${on ? ' count-on' : ''}`}
      aria-pressed={on}
      onClick={() => go(on ? none : { ...none, ...COUNTS[name] })}
      data-testid={`count-${name}`}
    >
      <span className="count-name">{t(`counts.${name}`)}</span>
      <span className={`count-value${loud ? ' count-loud' : ''}`}>{data ? data[name] : <Wait failed={failed} />}</span>
    </button>
  )
}
