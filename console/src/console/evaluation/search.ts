import type { Query } from '@/shared/api/http'
import { CHANNELS } from '@/shared/levels'

export const PERIODS = ['day', 'week', 'month', 'quarter', 'year', 'custom'] as const
export const DIMENSIONS = ['region', 'unit', 'group', 'category', 'person', 'channel'] as const
export const VIEWS = ['figures', 'spots', 'topics'] as const
export const PARTS = ['numerator', 'denominator', 'missed'] as const
export type Period = (typeof PERIODS)[number]
export type Dimension = (typeof DIMENSIONS)[number]
export type View = (typeof VIEWS)[number]
export type Part = (typeof PARTS)[number]

/** Everything the page shows is in the URL. */
export interface Search {
  view?: View
  period?: Period
  day?: string
  last?: string
  by?: Dimension
  region?: number
  category?: string
  channel?: string
  /** the list that is open: an indicator, a part of it, and a line of the table (none: its total) */
  behind?: string
  part?: Part
  key?: string
  /** the square of the map that is open */
  box?: string
}

const one = <T extends string>(raw: unknown, known: readonly T[]): T | undefined => known.find((name) => name === raw)
const day = (raw: unknown): string | undefined =>
  typeof raw === 'string' && /^2\d{3}-\d\d-\d\d$/.test(raw) && !Number.isNaN(Date.parse(raw)) ? raw : undefined
const word = (raw: unknown): string | undefined => {
  const text = typeof raw === 'number' ? String(raw) : raw
  return typeof text === 'string' && text.length > 0 && text.length <= 100 ? text : undefined
}

/** What the address says, without what it cannot mean. */
export function parseSearch(raw: Record<string, unknown>): Search {
  const region = Number(raw.region)
  const found: Search = {
    view: one(raw.view, VIEWS),
    period: one(raw.period, PERIODS),
    day: day(raw.day),
    last: day(raw.last),
    by: one(raw.by, DIMENSIONS),
    region: Number.isInteger(region) && region > 0 ? region : undefined,
    category: word(raw.category),
    channel: one(raw.channel, CHANNELS),
    behind: word(raw.behind),
    part: one(raw.part, PARTS),
    key: word(raw.key),
    box: word(raw.box),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

/** The question as the server takes it; `today` is the local day of the city's clock. */
export function toAsk(search: Search, today: string): Query {
  const period = search.period ?? 'month'
  const first = search.day ?? today
  return {
    period,
    day: first,
    last: period === 'custom' ? (search.last && search.last >= first ? search.last : first) : undefined,
    by: search.by ?? 'region',
    region: search.region,
    category: search.category,
    channel: search.channel,
  }
}

/** What is closed again when something else is chosen. */
export const SHUT: Search = { behind: undefined, part: undefined, key: undefined, box: undefined }
