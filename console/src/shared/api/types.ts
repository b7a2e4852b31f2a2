/** Shapes of the API, field by field as the server sends them. Times are ISO UTC, positions WGS-84. */
import type { LevelName } from '../theme/tokens'

export type State =
  | 'reported' | 'accepted' | 'verified' | 'filed' | 'dispatched' | 'handling' | 'handled' | 'checked'
  | 'closed' | 'rated' | 'voided' | 'transferring' | 'arbitrating' | 'suspended'
export type OrderState = 'issued' | 'acknowledged' | 'handling' | 'done' | 'returned' | 'released' | 'withdrawn'
export type OrderRole = 'lead' | 'assist' | 'assigned'
export type Level = LevelName
export type Lamp = 'none' | 'yellow' | 'red'
export type Channel = 'resident' | 'grid' | 'hotline' | 'api' | 'centre' | 'camera' | 'sensor' | 'inspection'
export type ClockKind = 'urgent' | 'working_hours' | 'working_days' | 'calendar_days'

// --- territory
export interface RegionRef { id: number; level: 'city' | 'district' | 'town' | 'village' | 'grid'; name: string; code: string | null }
export interface Chain { city: RegionRef; district: RegionRef | null; town: RegionRef | null; village: RegionRef | null; grid: RegionRef | null; label?: string }
export interface Located { chain: Chain; version: number; lon: number; lat: number; border_m: number; neighbour: RegionRef | null; schematic: boolean }
export interface Place { name: string; kind: string; detail: string; lon: number; lat: number; region: RegionRef | null; in_scope?: boolean; schematic?: boolean }
export type BBox = [number, number, number, number]
export interface TerritoryVersion { version: number; label: string; counts: Record<string, number>; schematic: boolean; bbox: BBox; attribution: string }
export interface RegionDetail { ref: RegionRef; chain: Chain; bbox: BBox; children: number }

// --- identity
export interface UnitBrief { id: number; name: string; kind: string; level: string }
export interface Unit extends UnitBrief { region_id: number }
export interface Post { id: number; role: string; role_name: string; unit: UnitBrief; region: RegionRef }
export interface Me {
  kind: 'person' | 'resident' | 'token' | 'anonymous' | 'system'
  id: number | null
  name: string
  language: 'zh' | 'en'
  demo: boolean
  post: Post | null
  posts: Post[]
  permissions: string[]
  centre: { id: number; level: string; name: string } | null
  on_duty: boolean
  shift_since: string | null
}
export interface DemoAccount { login: string; name: string; role_name: string; unit_name: string; group: string }
export interface SessionView { id: number; created_at: string; seen_at: string; ends_at: string; address: string; agent: string; current: boolean }
export interface TokenView {
  id: number; name: string; permissions: string[]; region_id: number; created_at: string; ends_at: string
  used_at: string | null; revoked_at: string | null
}
export interface PersonRef { id: number; name: string; post: number; role: string; role_name?: string }

// --- attachments
export interface Attachment {
  id: number; kind: 'photo' | 'clip'; sha256: string; bytes: number; width: number | null; height: number | null
  taken_at: string | null; lon: number | null; lat: number | null; url: string; thumb_url: string; verified: boolean; public: boolean; claim?: string | null
}
export interface Evidence { id: number; kind: string; url: string; thumb_url: string; sha256: string; taken_at: string | null; verified: boolean; public: boolean }

// --- incidents
export interface Deadline { stage: string; started: string; due: string; amount: number; clock: ClockKind; lamp: Lamp; share: number; rule: string }
export interface IncidentRow {
  id: number; number: string; title: string; category: string | null; category_name: string | null
  state: State; level: Level; lamp: Lamp; centre: RegionRef; place: string; address: string; lon: number; lat: number
  channel: Channel; reports: number; returns: number; pinned: boolean; alert: boolean; simulated: boolean
  occurred_at: string; reported_at: string; changed_at: string; deadline: Deadline | null; holder: string; version: number
}
export interface IncidentPage { items: IncidentRow[]; total: number; next: string | null }
export interface Need {
  name: string
  kind: 'text' | 'category' | 'level' | 'units' | 'region' | 'time' | 'photos' | 'person' | 'unit' | 'number' | 'choice'
  required: boolean
  options: string[]
}
export interface Allowed { move: string; label: string; proposed: boolean; needs: Need[]; order: number | null }
export interface Step {
  id: number; at: string; move: string; label: string; actor_kind: string; actor: string; unit: string | null
  text: string; order: number | null; state: State; evidence: Evidence[]; why: Record<string, unknown>
}
export interface WorkOrder {
  id: number; incident: number; number: string; role: OrderRole; unit: UnitBrief; person: string | null; person_id: number | null
  state: OrderState; deadline: Deadline | null; issued_at: string; acknowledged_at: string | null; done_at: string | null
  returns: number; outcome: string | null; measures: Record<string, unknown>; allowed: Allowed[]
}
export interface ReportView {
  id: number; channel: Channel; text: string; at: string; reporter: string; phone: string | null
  hidden: boolean; spam: boolean; evidence: Evidence[]
}
export interface Reason {
  topic: string; text: string; rule: string | null; source: string | null
  inputs: Record<string, unknown>; rejected: Record<string, unknown> | null
}
export interface Candidate { unit: UnitBrief; role: OrderRole; load: number; distance_m: number | null; on_duty: number; why: string }
export interface Proposal { rule: string; why: string; source: string; units: Candidate[]; rejected: Candidate[]; limit: Deadline | null; trace: string[] }
export interface IncidentDetail {
  row: IncidentRow; text: string; chain: Chain; border_m: number; schematic: boolean; territory_version: number
  steps_passed: string[]; step_now: string; history: Step[]; orders: WorkOrder[]; reports: ReportView[]; evidence: Evidence[]
  why: Reason[]; allowed: Allowed[]; transfer_to: RegionRef | null; outcome: string | null; rulebook: Record<string, string>
}
export interface Counts {
  to_accept: number; to_verify: number; to_dispatch: number; handling: number; overdue: number; to_check: number
  closed_today: number; alerts: number; on_time_share: number | null; arbitrating: number; transfers_in: number
}
export interface MapPoint { id: number; lon: number; lat: number; level: Level; state: State }
export interface Receipt { report: number; incident: number; number: string; tracking: string; state: State; place: string; promise: string; duplicate: boolean }
export interface Task { order: WorkOrder; incident: IncidentRow; text: string; distance_m: number | null; evidence: Evidence[] }
export interface TrackingStep { name: string; label: string; at: string | null; text: string; done: boolean }
export interface Tracking {
  number: string; title: string; text: string; place: string; state: State; state_label: string; steps: TrackingStep[]
  messages: string[]; promised_at: string | null; holder: string; can_rate: boolean; can_reopen: boolean
  stars: number | null; evidence: Evidence[]; simulated: boolean; token?: string
}
export interface MoveResult { id: number; ok: boolean; number: string; code: string | null; message: string | null }
export interface UnitChoice { lead: number | null; assist: number[]; assign_down: number[] }
export interface MoveIn {
  move: string; reason?: string; note?: string; category?: string; level?: Level; units?: UnitChoice; to_centre?: number
  until?: string; attachments?: number[]; person?: number; unit?: number; outcome?: string
  measures?: Record<string, unknown>; order?: number; [field: string]: unknown
}
export interface Category { code: string; name_zh: string; name_en: string; group_zh: string; group_en: string; level: Level; scenario: string; intake: string; hints: string[]; evidence: string[] }
export interface CategoryGroup { group: string; name: string; items: Category[] }
export interface Guess { code: string; name: string; score: number; hits: string[] }
export interface Nearby { incidents: IncidentRow[]; people: { name: string; role: string; on_duty: boolean; distance_m?: number | null }[] }
export interface ReportIn {
  text: string; lon: number; lat: number; title?: string; category?: string; level?: Level; address?: string; channel?: Channel
  occurred_at?: string; attachments?: number[]; claims?: string[]
  reporter?: { name?: string; phone?: string; hidden?: boolean }; positioned?: 'gps' | 'map' | 'search' | 'operator'
}
export interface RegionValue { open: number; overdue: number; level: Level | null }

// --- web
export interface ClockView { now: string; offset_s: number; demo: boolean }
export interface IncidentNews { id: number; number: string; change: string; state: State; level: Level; lamp: Lamp; centre: number }

// --- command
export interface HandoverLine { label_zh: string; label_en: string; value: number; query: string }
export interface HandoverBrief { id: number; number: string; title: string; state: State; level: Level; lamp: Lamp; pinned: boolean }
export interface HandoverDraft {
  centre: number; centre_name: string; since: string; until: string; lines: HandoverLine[]; attention: HandoverBrief[]; on_duty: string[]
}
export interface Handover {
  id: number; centre: number; since: string; until: string; by: string; notes: string; lines: HandoverLine[]; attention: HandoverBrief[]
}
