import { get, post, put, type Query } from './http'
import type { components } from './schema'

type Shapes = components['schemas']
export type SignLookup = Shapes['SignLookup']
export type SignHit = Shapes['SignHit']
export type SignBrief = Shapes['SignBrief']
export type SignReading = Shapes['SignReading']
export type SignRank = Shapes['SignRank']
export type SignScope = Shapes['SignScope']
export type SignPage = Shapes['SignPage']
export type SignBelow = Shapes['SignBelow']
export type SignChild = Shapes['SignChild']
export type SignStream = Shapes['SignStream']
export type SignTrend = Shapes['SignTrend']
export type SignThreshold = Shapes['SignThreshold']
export type SignThresholds = Shapes['SignThresholds']
export type SignTryOut = Shapes['SignTryOut']
export type SignCatalogue = Shapes['SignCatalogue']
export type SignBoard = Shapes['SignBoard']
export type SignField = Shapes['SignField']

const ROOT = '/api/vitals'
const of = (code: string) => `${ROOT}/signs/${encodeURIComponent(code)}`

export const lookUp = (q: string, region?: number, signal?: AbortSignal) => get<SignLookup>(`${ROOT}/lookup`, { q, region }, signal)
export const readBoard = (region: number, signal?: AbortSignal) => get<SignBoard>(`${ROOT}/region/${region}/signs`, {}, signal)
export const readCatalogue = (query: Query, signal?: AbortSignal) => get<SignCatalogue>(`${ROOT}/signs`, query, signal)
export const readSign = (code: string, region?: number, signal?: AbortSignal) => get<SignPage>(of(code), { region }, signal)
export const readBelow = (code: string, region?: number, signal?: AbortSignal) => get<SignBelow>(`${of(code)}/below`, { region }, signal)
export const readSignTrend = (code: string, query: Query, signal?: AbortSignal) => get<SignTrend>(`${of(code)}/trend`, query, signal)
export const tryOut = (code: string, body: { thresholds: SignThreshold[]; region: number; for_s: number; hold_s: number }) => post<SignTryOut>(`${of(code)}/tryout`, body)
export const setThresholds = (code: string, region: number, body: { thresholds: SignThreshold[] | null; reason: string }) =>
  put<SignThresholds>(`${of(code)}/thresholds?region=${region}`, body)
