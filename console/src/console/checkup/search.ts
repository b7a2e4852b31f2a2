import type { Query } from '@/shared/api/http'

export const PERIODS = ['month', 'quarter', 'half', 'year', 'custom'] as const
export type Period = (typeof PERIODS)[number]

/** Everything the page shows is in the URL. */
export interface Search {
  region?: number
  period?: Period
  day?: string
  last?: string
  /** a version; none: the newest of the period */
  version?: number
  /** the domain whose signs are open */
  domain?: string
}

const id = (raw: unknown): number | undefined => (Number.isInteger(Number(raw)) && Number(raw) > 0 ? Number(raw) : undefined)
const day = (raw: unknown): string | undefined =>
  typeof raw === 'string' && /^2\d{3}-\d\d-\d\d$/.test(raw) && !Number.isNaN(Date.parse(raw)) ? raw : undefined

/** What the address says, without what it cannot mean. */
export function parseSearch(raw: Record<string, unknown>): Search {
  const found: Search = {
    region: id(raw.region),
    period: PERIODS.find((one) => one === raw.period),
    day: day(raw.day),
    last: day(raw.last),
    version: id(raw.version),
    domain: typeof raw.domain === 'string' && raw.domain ? raw.domain.slice(0, 100) : undefined,
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

/** The last day of the month before a local day: what a report is usually of. */
export function lastMonth(today: string): string {
  const [year, month] = today.split('-').map(Number)
  return new Date(Date.UTC(year ?? 0, (month ?? 1) - 1, 0)).toISOString().slice(0, 10)
}

export interface Ask extends Query {
  region: number
  period: Period
  day: string
  last: string | undefined
}

/** The question as the server takes it. */
export function toAsk(search: Search, region: number, today: string): Ask {
  const period = search.period ?? 'month'
  const first = search.day ?? lastMonth(today)
  return { region, period, day: first, last: period === 'custom' ? (search.last && search.last >= first ? search.last : first) : undefined }
}
