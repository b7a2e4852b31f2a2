import { del, get, post } from './http'
import type { Category, Channel, Deadline, Level, OrderRole, RegionRef, UnitBrief } from './types'

/** Rules and calendar on screen. Times are ISO UTC, days are local days of the city (YYYY-MM-DD). */
export type Part = 'categories' | 'limits' | 'duties' | 'routing' | 'messages'
export const PARTS: readonly Part[] = ['categories', 'limits', 'duties', 'routing', 'messages']

export type Data = Record<string, unknown>
export interface RulesInUse {
  scenario: string
  name_zh: string
  name_en: string
  version: string
  number: number
  digest: string
  since: string
  by: string
  draft_by: string | null
  waiting: number
  can_undo: boolean
}
export interface RuleEntry {
  key: string
  file: string
  line: number
  data: Data
}
export interface RuleGroup {
  code: string
  zh: string
  en: string
  intake: string
}
export interface RuleSheet {
  scenario: string
  name_zh: string
  name_en: string
  version: string
  digest: string
  groups: RuleGroup[]
  evidence: Record<string, { zh: string; en: string }>
  parts: Record<Part, RuleEntry[]>
}
export interface RuleChange {
  part: Part
  key: string
  kind: 'added' | 'removed' | 'changed' | 'moved'
  zh: string
  en: string
}
export interface RuleFinding {
  severity: 'error' | 'warning'
  part: Part | null
  key: string | null
  field: string | null
  file: string
  line: number
  code: string
  text: string
  remedy: string
}
export interface RuleDraft {
  scenario: string
  base: number
  revision: number
  begun_at: string
  begun_by: string
  changed_at: string
  changed_by: string
  behind: boolean
  sheet: RuleSheet
  changes: RuleChange[]
  findings: RuleFinding[]
}
export interface IncidentFate {
  centre: string
  units: [OrderRole, string][]
  rule: string
  due: string
}
export interface IncidentDifference {
  number: string
  category: string
  before: IncidentFate
  after: IncidentFate | null
}
export interface RulesComparison {
  sample: number
  elsewhere: number
  deadline: number
  uncategorised: number
  examples: IncidentDifference[]
}
export interface RuleReview {
  revision: number
  findings: RuleFinding[]
  proof: string | null
  changes: RuleChange[]
  effects: RulesComparison | null
}
export interface RuleEvent {
  at: string
  by: string
  what: 'installed' | 'published' | 'waiting' | 'refused' | 'undone'
  number: number
  version: string
  digest: string
  reason: string
  publication: number | null
}
export interface RulesPublished {
  publication: number
  state: 'adopted' | 'waiting' | 'refused'
  version: string
}
export interface RuleEdit {
  do: 'put' | 'remove' | 'move'
  part: Part
  key?: string | null
  data?: Data
  before?: string | null
  group?: string | null
}
export interface RulesVocabulary {
  kinds: { kind: string; zh: string; en: string; levels: string[] }[]
  moves: { move: string; zh: string; en: string }[]
  stages: string[]
  levels: Level[]
  centres: string[]
  unit_levels: string[]
  channels: Channel[]
  events: string[]
  clocks: string[]
  message_fields: string[]
}

export interface TryOut {
  lon: number
  lat: number
  text: string
  category?: string
  level?: Level
  channel: Channel
  at?: string
  draft?: string
}
export interface RuleVerdict {
  rule: string
  why_zh: string
  why_en: string
  outcome: 'decides' | 'condition' | 'no_unit' | 'later'
  fact: string | null
  wanted: string | null
  found: string | null
}
export interface TrialUnit {
  unit: UnitBrief
  role: OrderRole
  load: number
  distance_m: number | null
  on_duty: number
  why: string
}
export interface Trial {
  place: string
  grid: RegionRef
  border_m: number
  schematic: boolean
  centre: RegionRef
  category: Category | null
  hits: Record<string, string[]>
  why: Record<'place' | 'centre' | 'category', { zh: string; en: string; rule: string | null }>
  level: Level
  at: string
  auto: boolean
  proposal: { rule: string; why: string; source: string; units: TrialUnit[]; rejected: TrialUnit[] } | null
  verdicts: RuleVerdict[]
  deadlines: Deadline[]
}
export interface TrialDay {
  day: string
  kind: 'workday' | 'weekend' | 'holiday' | 'makeup'
  name: string
  hours: number
}
export interface TrialView {
  trial: Trial
  digest: string
  draft: boolean
  days: TrialDay[]
}

export interface CalendarDay {
  day: string
  kind: 'holiday' | 'workday'
  name: string
}
export interface CalendarYear {
  year: number
  source: 'own' | 'shipped' | 'none'
  days: CalendarDay[]
  hours: string
  shipped_hours: boolean
  years: number[]
  editions: { id: number; at: string; by: string; action: string; reason: string; years: number[]; undone_at: string | null; undone_by: string | null }[]
  can_undo: boolean
}
export interface CalendarChange {
  year: number
  days: CalendarDay[]
  hours?: string
}
export interface DeadlineShifts {
  running: number
  earlier: number
  later: number
  examples: { number: string; stage: string; due: string; would_be: string }[]
}

const ROOT = '/api/scenarios/rules'
const DAYS = '/api/scenarios/calendar'
const of = (scenario: string) => `${ROOT}/${encodeURIComponent(scenario)}`

export const readRules = () => get<RulesInUse[]>(ROOT)
export const readVocabulary = () => get<RulesVocabulary>(`${ROOT}/vocabulary`)
export const readSheet = (scenario: string, version?: number) => get<RuleSheet>(`${of(scenario)}/sheet`, { version })
export const readHistory = (scenario: string) => get<RuleEvent[]>(`${of(scenario)}/history`)
export const exportPath = (scenario: string, version?: number) => `${of(scenario)}/export.zip${version ? `?version=${version}` : ''}`
export const readDraft = (scenario: string) => get<RuleDraft>(`${of(scenario)}/draft`)
export const beginDraft = (scenario: string, version?: number) => post<RuleDraft>(`${of(scenario)}/draft`, { version: version ?? null })
export const discardDraft = (scenario: string) => del<undefined>(`${of(scenario)}/draft`)
export const editDraft = (scenario: string, revision: number, edits: RuleEdit[]) => post<RuleDraft>(`${of(scenario)}/draft/edits`, { revision, edits })
export const reviewDraft = (scenario: string) => get<RuleReview>(`${of(scenario)}/draft/review`)
export const publishDraft = (scenario: string, revision: number, reason: string) => post<RulesPublished>(`${of(scenario)}/draft/publish`, { revision, reason })
export const decidePublication = (publication: number, approve: boolean, reason: string) => post<RulesPublished>(`${ROOT}/publications/${publication}`, { approve, reason })
export const undoRules = (scenario: string, reason: string) => post<RuleEvent[]>(`${of(scenario)}/undo`, { reason })
export const tryOut = (report: TryOut) => post<TrialView>(`${ROOT}/try-out`, report)

export const readCalendar = (year: number) => get<CalendarYear>(`${DAYS}/${year}`)
export const readNotice = (csv: string) => post<{ years: number[]; days: CalendarDay[] }>(`${DAYS}/notice`, { csv })
export const previewCalendar = (change: CalendarChange) => post<DeadlineShifts>(`${DAYS}/preview`, change)
export const saveCalendar = (change: CalendarChange, reason: string, recount: boolean) => post<CalendarYear>(DAYS, { ...change, reason, recount })
export const undoCalendar = (reason: string, recount: boolean) => post<CalendarYear>(`${DAYS}/undo`, { reason, recount })
