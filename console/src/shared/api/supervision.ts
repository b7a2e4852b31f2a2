import { get, post, type Query } from './http'
import type { components } from './schema'
import type { IncidentRow } from './types'

type Shapes = components['schemas']
export type Board = Shapes['Board']
export type BoardRow = Shapes['BoardRow']
export type Tab = Shapes['Tab']
export type Case = Shapes['Case']
export type Party = Shapes['Party']
export type Callbacks = Shapes['Callbacks']
export type Callback = Shapes['Callback']
export type Attempt = Shapes['Attempt']
export type AnswerIn = Shapes['AnswerBody']

const ROOT = '/api/incidents'

export const readBoard = (query: Query, signal?: AbortSignal) => get<Board>(`${ROOT}/supervision/board`, query, signal)
export const readDisputes = () => get<IncidentRow[]>(`${ROOT}/supervision/arbitration`)
export const readCase = (id: number) => get<Case>(`${ROOT}/supervision/arbitration/${id}`)
export const readCallbacks = () => get<Callbacks>(`${ROOT}/callbacks/due`)
export const readCallsMade = () => get<Attempt[]>(`${ROOT}/callbacks/made`)
export const recordCallback = (incident: number, answer: Partial<AnswerIn> & { reached: boolean }) =>
  post<unknown>(`${ROOT}/callbacks/${incident}`, answer)
