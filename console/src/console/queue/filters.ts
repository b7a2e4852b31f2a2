import type { Query } from '@/shared/api/http'
import { CHANNELS, LEVELS, STATES } from '@/shared/levels'

/** Everything the queue shows is in the URL: these are its search parameters. */
export interface Filters {
  state?: string
  level?: string
  lamp?: 'yellow' | 'red'
  channel?: string
  category?: string
  region?: number
  q?: string
  /** work orders of one's own unit; 0: not only those */
  mine?: 0 | 1
  alert?: 1
  all?: 1
  /** with what lower centres own; 0: not, where that is the default */
  below?: 0 | 1
  /** owned by this centre or waiting for it; set from the post, never in the URL */
  centre?: number
  sort?: 'newest' | 'due'
  since?: string
  until?: string
  /** the row on which the keyboard stands */
  at?: number
}

const list = (raw: unknown, known: readonly string[]): string | undefined => {
  const kept = String(raw ?? '').split(',').filter((item) => known.includes(item))
  return kept.length > 0 ? kept.join(',') : undefined
}
const flag = (raw: unknown): 1 | undefined => (raw === 1 || raw === '1' || raw === true ? 1 : undefined)
const choice = (raw: unknown): 0 | 1 | undefined => (raw === 0 || raw === '0' ? 0 : flag(raw))
const id = (raw: unknown): number | undefined => (Number.isInteger(Number(raw)) && Number(raw) > 0 ? Number(raw) : undefined)
const text = (raw: unknown): string | undefined => {
  const value = typeof raw === 'string' || typeof raw === 'number' ? String(raw).trim() : ''
  return value ? value.slice(0, 120) : undefined
}

/** Reads the URL; what it does not know it drops. */
export function parseFilters(raw: Record<string, unknown>): Filters {
  const filters: Filters = {
    state: list(raw.state, STATES),
    level: list(raw.level, LEVELS),
    lamp: raw.lamp === 'yellow' || raw.lamp === 'red' ? raw.lamp : undefined,
    channel: list(raw.channel, CHANNELS),
    category: text(raw.category),
    region: id(raw.region),
    q: text(raw.q),
    mine: choice(raw.mine),
    alert: flag(raw.alert),
    all: flag(raw.all),
    below: choice(raw.below),
    sort: raw.sort === 'newest' || raw.sort === 'due' ? raw.sort : undefined,
    since: text(raw.since),
    until: text(raw.until),
    at: id(raw.at),
  }
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined))
}

/** The API's query: open ones unless `all` or a state says otherwise. */
export function toQuery({ at: _at, below: _below, all, sort, mine, ...rest }: Filters): Query {
  const open = !all && !rest.state ? 1 : undefined
  return { ...rest, mine: mine || undefined, open, sort: sort ?? 'urgency' }
}

export const PAGE = 50

/** The first rows of the queue. */
export const queueQuery = (filters: Filters): Query => ({ ...toQuery(filters), limit: PAGE })

export const withoutPlace = ({ at: _at, ...rest }: Filters): Filters => rest

/** Turns one member of a comma list on or off. */
export function toggle(value: string | undefined, member: string): string | undefined {
  const members = new Set(value ? value.split(',') : [])
  if (!members.delete(member)) members.add(member)
  return members.size > 0 ? [...members].join(',') : undefined
}

/** The counts above the queue and the filter that each one is. */
export const COUNTS = {
  to_accept: { state: 'reported' },
  to_verify: { state: 'accepted' },
  to_dispatch: { state: 'verified,filed' },
  handling: { state: 'dispatched,handling' },
  to_check: { state: 'handled,checked' },
  overdue: { lamp: 'red' },
  arbitrating: { state: 'arbitrating' },
  transfers_in: { state: 'transferring' },
  closed_today: { state: 'closed,rated', sort: 'newest' },
} as const satisfies Record<string, Filters>

export type CountName = keyof typeof COUNTS

/** True when exactly this count's filter is on. */
export const isCount = (filters: Filters, name: CountName): boolean => {
  const wanted: Filters = COUNTS[name]
  return filters.state === wanted.state && filters.lamp === wanted.lamp
}

interface Reader {
  post?: { unit: { kind: string }; region: { id: number; level: string } } | null
  permissions: string[]
}

/** A centre's queue is what it owns, the city's what goes on below it, a unit's its own work orders, until the reader asks for more. */
export function ownDefaults(filters: Filters, me: Reader): Filters {
  if (!me.post) return filters
  if (me.post.unit.kind !== 'centre') return filters.mine === undefined ? { ...filters, mine: 1 } : filters
  const decides = me.permissions.includes('incident.accept')
  const below = filters.below ?? (me.post.region.level === 'city' ? 1 : 0)
  return decides && !below ? { ...filters, centre: me.post.region.id } : filters
}
