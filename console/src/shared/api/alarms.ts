import { get, post, type Query } from './http'
import type { components } from './schema'

type Shapes = components['schemas']
export type Alarm = Shapes['Alarm']
export type AlarmDetail = Shapes['AlarmDetail']
export type AlarmPage = Shapes['AlarmPage']
export type AlarmPicture = Shapes['AlarmPicture']
export type AlarmStep = Shapes['AlarmStep']
export type AlarmAnalysis = Shapes['Analysis']
export type Storm = Shapes['Storm']

const ROOT = '/api/vitals/alarms'

export const readAlarms = (query: Query, signal?: AbortSignal) => get<AlarmPage>(ROOT, query, signal)
export const readStorms = (query: Query) => get<Storm[]>(`${ROOT}/storms`, query)
export const readAnalysis = (query: Query) => get<AlarmAnalysis>(`${ROOT}/analysis`, query)
export const readAlarm = (id: number) => get<AlarmDetail>(`${ROOT}/${id}`)
export const acknowledgeAlarm = (id: number) => post<null>(`${ROOT}/${id}/acknowledge`, {})
export const shelveAlarm = (id: number, until: string, reason: string) => post<null>(`${ROOT}/${id}/shelve`, { until, reason })
export const unshelveAlarm = (id: number) => post<null>(`${ROOT}/${id}/unshelve`, {})
