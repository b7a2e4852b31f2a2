import { get, newKey, post, type Query } from './http'
import type {
  CategoryGroup, Counts, Erasure, Guess, IncidentDetail, IncidentPage, MapPoint, Match, MergePreview, MoveIn, MoveResult, Nearby, Offer, Proposal,
  Receipt, RegionValue, ReportIn, Task, Tracking, WorkOrder,
} from './types'

const ROOT = '/api/incidents'

export const listIncidents = (query: Query, signal?: AbortSignal) => get<IncidentPage>(`${ROOT}/`, query, signal)
export const countIncidents = (query: Query) => get<Counts>(`${ROOT}/counts`, query)
export const mapIncidents = (query: Query, signal?: AbortSignal) => get<MapPoint[]>(`${ROOT}/map`, query, signal)
export const regionValues = (level: string, parent?: number) =>
  get<Record<string, RegionValue>>(`${ROOT}/region-values`, { level, parent })
export const readIncident = (id: number) => get<IncidentDetail>(`${ROOT}/${id}`)
export const readProposal = (id: number) => get<Proposal>(`${ROOT}/${id}/proposal`)
export const readNearby = (id: number) => get<Nearby>(`${ROOT}/${id}/nearby`)
export const similarIncidents = (query: { lon: number; lat: number; category?: string; text?: string; address?: string }) =>
  get<Match[]>(`${ROOT}/similar`, query)
export const mergePreview = (id: number, into: number) => get<MergePreview>(`${ROOT}/${id}/merge-preview`, { into })
export const readOffers = (about: { lon: number; lat: number; text: string; category?: string; address?: string }) =>
  post<Offer[]>(`${ROOT}/offers`, about)
export const readCategories = () => get<CategoryGroup[]>(`${ROOT}/categories`)
export const guessCategory = (text: string, signal?: AbortSignal, title?: string) => get<Guess[]>(`${ROOT}/guess`, { text, title: title?.slice(0, 200) }, signal)
export const readContact = (id: number, report: number, reason: string) =>
  get<{ name: string; phone: string }>(`${ROOT}/${id}/reports/${report}/contact`, { reason })

export const sendReport = (report: ReportIn, key: string = newKey()) =>
  post<Receipt>(`${ROOT}/reports`, report, { idempotencyKey: key })
export const moveIncident = (id: number, moves: MoveIn[], version?: number) =>
  post<IncidentDetail>(`${ROOT}/${id}/moves`, { moves, version })
export const moveMany = (ids: number[], move: MoveIn) => post<MoveResult[]>(`${ROOT}/moves`, { ids, move })
export const moveOrder = (order: number, moves: MoveIn[]) => post<WorkOrder>(`${ROOT}/orders/${order}/moves`, { moves })
export const listTasks = (query: Query) => get<Task[]>(`${ROOT}/orders`, { mine: 1, ...query })
export const pinIncident = (id: number, on: boolean) => post<unknown>(`${ROOT}/${id}/pin`, { on })
export const acknowledgeAlert = (id: number) => post<unknown>(`${ROOT}/${id}/alert-ack`)
export const markSpam = (report: number, on: boolean, reason: string) =>
  post<unknown>(`${ROOT}/reports/${report}/spam`, { on, reason })
export const blockReporter = (report: number, reason: string, until: string) =>
  post<unknown>(`${ROOT}/reports/${report}/block`, { reason, until })

export const eraseReport = (report: number, reason: string) => post<Erasure>(`${ROOT}/reports/${report}/erase`, { reason })
export const eraseMine = () => post<Erasure>(`${ROOT}/mine/erase`)

export const readTracking = (token: string) => get<Tracking>(`${ROOT}/tracking/${token}`)
export const rateIncident = (token: string, rating: { stars: number; solved: boolean; comment?: string }) =>
  post<Tracking>(`${ROOT}/tracking/${token}/rating`, rating)
export const reopenIncident = (token: string, reason: string) => post<Tracking>(`${ROOT}/tracking/${token}/reopen`, { reason })
export const urgeIncident = (token: string, note = '') => post<Tracking>(`${ROOT}/tracking/${token}/urge`, { note })
export const myReports = () => get<Tracking[]>(`${ROOT}/mine`)
