/** What the list of things keeps in the address: read leniently, written without what is empty. */
type Raw = Record<string, unknown>

export interface ThingsSearch {
  q?: string
  kind?: string
  region?: number
  owner?: number
  /** only these: in use, or out of use */
  state?: 'on' | 'off'
  page?: number
  thing?: number
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : typeof value === 'number' ? String(value) : undefined)
const whole = (value: unknown): number | undefined => (value !== undefined && value !== '' && Number.isInteger(Number(value)) && Number(value) > 0 ? Number(value) : undefined)

export function parseThings(raw: Raw): ThingsSearch {
  const read: ThingsSearch = {
    q: text(raw.q), kind: text(raw.kind), region: whole(raw.region), owner: whole(raw.owner), page: whole(raw.page), thing: whole(raw.thing),
    state: raw.state === 'on' || raw.state === 'off' ? raw.state : undefined,
  }
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined))
}

/** The same as the server asks for it. */
export const queryOf = ({ q, kind, region, owner, state }: ThingsSearch) => ({ q, kind, region, owner, active: state && state === 'on' })

/** Sentinels as somebody types them; null for what is no list of numbers. */
export function sentinelsOf(typed: string): number[] | null {
  const numbers = typed.split(/[\s,，、]+/).filter(Boolean).map(Number)
  return numbers.every(Number.isFinite) ? numbers : null
}
