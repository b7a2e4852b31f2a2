export const TABS = ['items', 'regions', 'why'] as const
export const LAYERS = ['regions', 'alarms', 'incidents', 'points', 'things', 'grids'] as const
export const SPANS = { day: 24, week: 168 } as const
const USUAL: readonly Layer[] = ['regions', 'alarms', 'incidents']
export type Tab = (typeof TABS)[number]
export type Layer = (typeof LAYERS)[number]
export type Span = keyof typeof SPANS

/** Everything the page shows is in the URL. `layers` and `kinds` are lists by commas, `at` is what is chosen: "alarm-12". */
export interface RiskSearch {
  region?: number
  tab?: Tab
  span?: Span
  since?: string
  until?: string
  layers?: string
  kinds?: string
  at?: string
}

const whole = (raw: unknown): number | undefined => (Number.isSafeInteger(Number(raw)) && Number(raw) > 0 ? Number(raw) : undefined)
const moment = (raw: unknown): string | undefined => (typeof raw === 'string' && !Number.isNaN(Date.parse(raw)) ? new Date(raw).toISOString() : undefined)
const word = (raw: unknown): string | undefined => (typeof raw === 'string' && raw && raw.length <= 400 ? raw : undefined)

/** What the address says, without what it cannot mean; a time needs both its ends. */
export function parseRisk(raw: Record<string, unknown>): RiskSearch {
  const [since, until] = [moment(raw.since), moment(raw.until)]
  const timed = since !== undefined && until !== undefined && since < until
  const found: RiskSearch = {
    region: whole(raw.region),
    tab: TABS.find((name) => name === raw.tab),
    span: raw.span === 'week' ? 'week' : undefined,
    since: timed ? since : undefined,
    until: timed ? until : undefined,
    layers: typeof raw.layers === 'string' ? layersText(layersOf(raw.layers)) : undefined,
    kinds: word(raw.kinds),
    at: typeof raw.at === 'string' && /^(alarm|incident)-\d{1,15}$/.test(raw.at) ? raw.at : undefined,
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

/** The layers that are on; none named is the usual ones, "none" is none. */
export const layersOf = (text: string | undefined): Layer[] => (text === undefined ? [...USUAL] : LAYERS.filter((layer) => text.split(',').includes(layer)))

/** For the address; the usual ones are not written. */
export function layersText(layers: readonly Layer[]): string | undefined {
  const text = LAYERS.filter((layer) => layers.includes(layer)).join(',')
  return text === USUAL.join(',') ? undefined : text || 'none'
}

/** Of hours [from, to) after `since` the time that is asked for; all of them is no time at all: what is open now. */
export function timeOf(since: string, hours: number, from: number, to: number): Pick<RiskSearch, 'since' | 'until'> {
  if (from <= 0 && to >= hours) return { since: undefined, until: undefined }
  const start = Date.parse(since)
  const at = (hour: number) => new Date(start + hour * 3_600_000).toISOString()
  return { since: at(from), until: at(to) }
}

/** The inverse: which hours a time covers, within those that there are. */
export function hoursOf(since: string, hours: number, search: RiskSearch): [number, number] {
  if (!search.since || !search.until) return [0, hours]
  const start = Date.parse(since)
  const at = (moment: string) => Math.round((Date.parse(moment) - start) / 3_600_000)
  const from = Math.min(Math.max(at(search.since), 0), hours - 1)
  return [from, Math.min(Math.max(at(search.until), from + 1), hours)]
}
