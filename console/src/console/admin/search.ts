/** What the administration keeps in the address: read leniently, written without what is empty. */
type Raw = Record<string, unknown>

const text = (raw: Raw, name: string): string | undefined => {
  const value = raw[name]
  return typeof value === 'string' && value ? value : typeof value === 'number' ? String(value) : undefined
}
const number = (raw: Raw, name: string): number | undefined => {
  const value = Number(raw[name])
  return raw[name] !== undefined && raw[name] !== '' && Number.isInteger(value) && value >= 0 ? value : undefined
}
const kept = <T extends object>(values: T): T =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T

export interface PeopleSearch {
  q?: string
  role?: string
  unit?: number
  region?: number
  off?: boolean
  page?: number
  person?: number
}
export const parsePeople = (raw: Raw): PeopleSearch =>
  kept({
    q: text(raw, 'q'), role: text(raw, 'role'), unit: number(raw, 'unit'), region: number(raw, 'region'),
    off: raw.off === true || raw.off === 'true' ? true : undefined, page: number(raw, 'page'), person: number(raw, 'person'),
  })

export interface UnitsSearch {
  q?: string
  region?: number
}
export const parseUnits = (raw: Raw): UnitsSearch => kept({ q: text(raw, 'q'), region: number(raw, 'region') })

export interface AuditSearch {
  who?: number
  /** part of a name or account */
  person?: string
  subject?: string
  /** the beginning of a code */
  action?: string
  /** codes, with commas */
  actions?: string
  since?: string
  until?: string
}
export const parseAudit = (raw: Raw): AuditSearch =>
  kept({
    who: number(raw, 'who'), person: text(raw, 'person'), subject: text(raw, 'subject'), action: text(raw, 'action'), actions: text(raw, 'actions'),
    since: text(raw, 'since'), until: text(raw, 'until'),
  })

/** A day on the screen, which stands in Asia/Shanghai, as the moment at which it begins there. */
export const dayBegins = (day: string): string => new Date(`${day}T00:00:00+08:00`).toISOString()
