import { askEarly } from '@/shared/api/early'
import type { Me } from '@/shared/api/types'
import { ownDefaults, parseFilters, queueQuery } from '../queue/filters'
import { homeOf } from './home'

/**
 * Asks who is signed in, and for the first rows of the queue where that is the page, before the rest of the code is
 * there. Runs from the first script of the page: what it imports has to stay small.
 */
export async function askAhead(path: string, search: string, language: string): Promise<void> {
  if (path === '/login') return
  const who = askEarly('/api/identity/me', language)
  if (path !== '/' && path !== '/incidents') return
  void import('../queue/QueuePage')
  const answer = await who
  if (!answer.ok) return
  const me = (await answer.json()) as Me
  if (me.kind !== 'person' || homeOf(me) !== '/incidents') return
  const filters = ownDefaults(parseFilters(Object.fromEntries(new URLSearchParams(search))), me)
  const given = Object.entries(queueQuery(filters)).filter(([, value]) => value !== undefined)
  await askEarly(`/api/incidents/?${given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')}`, language)
}
