import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { IncidentRow } from '@/shared/api/types'
import { DeadlineRing } from '@/shared/ui/DeadlineRing'
import { useMinute } from '../app/clock'
import { StateChips } from './StateChips'

interface Props {
  row: IncidentRow
  standing: boolean
  marked: boolean
  gone: boolean
  stand: (id: number) => void
  mark: (id: number) => void
}

export const rowId = (id: number): string => `row-${id}`

/** Level bar, title, place, state and channel, and how long is left. */
export const QueueRow = memo(function QueueRow({ row, standing, marked, gone, stand, mark }: Props) {
  const { t } = useTranslation('console')
  const now = useMinute()
  const classes = ['queue-row', standing && 'queue-row-on', marked && 'queue-row-marked', gone && 'queue-row-gone', row.alert && 'queue-row-alert']
  return (
    <div
      role="option"
      id={rowId(row.id)}
      aria-selected={standing || marked}
      className={classes.filter(Boolean).join(' ')}
      data-row={row.id}
      data-testid="queue-row"
      data-number={row.number}
      onClick={(event) => (event.shiftKey || event.ctrlKey || event.metaKey ? mark(row.id) : stand(row.id))}
    >
      <span className="level-bar" style={{ background: `var(--dot-${row.level})` }} />
      <span className="visually-hidden">{t(`shared:levelLong.${row.level}`)}</span>
      <p className="queue-title" title={row.title}>
        {marked && <span className="queue-tick">✓ </span>}
        {row.pinned && <span className="queue-pin">{t('queue.pinned')} </span>}
        {row.title}
        {row.reports > 1 && <span className="queue-reports">{t('queue.reports', { count: row.reports })}</span>}
      </p>
      <DeadlineRing deadline={row.deadline} now={now} level={row.level} />
      <p className="queue-place" title={row.place}>{row.place}</p>
      <StateChips row={row} gone={gone} />
    </div>
  )
})
