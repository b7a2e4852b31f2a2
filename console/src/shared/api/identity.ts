import { del, get, post, requestLanguage, type Query } from './http'
import type { DemoAccount, Me, PersonRef, SessionView, TokenView, Unit } from './types'

const ROOT = '/api/identity'

export const readMe = () => get<Me>(`${ROOT}/me`)
export const signIn = async (login: string, password: string, asPost?: number) =>
  spoken(await post<Me>(`${ROOT}/login`, { login, password, post: asPost }))
export const signOut = () => post<unknown>(`${ROOT}/logout`)
export const changePost = (id: number) => post<Me>(`${ROOT}/me/post`, { post: id })
export const changePassword = (old: string, fresh: string) => post<unknown>(`${ROOT}/me/password`, { old, new: fresh })

/** From now on the server, too, speaks to this person in that language. */
export async function speak(language: 'zh' | 'en'): Promise<Me> {
  await post<unknown>(`${ROOT}/me/language`, { language })
  return readMe()
}
/** Whoever signs in speaks the language of the screen on which they did. */
const spoken = async (me: Me): Promise<Me> => (me.language === requestLanguage() ? me : speak(requestLanguage()))

export const setDuty = (on: boolean) => post<Me>(`${ROOT}/duty`, { on })
export const readDuty = (centre: number) => get<PersonRef[]>(`${ROOT}/duty`, { centre })
export const demoAccounts = () => get<DemoAccount[]>(`${ROOT}/demo-accounts`)
export const listSessions = () => get<SessionView[]>(`${ROOT}/sessions`)
export const endSession = (id: number) => del<unknown>(`${ROOT}/sessions/${id}`)
export const listTokens = () => get<TokenView[]>(`${ROOT}/tokens`)
export const issueToken = (body: { name: string; permissions: string[]; region: number; days: number }) =>
  post<{ token: TokenView; secret: string }>(`${ROOT}/tokens`, body)
export const revokeToken = (id: number) => del<unknown>(`${ROOT}/tokens/${id}`)
export const findUnits = (query: Query) => get<Unit[]>(`${ROOT}/units`, query)
export const findPeople = (query: Query) => get<PersonRef[]>(`${ROOT}/people`, query)

// residents
export const sendCode = (phone: string) => post<{ expires_in: number; demo_code?: string | null }>(`${ROOT}/resident/code`, { phone })
export const residentSignIn = async (phone: string, code: string) => spoken(await post<Me>(`${ROOT}/resident/login`, { phone, code }))
