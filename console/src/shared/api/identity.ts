import { del, get, post, type Query } from './http'
import type { DemoAccount, Me, PersonRef, SecondStep, SessionView, TokenView, Unit } from './types'

const ROOT = '/api/identity'

export const readMe = () => get<Me>(`${ROOT}/me`)
/** Whoever signed in, in the language of this screen: an answer to `login` speaks the one remembered with the person. */
export async function signIn(login: string, password: string, asPost?: number): Promise<Me | SecondStep> {
  const answer = await post<Me | SecondStep>(`${ROOT}/login`, { login, password, post: asPost })
  return 'waits' in answer ? answer : readMe()
}
/** Where the session came by a provider that offers it, the browser goes on to sign out there. */
export async function signOut(): Promise<void> {
  const answer = await post<{ redirect?: string } | undefined>(`${ROOT}/logout`)
  if (answer?.redirect) location.assign(answer.redirect)
}
export const changePost = (id: number) => post<Me>(`${ROOT}/me/post`, { post: id })
export const changePassword = (old: string, fresh: string) => post<unknown>(`${ROOT}/me/password`, { old, new: fresh })

/** Remembered with the person, for what is not an answer to a screen. */
export async function speak(language: 'zh' | 'en'): Promise<Me> {
  await post<unknown>(`${ROOT}/me/language`, { language })
  return readMe()
}


export const setDuty = (on: boolean) => post<Me>(`${ROOT}/duty`, { on })
export const readDuty = (centre: number) => get<PersonRef[]>(`${ROOT}/duty`, { centre })
export const demoAccounts = () => get<DemoAccount[]>(`${ROOT}/demo-accounts`)
export const listSessions = () => get<SessionView[]>(`${ROOT}/sessions`)
export const endSession = ({ id, lost }: { id: number; lost: boolean }) => del<unknown>(`${ROOT}/sessions/${id}${lost ? '?lost=true' : ''}`)
export const listTokens = () => get<TokenView[]>(`${ROOT}/tokens`)
export const issueToken = (body: { name: string; permissions: string[]; region: number; days: number }) =>
  post<{ token: TokenView; secret: string }>(`${ROOT}/tokens`, body)
export const revokeToken = (id: number) => del<unknown>(`${ROOT}/tokens/${id}`)
export const findUnits = (query: Query) => get<Unit[]>(`${ROOT}/units`, query)
export const findPeople = (query: Query) => get<PersonRef[]>(`${ROOT}/people`, query)

// residents
export const sendCode = (phone: string) => post<{ expires_in: number; demo_code?: string | null }>(`${ROOT}/resident/code`, { phone })
export const residentSignIn = (phone: string, code: string) => post<Me>(`${ROOT}/resident/login`, { phone, code })
