import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { readBoard, type Board, type BoardRow } from '@/shared/api/supervision'
import { useLive } from '../live/live'
import { boardQuery, type BoardFilters } from './filters'

const PAGE = 50
const SHADOW = 100
const CALM_MS = 2000

/** The rows as they stand, brought up to date where they are; what is new is only counted. */
export function settle(standing: BoardRow[], shadow: Pick<Board, 'items' | 'next'> | undefined): { rows: BoardRow[]; fresh: number; gone: ReadonlySet<number> } {
  if (!shadow) return { rows: standing, fresh: 0, gone: new Set() }
  const now = new Map(shadow.items.map((item) => [item.row.id, item]))
  const have = new Set(standing.map((item) => item.row.id))
  const gone = shadow.next === null ? standing.filter((item) => !now.has(item.row.id)).map((item) => item.row.id) : []
  return {
    rows: standing.map((item) => now.get(item.row.id) ?? item),
    fresh: shadow.items.filter((item) => !have.has(item.row.id)).length,
    gone: new Set(gone),
  }
}

/** One tab of the board: rows stay where they are while the world moves, as in the queue. */
export function useBoard(filters: BoardFilters) {
  const client = useQueryClient()
  const query = boardQuery(filters)
  const standing = useInfiniteQuery({
    queryKey: ['board', query],
    queryFn: ({ pageParam, signal }) => readBoard({ ...query, limit: PAGE, after: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: Infinity,
    gcTime: 60_000,
  })
  const shadow = useQuery({
    queryKey: ['board-shadow', query],
    queryFn: ({ signal }) => readBoard({ ...query, limit: SHADOW }, signal),
    enabled: standing.isSuccess,
    staleTime: 0,
    refetchInterval: 60_000,
  })
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  useLive((news) => {
    if (news.type === 'link' || timer.current) return
    timer.current = setTimeout(() => {
      timer.current = null
      void client.invalidateQueries({ queryKey: ['board-shadow'] })
    }, CALM_MS)
  })
  useEffect(
    () => () => {
      if (timer.current) clearTimeout(timer.current)
      timer.current = null
    },
    [],
  )
  const first = standing.data?.pages[0]
  return {
    ...settle(standing.data?.pages.flatMap((page) => page.items) ?? [], shadow.data),
    counts: shadow.data?.counts ?? first?.counts,
    rules: first?.rules,
    loading: standing.isPending,
    error: standing.error,
    next: standing.hasNextPage,
    loadingMore: standing.isFetchingNextPage,
    more: () => void standing.fetchNextPage(),
    refresh: () => {
      void client.invalidateQueries({ queryKey: ['board'] })
      void client.invalidateQueries({ queryKey: ['board-shadow'] })
    },
  }
}
