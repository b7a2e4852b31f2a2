import { get, post, type Query } from './http'
import type { components } from './schema'

type Shapes = components['schemas']
export type Checkup = Shapes['Checkup']
export type CheckupArea = Shapes['CheckupArea']
export type CheckupDomain = Shapes['CheckupDomain']
export type CheckupFigure = Shapes['CheckupFigure']
export type CheckupIncident = Shapes['CheckupIncident']
export type CheckupLine = Shapes['CheckupLine']
export type CheckupProposal = Shapes['CheckupProposal']
export type CheckupScore = Shapes['CheckupScore']
export type CheckupSign = Shapes['CheckupSign']
export type CheckupIn = Shapes['CheckupIn']

const ROOT = '/api/vitals/checkups'

export const listCheckups = (query: Query, signal?: AbortSignal) => get<CheckupLine[]>(ROOT, query, signal)
export const readCheckup = (id: number, signal?: AbortSignal) => get<Checkup>(`${ROOT}/${id}`, undefined, signal)
export const makeCheckup = (body: CheckupIn) => post<Checkup>(ROOT, body)
/** Where the browser fetches the paper from; the server writes it and its audit. */
export const paperPath = (id: number): string => `${ROOT}/${id}/pdf`
