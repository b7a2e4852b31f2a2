import { useTranslation } from 'react-i18next'
import type { IncidentRow } from '@/shared/api/types'
import { clockTime } from '@/shared/time'
import { publicTitle, townOf } from './public'

/** Urgent ones stay on top until a desk acknowledges them; below, what came last. */
export function WallList({ urgent, newest }: { urgent: IncidentRow[]; newest: IncidentRow[] }) {
  const { t } = useTranslation('console')
  const stay = urgent.filter((row) => row.alert)
  const ids = new Set(stay.map((row) => row.id))
  const rows = [...stay, ...newest.filter((row) => !ids.has(row.id))].slice(0, 11)
  return (
    <ul className="wall-list">
      {rows.map((row) => (
        <li key={row.id} className={row.alert ? 'wall-alert' : ''}>
          <time>{clockTime(row.reported_at)}</time>
          <span className="wall-level" style={{ background: `var(--dot-${row.level})` }}>
            {t(`wall.level.${row.level}`)}
          </span>
          <div>
            <p className="wall-name">{publicTitle(row)}</p>
            <p className="wall-place">
              {townOf(row.place)}
              {row.simulated && ` · ${t('shared:simulated')}`}
            </p>
          </div>
          <span>{t(`shared:state.${row.state}`)}</span>
        </li>
      ))}
    </ul>
  )
}
