import { get, type Query } from './http'
import type { components } from './schema'
import type { IncidentPage } from './types'

type Shapes = components['schemas']
export type Evaluation = Shapes['Evaluation']
export type EvaluationLine = Shapes['EvaluationLine']
export type PeriodSpan = Shapes['PeriodSpan']
export type RateFigure = Shapes['RateFigure']
export type IndicatorText = Shapes['IndicatorText']
export type TrendPoint = Shapes['TrendPoint']
export type HotSpots = Shapes['HotSpots']
export type HotCell = Shapes['HotCell']
export type HotTopics = Shapes['HotTopics']

const ROOT = '/api/incidents/evaluation'

export const readEvaluation = (query: Query, signal?: AbortSignal) => get<Evaluation>(ROOT, query, signal)
export const readTrend = (query: Query, signal?: AbortSignal) => get<TrendPoint[]>(`${ROOT}/trend`, query, signal)
export const readBehind = (query: Query, signal?: AbortSignal) => get<IncidentPage>(`${ROOT}/incidents`, query, signal)
export const readReported = (query: Query, signal?: AbortSignal) => get<IncidentPage>(`${ROOT}/reported`, query, signal)
export const readHotSpots = (query: Query, signal?: AbortSignal) => get<HotSpots>(`${ROOT}/hot-spots`, query, signal)
export const readHotTopics = (query: Query, signal?: AbortSignal) => get<HotTopics>(`${ROOT}/hot-topics`, query, signal)

/** Where the browser fetches the file from; the server writes it and its audit. */
export function exportPath(query: Query): string {
  const kept = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return `${ROOT}/export?${new URLSearchParams(kept.map(([key, value]) => [key, String(value)]))}`
}
