import type { Query } from '@/shared/api/http'
import type { Tab } from '@/shared/api/supervision'
import { parseFilters, type Filters } from '../queue/filters'

export const TABS: readonly Tab[] = ['overdue', 'bouncing', 'forgotten', 'redone', 'urged', 'supervised']

/** What the board shows is in the URL: the tab, and the queue's filters as far as they fit. */
export type BoardFilters = Pick<Filters, 'level' | 'category' | 'region' | 'q' | 'at'> & { tab?: Tab }

export function parseBoard(raw: Record<string, unknown>): BoardFilters {
  const { level, category, region, q, at } = parseFilters(raw)
  const tab = TABS.find((name) => name === raw.tab)
  return Object.fromEntries(Object.entries({ tab, level, category, region, q, at }).filter(([, value]) => value !== undefined))
}

export const boardQuery = ({ at: _at, tab, ...rest }: BoardFilters): Query => ({ tab: tab ?? 'overdue', ...rest })

export const isNarrowed = ({ level, category, region, q }: BoardFilters): boolean => Boolean(level ?? category ?? region ?? q)
