import { del, get, post, type Query } from './http'
import type { components } from './schema'

type Shapes = components['schemas']
export type StaffPage = Shapes['StaffPage']
export type StaffRow = Shapes['StaffRow']
export type StaffSession = Shapes['StaffSession']
export type ChangeView = Shapes['ChangeView']
export type AuditPage = Shapes['AuditPage']
export type AuditRow = Shapes['AuditRow']
export type RoleView = Shapes['RoleView']
export type UnitKind = Shapes['UnitKindView']
export type FactorState = Shapes['FactorState']
export type Enrolment = Shapes['Enrolment']
export type LinkedAccount = Shapes['Account']
export type Recovery = Shapes['Recovery']
type Changed = { change: number }

const ROOT = '/api/identity'

// people and posts
export const readDirectory = (query: Query) => get<StaffPage>(`${ROOT}/directory`, query)
export const readPerson = (id: number) => get<Shapes['Person']>(`${ROOT}/people/${id}`)
export const listRoles = () => get<RoleView[]>(`${ROOT}/roles`)
export const createPerson = (body: { login: string; name: string; password?: string }) => post<{ id: number }>(`${ROOT}/people`, body)
export const editPerson = (id: number, body: { login: string; name: string }) => post<Changed>(`${ROOT}/people/${id}`, body)
export const setActive = (id: number, active: boolean) => post<Changed>(`${ROOT}/people/${id}/active`, { active })
export const resetPassword = (id: number, fresh: string) => post<unknown>(`${ROOT}/people/${id}/password`, { new: fresh })
export const resetFactor = (id: number) => post<Changed>(`${ROOT}/people/${id}/factor/reset`)
export interface NewPost {
  unit: number
  role: string
  region?: number
  valid_from?: string
  valid_to?: string
}
export const givePost = (person: number, body: NewPost) => post<{ id: number }>(`${ROOT}/people/${person}/posts`, body)
export const endPost = (id: number) => del<unknown>(`${ROOT}/posts/${id}`)
export const datePost = (id: number, body: { valid_from: string; valid_to: string | null }) => post<unknown>(`${ROOT}/posts/${id}/dates`, body)
export type Imported = Shapes['Imported']
export type ImportRow = Shapes['ImportRow']
export const IMPORT_TEMPLATE = `${ROOT}/people-import/template`
/** Tries the table, or makes all of it; `dry` answers every row with its faults. */
export function importPeople(file: File, dry: boolean): Promise<Imported> {
  const form = new FormData()
  form.set('file', file)
  form.set('dry_run', String(dry))
  return post<Imported>(`${ROOT}/people-import`, form)
}
export const listAccounts = (person: number) => get<LinkedAccount[]>(`${ROOT}/people/${person}/accounts`)
export const linkAccount = (person: number, body: { issuer: string; subject: string }) => post<Changed>(`${ROOT}/people/${person}/accounts`, body)
export const unlinkAccount = (id: number) => del<Changed>(`${ROOT}/accounts/${id}`)

// units
export const listUnitKinds = () => get<UnitKind[]>(`${ROOT}/unit-kinds`)
export const foundUnit = (body: { kind: string; name: string; region: number }) => post<{ id: number }>(`${ROOT}/units`, body)
export const renameUnit = (id: number, name: string) => post<Changed>(`${ROOT}/units/${id}`, { name })
export const mergeUnit = (id: number, into: number) => post<Changed>(`${ROOT}/units/${id}/merge`, { into })

// sessions of others, changes, audit
export const listStaffSessions = (person?: number) => get<StaffSession[]>(`${ROOT}/staff-sessions`, { person })
export const endStaffSession = (id: number, lost: boolean) => del<Changed>(`${ROOT}/staff-sessions/${id}${lost ? '?lost=true' : ''}`)
export const listChanges = (query: Query) => get<ChangeView[]>(`${ROOT}/changes`, query)
export const undoChange = (id: number) => post<ChangeView['change']>(`${ROOT}/changes/${id}/undo`)
export const searchAudit = (query: Query) => get<AuditPage>(`${ROOT}/audit`, query)
export const listAuditActions = () => get<Shapes['AuditGroup'][]>(`${ROOT}/audit/actions`)
export const AUDIT_EXPORT = `${ROOT}/audit/export`
export const readSecurity = () => get<AuditRow[]>(`${ROOT}/me/security`)

// the second factor
export const readFactor = () => get<FactorState>(`${ROOT}/factor`)
export const enrolFactor = () => post<Enrolment>(`${ROOT}/factor/enrol`)
export const confirmFactor = (code: string) => post<Recovery>(`${ROOT}/factor/confirm`, { code })
export const enterFactor = (code: string) => post<unknown>(`${ROOT}/factor/login`, { code })
export const proveFactor = (code: string) => post<unknown>(`${ROOT}/factor/prove`, { code })
export const renewRecovery = () => post<Recovery>(`${ROOT}/factor/recovery`)
export const dropFactor = () => del<unknown>(`${ROOT}/factor`)

// sign-in by a provider
export const listProviders = () => get<Shapes['ProviderView'][]>(`${ROOT}/oidc`)
export const providerAddress = (key: string, to: string) => `${ROOT}/oidc/${encodeURIComponent(key)}/begin?to=${encodeURIComponent(to)}`
