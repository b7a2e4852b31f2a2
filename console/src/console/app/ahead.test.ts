import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { listIncidents } from '@/shared/api/incidents'
import { readMe } from '@/shared/api/identity'
import { ownDefaults, queueQuery } from '../queue/filters'
import { askAhead } from './ahead'

const ROWS = { items: [], next: null, total: 0, at_least: false }
const duty = { kind: 'person', permissions: ['incident.read', 'incident.accept'], post: { role: 'duty', unit: { kind: 'centre' }, region: { id: 7, level: 'town' } } }
let me: object = duty
const asked: string[] = []

vi.mock('../queue/QueuePage', () => ({}))
beforeEach(() => {
  me = duty
  asked.length = 0
  vi.stubGlobal('fetch', (input: string | Request) => {
    const url = new URL(typeof input === 'string' ? input : input.url)
    asked.push(url.pathname + url.search)
    return Promise.resolve(url.pathname.endsWith('/me') ? Response.json(me) : Response.json(ROWS))
  })
})
afterEach(() => void vi.unstubAllGlobals())

it('asks exactly what the queue asks for, once', async () => {
  await askAhead('/', '', 'zh')
  await readMe()
  await listIncidents(queueQuery(ownDefaults({}, duty)))
  expect(asked).toEqual(['/api/identity/me', '/api/incidents/?centre=7&open=1&sort=urgency&limit=50'])
})
it('asks with the filters of the address', async () => {
  await askAhead('/incidents', '?level=red%2Corange&at=5', 'zh')
  await readMe()
  await listIncidents(queueQuery(ownDefaults({ level: 'red,orange', at: 5 }, duty)))
  expect(asked).toHaveLength(2)
})
it('asks for no rows where the queue is not the page, or not allowed', async () => {
  me = { ...duty, post: { ...duty.post, role: 'hotline' } }
  await askAhead('/', '', 'zh')
  me = { ...duty, permissions: [] }
  await askAhead('/', '', 'zh')
  await askAhead('/handover', '', 'zh')
  await askAhead('/login', '', 'zh')
  expect(asked).toEqual(['/api/identity/me', '/api/identity/me', '/api/identity/me'])
})
