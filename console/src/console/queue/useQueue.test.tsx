import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { expect, it, vi } from 'vitest'
import type { IncidentRow } from '@/shared/api/types'
import { useQueue } from './useQueue'

const row = (id: number, state: string): IncidentRow =>
  ({ id, title: `${id}`, state, alert: false, reported_at: `2024-03-06T00:0${id}:00Z` }) as IncidentRow
const world = vi.hoisted(() => ({ rows: [] as unknown[] }))

vi.mock('@/shared/api/incidents', () => ({
  listIncidents: () => Promise.resolve({ items: world.rows, total: world.rows.length, next: null }),
}))
vi.mock('../live/live', () => ({ useLive: () => undefined }))

it('shows no stale list to whoever comes back, and moves no row', async () => {
  // as the console's own client: what was read ten seconds ago counts as fresh
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: 10_000 } } })
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>
  const shown = () => renderHook(() => useQueue({}), { wrapper })
  world.rows = [row(2, 'filed'), row(1, 'filed')]
  const before = shown()
  await waitFor(() => expect(before.result.current.rows).toHaveLength(2))
  await waitFor(() => expect(client.isFetching()).toBe(0))
  before.unmount()

  world.rows = [row(3, 'reported'), row(1, 'closed'), row(2, 'filed')]
  const after = shown()
  await waitFor(() => expect(after.result.current.fresh).toBe(1))
  expect(after.result.current.rows.map((one) => [one.id, one.state])).toEqual([
    [2, 'filed'],
    [1, 'closed'],
  ])
})
