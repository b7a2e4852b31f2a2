import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { readCalendar } from '@/shared/api/rules'
import { dayOf } from '@/shared/time'
import { cityNow } from '../../app/clock'
import { ErrorNote } from '../../app/ErrorNote'
import { CalendarEditor } from './CalendarEditor'

/** Holidays, make-up working days and working hours, a year at a time. */
export function CalendarPage() {
  const { t } = useTranslation('console')
  const search: { year?: number } = useSearch({ from: '/shell/admin/ruleset/rules/calendar' })
  const navigate = useNavigate()
  const year = search.year ?? Number(dayOf(cityNow()).slice(0, 4))
  const { data, error, refetch } = useQuery({ queryKey: ['rules', 'calendar', year], queryFn: () => readCalendar(year) })
  const go = (next: number) => void navigate({ to: '/admin/rules/calendar', search: { year: next }, replace: true })
  return (
    <section className="card rules-card">
      <div className="card-head rules-head">
        <Button onClick={() => go(year - 1)} aria-label={t('rules.year.previous')}>
          ‹
        </Button>
        <h1 data-testid="calendar-year">{t('rules.year.title', { year })}</h1>
        <Button onClick={() => go(year + 1)} aria-label={t('rules.year.next')}>
          ›
        </Button>
        {data && <span className={data.source === 'none' ? 'chip chip-yellow' : 'chip'}>{t(`rules.year.source.${data.source}`)}</span>}
      </div>
      {error ? <ErrorNote error={error} retry={() => void refetch()} /> : data ? <CalendarEditor key={`${year} ${data.editions[0]?.id ?? 0} ${String(data.editions[0]?.undone_at)}`} known={data} /> : <Skeleton active title={false} />}
    </section>
  )
}
