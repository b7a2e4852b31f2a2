import type { Query } from '@/shared/api/http'

export const TABS = ['raised', 'acknowledged', 'shelved', 'cleared', 'storms', 'analysis'] as const
export type AlarmTab = (typeof TABS)[number]
export const KINDS = ['threshold', 'no_data', 'anomaly'] as const
export type AlarmKind = (typeof KINDS)[number]

/** What the page shows is in the URL. `at` is the alarm that is opened, `group` a storm that is looked into. */
export interface AlarmSearch {
  tab?: AlarmTab
  level?: number
  region?: number
  sign?: string
  thing?: number
  kind?: AlarmKind
  group?: string
  /** of when they began, as ISO instants */
  since?: string
  until?: string
  at?: number
}

const whole = (raw: unknown): number | undefined => (Number.isSafeInteger(Number(raw)) && Number(raw) > 0 ? Number(raw) : undefined)
const word = (raw: unknown): string | undefined => (typeof raw === 'string' && raw && raw.length <= 200 ? raw : undefined)
const instant = (raw: unknown): string | undefined => (typeof raw === 'string' && !Number.isNaN(Date.parse(raw)) ? raw : undefined)

export function parseAlarms(raw: Record<string, unknown>): AlarmSearch {
  const level = whole(raw.level)
  const found: AlarmSearch = {
    tab: TABS.find((name) => name === raw.tab),
    level: level && level <= 4 ? level : undefined,
    region: whole(raw.region),
    sign: word(raw.sign),
    thing: whole(raw.thing),
    kind: KINDS.find((name) => name === raw.kind),
    group: word(raw.group),
    since: instant(raw.since),
    until: instant(raw.until),
    at: whole(raw.at),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

/** What the list is asked for; a storm shows all that is open of it. */
export function alarmQuery({ tab, at: _at, group, ...rest }: AlarmSearch): Query {
  if (tab === 'storms') return group ? { ...rest, group, open: true } : rest
  if (tab === 'analysis') return rest
  if (!tab && rest.since) return { ...rest, group }
  return { ...rest, group, state: tab ?? 'raised' }
}
