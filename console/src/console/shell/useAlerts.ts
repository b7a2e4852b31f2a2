import { useQuery, useQueryClient } from '@tanstack/react-query'
import { listIncidents } from '@/shared/api/incidents'
import { useMe } from '../app/session'
import { useLive } from '../live/live'

export const ALERTS = ['alerts'] as const

/** Urgent incidents nobody at this centre has acknowledged. */
export function useAlerts() {
  const me = useMe()
  const client = useQueryClient()
  const enabled = me.post?.unit.kind === 'centre' && me.permissions.includes('incident.read')
  const query = useQuery({
    queryKey: ALERTS,
    queryFn: () => listIncidents({ alert: 1, open: 1, limit: 20 }),
    enabled,
    refetchInterval: 30_000,
  })
  useLive((news) => {
    if (news.type === 'alert' || news.type === 'reset' || (news.type === 'incident' && news.data.level === 'red'))
      void client.invalidateQueries({ queryKey: ALERTS })
  })
  return { rows: query.data?.items ?? [], total: query.data?.total ?? 0 }
}
