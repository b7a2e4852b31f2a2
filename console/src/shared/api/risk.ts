import { get, type Query } from './http'
import type { components } from './schema'

type Shapes = components['schemas']
export type RiskRegion = Shapes['RiskRegion']
export type RiskRegions = Shapes['RiskRegions']
export type RiskWhy = Shapes['RiskWhy']
export type RiskFact = Shapes['RiskFact']
export type RiskItem = Shapes['RiskItem']
export type RiskItems = Shapes['RiskItems']
export type RiskHours = Shapes['RiskHours']
export type RiskThing = Shapes['RiskThing']
export type RiskThings = Shapes['RiskThings']
export type RiskCluster = Shapes['RiskCluster']
export type RiskPoint = Shapes['RiskPoint']

const ROOT = '/api/vitals/risk'

export const readRiskRegions = (query: Query, signal?: AbortSignal) => get<RiskRegions>(`${ROOT}/regions`, query, signal)
export const readRiskWhy = (region: number, signal?: AbortSignal) => get<RiskWhy>(`${ROOT}/regions/${region}`, {}, signal)
export const readRiskItems = (query: Query, signal?: AbortSignal) => get<RiskItems>(`${ROOT}/items`, query, signal)
export const readRiskHours = (query: Query, signal?: AbortSignal) => get<RiskHours>(`${ROOT}/hours`, query, signal)
export const readRiskThings = (query: Query, signal?: AbortSignal) => get<RiskThings>(`${ROOT}/things`, query, signal)
export const readRiskPoints = (query: Query, signal?: AbortSignal) => get<RiskPoint[]>(`${ROOT}/points`, query, signal)
