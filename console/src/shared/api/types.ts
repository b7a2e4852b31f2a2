/** Names for the shapes of the API. They are generated from its OpenAPI document (`npm run api`); times are ISO UTC, positions WGS-84. */
import type { components } from './schema'

type Shapes = components['schemas']

// --- names that appear as words in code and texts
export type State = Shapes['State']
export type OrderState = Shapes['OrderState']
export type OrderRole = Shapes['Role']
export type Level = Shapes['Level']
export type Lamp = Shapes['Lamp']
export type Channel = Shapes['Channel']
export type ClockKind = 'urgent' | 'working_hours' | 'working_days' | 'calendar_days'

// --- territory
export type RegionRef = Shapes['RegionRef']
/** A chain as the territory sends it has a label; inside an incident its `row.place` says the same. */
export type Chain = Shapes['Chain'] & { label?: string }
export type Located = Shapes['LocatedOut']
export type Place = Shapes['Place']
/** West, south, east, north. The document says "a list of four numbers", which the generator reads as any list. */
export type BBox = [number, number, number, number]
type Boxed<T> = Omit<T, 'bbox'> & { bbox: BBox }
export type TerritoryVersion = Boxed<Shapes['VersionInfo']>
export type RegionDetail = Boxed<Shapes['RegionOut']>

// --- identity
export type UnitBrief = Shapes['UnitBrief']
export type Unit = Shapes['Unit']
export type Post = Shapes['Post']
export type Me = Shapes['Me']
export type SecondStep = Shapes['SecondStep']
export type DemoAccount = Shapes['DemoAccount']
export type SessionView = Shapes['SessionRef']
export type TokenView = Shapes['TokenRef']
export type PersonRef = Shapes['PersonRef'] & { role_name?: string }
export type DutyView = Shapes['DutyView']

// --- attachments
export type Attachment = Shapes['Uploaded']
export type Evidence = Shapes['Evidence']
export type BlurProposals = Shapes['Proposals']

// --- exchange
export type Subscription = Shapes['Subscription']
export type SubscriptionMade = Shapes['SubscriptionMade']
export type Delivery = Shapes['Delivery']
export type DeliveryState = Shapes['DeliveryState']
export type DeliveryLog = Shapes['DeliveryLog']
export type DeliveryPage = Shapes['DeliveryPage']
export type Source = Shapes['Source']
export type SourceMade = Shapes['SourceMade']
export type Published = Shapes['Published']

// --- incidents
export type Deadline = Shapes['Deadline']
export type IncidentRow = Shapes['IncidentRow']
export type IncidentPage = Shapes['IncidentPage']
export type Need = Shapes['Need']
export type Allowed = Shapes['Allowed']
export type Step = Shapes['Step']
export type WorkOrder = Shapes['WorkOrder']
export type ReportView = Shapes['ReportView']
export type Reason = Shapes['Reason']
export type Candidate = Shapes['Candidate']
export type Proposal = Shapes['Proposal']
export type IncidentDetail = Shapes['IncidentDetail']
export type Counts = Shapes['Counts']
export type MapPoint = Shapes['MapPoint']
export type Receipt = Shapes['Receipt']
export type Task = Shapes['Task']
export type TrackingStep = Shapes['TrackingStep']
export type Tracking = Shapes['Tracking']
export type MoveResult = Shapes['MoveResult']
export type Category = Shapes['Category']
export type CategoryGroup = Shapes['Group']
export type Guess = Shapes['Guess']
export type ModelCard = Shapes['ModelCard']
export type Standing = Shapes['Standing']
export type Erasure = Shapes['Erasure']
export type Nearby = Shapes['Nearby']
/** An open incident that may be the same matter, with reasons. */
export type Match = Shapes['Match']
export type MergePreview = Shapes['MergePreview']
/** What a reporter may follow instead of opening another incident. */
export type Offer = Shapes['Offer']
export type ReportIn = Pick<Shapes['ReportBody'], 'text' | 'lon' | 'lat'> & Partial<Shapes['ReportBody']>
/** What a dispatch dialog holds while somebody chooses; a sent one has a lead. */
export interface UnitChoice { lead: number | null; assist: number[]; assign_down: number[] }
export type MoveIn = Pick<Shapes['MoveBody'], 'move'> & Partial<Omit<Shapes['MoveBody'], 'units'>> & { units?: UnitChoice; [field: string]: unknown }
export interface RegionValue { open: number; overdue: number; level: Level | null }

// --- web
export type ClockView = Shapes['ClockView']
export interface IncidentNews { id: number; number: string; change: string; state: State; level: Level; lamp: Lamp; centre: number }

// --- command
export type HandoverLine = Shapes['Line']
export type HandoverBrief = Shapes['Brief']
export type HandoverDraft = Shapes['Draft']
export type Handover = Shapes['Handover']
