import { PARTS, type Part } from '@/shared/api/rules'

/** What the address says of a scenario's page. */
export type Tab = Part | 'review' | 'history'
export interface SheetSearch {
  tab?: Tab
  q?: string
}
const TABS: readonly string[] = [...PARTS, 'review', 'history']

export function parseSheet(raw: Record<string, unknown>): SheetSearch {
  const tab = typeof raw.tab === 'string' && TABS.includes(raw.tab) ? (raw.tab as Tab) : undefined
  return { ...(tab ? { tab } : {}), ...(typeof raw.q === 'string' && raw.q ? { q: raw.q } : {}) }
}

export function parseYear(raw: Record<string, unknown>): { year?: number } {
  const year = Number(raw.year)
  return Number.isInteger(year) && year >= 2000 && year <= 2100 ? { year } : {}
}
