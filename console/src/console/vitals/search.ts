export const VIEWS = ['lookup', 'catalogue'] as const
export const INPUTS = ['datastreams', 'incidents', 'register', 'signs'] as const
export const SPANS = ['day', 'week', 'month', 'year'] as const
export const DAYS: Record<Span, number> = { day: 1, week: 7, month: 30, year: 365 }
export type View = (typeof VIEWS)[number]
export type Input = (typeof INPUTS)[number]
export type Span = (typeof SPANS)[number]

/** Everything the page shows is in the URL. */
export interface VitalsSearch {
  view?: View
  q?: string
  region?: number
  domain?: string
  section?: string
  input?: Input
  data?: 'yes' | 'no'
  page?: number
}

export interface SignSearch {
  region?: number
  span?: Span
}

const one = <T extends string>(raw: unknown, known: readonly T[]): T | undefined => known.find((name) => name === raw)
const whole = (raw: unknown): number | undefined => (Number.isInteger(Number(raw)) && Number(raw) > 0 ? Number(raw) : undefined)
const word = (raw: unknown): string | undefined => {
  const text = typeof raw === 'number' ? String(raw) : raw
  return typeof text === 'string' && text.trim() && text.length <= 100 ? text : undefined
}
const known = <T extends object>(found: T): T => Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as T

/** What the address says, without what it cannot mean. */
export const parseVitals = (raw: Record<string, unknown>): VitalsSearch =>
  known({
    view: one(raw.view, VIEWS),
    q: word(raw.q),
    region: whole(raw.region),
    domain: word(raw.domain),
    section: word(raw.section),
    input: one(raw.input, INPUTS),
    data: one(raw.data, ['yes', 'no'] as const),
    page: whole(raw.page),
  })

export const parseSign = (raw: Record<string, unknown>): SignSearch => known({ region: whole(raw.region), span: one(raw.span, SPANS) })
