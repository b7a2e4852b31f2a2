import { useQuery, useQueryClient, type QueryClient, type UseQueryResult } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { listIncidents } from '@/shared/api/incidents'
import type { IncidentPage, IncidentRow } from '@/shared/api/types'
import { useLive } from '../live/live'
import { PAGE, queueQuery, toQuery, withoutPlace, type Filters } from './filters'

const SHADOW_MAX = 150
const JUST_READ_MS = 1000

/** What stands on the screen: its order changes only when the reader asks for it. */
interface Standing {
  rows: IncidentRow[]
  next: string | null
  total: number
  /** there are more than were counted */
  at_least: boolean
}

export interface Queue extends Standing {
  /** rows that no longer match the filters since they were shown */
  gone: ReadonlySet<number>
  /** how many match now that are not shown */
  fresh: number
  loading: boolean
  loadingMore: boolean
  error: unknown
  more: () => void
  refresh: () => void
  showFresh: () => void
}

export const queueKey = (filters: Filters) => ['queue', withoutPlace(filters)] as const

/** Something was done here: read what is shown again, in place. */
export const touchQueue = (client: QueryClient): Promise<void> => client.invalidateQueries({ queryKey: ['queue-shadow'] })

/**
 * The queue stays still while the world moves: a shadow of it is read again when something changed, rows already shown
 * are brought up to date in place, and the rest is a number on a pill.
 */
export function useQueue(filters: Filters): Queue {
  const client = useQueryClient()
  const key = JSON.stringify(withoutPlace(filters))
  const first = useQuery({
    queryKey: queueKey(filters),
    queryFn: ({ signal }) => listIncidents(queueQuery(filters), signal),
    staleTime: Infinity,
    gcTime: 60_000,
  })
  const [extra, setExtra] = useState<{ key: string; rows: IncidentRow[]; next: string | null }>({ key, rows: [], next: null })
  const [loadingMore, setLoadingMore] = useState(false)
  const grown = extra.key === key && extra.rows.length > 0
  const standing = useMemo<Standing>(() => {
    const head = first.data?.items ?? []
    const known = new Set(head.map((row) => row.id))
    const rows = grown ? [...head, ...extra.rows.filter((row) => !known.has(row.id))] : head
    const { total, at_least } = first.data ?? { total: 0, at_least: false }
    return { rows, next: grown ? extra.next : (first.data?.next ?? null), total, at_least }
  }, [first.data, extra, grown])
  const shadow = useShadow(filters, standing.rows.length, first)

  const merged = useMemo(() => merge(standing, shadow, standing.rows.length), [standing, shadow])
  const more = useCallback(async () => {
    if (!standing.next || loadingMore) return
    setLoadingMore(true)
    try {
      const page = await listIncidents({ ...toQuery(filters), limit: PAGE, after: standing.next })
      setExtra((old) => ({ key, rows: [...(old.key === key ? old.rows : []), ...page.items], next: page.next }))
    } finally {
      setLoadingMore(false)
    }
  }, [filters, key, loadingMore, standing.next])
  const refresh = useCallback(() => {
    setExtra({ key, rows: [], next: null })
    void client.invalidateQueries({ queryKey: queueKey(filters) })
    void touchQueue(client)
  }, [client, filters, key])
  return {
    ...merged,
    next: standing.next,
    loading: first.isPending,
    loadingMore,
    error: first.error,
    more: () => void more(),
    refresh,
    showFresh: refresh,
  }
}

/** The same list read again, at most once in two seconds, after something changed. */
function useShadow(filters: Filters, shown: number, first: UseQueryResult<IncidentPage>): IncidentPage | undefined {
  const client = useQueryClient()
  const limit = Math.min(SHADOW_MAX, Math.max(PAGE, shown))
  const queryKey = ['queue-shadow', withoutPlace(filters), limit]
  const query = useQuery({
    queryKey,
    queryFn: ({ signal }) => listIncidents({ ...toQuery(filters), limit }, signal),
    enabled: first.isSuccess,
    // The list that came this moment needs no second look; whoever comes back later has not heard what happened meanwhile.
    initialData: () => (limit === PAGE ? first.data : undefined),
    initialDataUpdatedAt: first.dataUpdatedAt,
    staleTime: first.isFetchedAfterMount ? JUST_READ_MS : 0,
    refetchInterval: 60_000,
  })
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  useLive((news) => {
    if (news.type === 'link' || timer.current) return
    timer.current = setTimeout(() => {
      timer.current = null
      void touchQueue(client)
      void client.invalidateQueries({ queryKey: ['counts'] })
    }, 2000)
  })
  useEffect(
    () => () => {
      if (timer.current) clearTimeout(timer.current)
      timer.current = null
    },
    [],
  )
  return query.data
}

/** Brings shown rows up to date without moving them. Exported for its test. */
export function merge(standing: Standing, shadow: IncidentPage | undefined, shown: number): Standing & Pick<Queue, 'gone' | 'fresh'> {
  if (!shadow) return { ...standing, gone: new Set(), fresh: 0 }
  const now = new Map(shadow.items.map((row) => [row.id, row]))
  const rows = standing.rows.map((row) => now.get(row.id) ?? row)
  // Beyond the shadow's end nothing is known of a row, so only rows it should have held count as gone.
  const complete = shadow.next === null
  const reach = complete ? shown : Math.min(shown, shadow.items.length)
  const gone = new Set(complete ? standing.rows.slice(0, reach).filter((row) => !now.has(row.id)).map((row) => row.id) : [])
  const have = new Set(standing.rows.map((row) => row.id))
  const newest = standing.rows.reduce((latest, row) => (row.reported_at > latest ? row.reported_at : latest), '')
  const unseen = shadow.items.filter((row) => !have.has(row.id))
  const fresh = standing.next === null ? unseen.length : unseen.filter((row) => row.reported_at > newest || row.alert).length
  return { rows, next: standing.next, total: shadow.total, at_least: shadow.at_least, gone, fresh }
}
