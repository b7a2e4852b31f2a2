import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { acknowledgeAlert } from '@/shared/api/incidents'
import type { IncidentRow } from '@/shared/api/types'
import { nearTime } from '@/shared/time'
import { useMinute } from '../app/clock'
import { Flyout } from '../app/Flyout'
import { ALERTS, useAlerts } from './useAlerts'

/** Flashes until the last red one is acknowledged; nothing flashes that cannot be. */
export function AlertChip() {
  const { t } = useTranslation('console')
  const { rows, total } = useAlerts()
  if (total === 0) return null
  return (
    <Flyout placement="bottomRight" title={t('alerts.title')} content={<AlertList rows={rows} />}>
      <button type="button" className="alert-chip" data-testid="alert-chip">
        <span className="alert-dot" aria-hidden="true" />
        {t('alerts.chip')} <b>{total}</b>
      </button>
    </Flyout>
  )
}

function AlertList({ rows }: { rows: IncidentRow[] }) {
  const { t } = useTranslation('console')
  const client = useQueryClient()
  const now = useMinute()
  const { message } = App.useApp()
  const acknowledge = useMutation({
    mutationFn: acknowledgeAlert,
    onError: (error) => void message.error(error.message),
    onSettled: () => client.invalidateQueries({ queryKey: ALERTS }),
  })
  return (
    <ul className="alert-list">
      {rows.map((row) => (
        <li key={row.id}>
          <Link to="/incidents/$id" params={{ id: row.id }} className="alert-title">
            {row.title}
          </Link>
          <span className="meta">
            {row.place} · {nearTime(row.reported_at, now)}
          </span>
          <Button size="small" onClick={() => acknowledge.mutate(row.id)} data-testid="alert-ack">
            {t('alerts.acknowledge')}
          </Button>
        </li>
      ))}
    </ul>
  )
}
