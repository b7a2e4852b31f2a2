import { get, post, put, send, type Query } from './http'
import type { components } from './schema'

type Shapes = components['schemas']
export type ThingRow = Shapes['ThingRow']
export type ThingPage = Shapes['ThingPage']
export type ThingDetail = Shapes['ThingDetail']
export type Datastream = Shapes['Datastream']
export type Kind = Shapes['Kind']
export type ThingIn = Shapes['ThingIn']
export type ThingEditIn = Shapes['ThingEditIn']
export type StreamIn = Shapes['StreamIn']
export type ThingSecret = Shapes['ThingSecret']
export type ThingsImported = Shapes['ThingsImported']
export type ThingFault = Shapes['ThingFault']
type Changed = Shapes['ThingChanged']

const ROOT = '/api/sensing'
export const THINGS_TEMPLATE = `${ROOT}/things-import/template`

export const listKinds = () => get<Kind[]>(`${ROOT}/kinds`)
export const listThings = (query: Query) => get<ThingPage>(`${ROOT}/things`, query)
export const readThing = (id: number) => get<ThingDetail>(`${ROOT}/things/${id}`)
export const createThing = (body: ThingIn) => post<{ id: number }>(`${ROOT}/things`, body)
export const editThing = (id: number, body: ThingEditIn) => put<Changed>(`${ROOT}/things/${id}`, body)
export const setThingActive = (id: number, active: boolean) => post<Changed>(`${ROOT}/things/${id}/active`, { active })
export const issueSecret = (id: number) => post<ThingSecret>(`${ROOT}/things/${id}/secret`)
export const editStream = (id: number, body: StreamIn) => put<Changed>(`${ROOT}/datastreams/${id}`, body)

/** Where the things that a query finds leave as a table. */
export function exportAddress(query: Query): string {
  const kept = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return `${ROOT}/things-export?${new URLSearchParams(kept.map(([key, value]) => [key, String(value)])).toString()}`
}

/** Tries a table, or registers all of it; `secrets`: each thing gets one, told in the answer only. */
export function importThings(file: File, asked: { dry: boolean; secrets: boolean }, told: (share: number) => void): Promise<ThingsImported> {
  const form = new FormData()
  form.set('file', file)
  form.set('dry_run', String(asked.dry))
  form.set('secrets', String(asked.secrets))
  return send<ThingsImported>(`${ROOT}/things-import`, form, told)
}
