import 'fake-indexeddb/auto'
import { beforeEach, expect, test } from 'vitest'
import { Problem } from '@/shared/api/problem'
import type { Receipt } from '@/shared/api/types'
import { flush, retry, save, type Sender } from './queue'
import { store, unsealJson } from './store'

const RECEIPT: Receipt = {
  report: 1, incident: 1, number: '500154-1', tracking: 'token-of-the-reporter', state: 'reported', place: '', promise: '', duplicate: false,
}
const REPORT = { text: '下水道堵了', lon: 108.4, lat: 31.1 }

class Wire {
  seen: string[] = []
  down = false
  refuse: Problem | null = null
  sender: Sender = {
    upload: (_photo, _meta, key) => this.answer(`photo ${key}`, { id: this.seen.length }),
    report: (_body, key) => this.answer(`report ${key}`, RECEIPT),
    moves: () => Promise.reject(new Error('unused')),
    tracking: () => Promise.reject(new Error('unused')),
  }
  private answer<T>(call: string, value: T): Promise<T> {
    if (this.down) return Promise.reject(new Problem({ status: 0, code: 'network', title: '', detail: '' }))
    if (this.refuse) return Promise.reject(this.refuse)
    this.seen.push(call)
    return Promise.resolve(value)
  }
}

const photo = () => ({ blob: new Blob(['picture'], { type: 'image/jpeg' }), preview: '', meta: {} })
const draft = (owner = 'guest') => save({ owner, kind: 'report', label: REPORT.text, body: REPORT, photos: [photo()] })

beforeEach(async () => {
  await store.drafts.clear()
})

test('three drafts made without a network are sent once each when it returns', async () => {
  const wire = new Wire()
  wire.down = true
  const ids = [await draft(), await draft(), await draft()]
  await flush('guest', wire.sender)
  expect((await store.drafts.toArray()).map((item) => item.stage)).toEqual(['saved', 'saved', 'saved'])
  wire.down = false
  await flush('guest', wire.sender, true)
  await flush('guest', wire.sender, true)
  expect(wire.seen.filter((call) => call.startsWith('report')).sort()).toEqual(ids.map((id) => `report ${id}`).sort())
  expect(wire.seen.filter((call) => call.startsWith('photo'))).toHaveLength(3)
})

test('a photo that arrived is not sent again when the report after it failed', async () => {
  const wire = new Wire()
  await draft()
  const { report } = wire.sender
  wire.sender.report = () => Promise.reject(new Problem({ status: 503, code: 'away', title: '', detail: '' }))
  await flush('guest', wire.sender)
  wire.sender.report = report
  await flush('guest', wire.sender, true)
  expect(wire.seen.filter((call) => call.startsWith('photo'))).toHaveLength(1)
  expect((await store.drafts.toArray())[0]?.stage).toBe('accepted')
})

test('what the server refuses for good waits with its words and can be tried again', async () => {
  const wire = new Wire()
  wire.refuse = new Problem({ status: 422, code: 'territory.outside', title: '', detail: '不在本市' })
  const id = await draft()
  await flush('guest', wire.sender)
  expect((await store.drafts.get(id))?.error).toContain('不在本市')
  wire.refuse = null
  await retry(id)
  await flush('guest', wire.sender)
  expect((await store.drafts.get(id))?.stage).toBe('accepted')
})

test('another login neither sends nor opens what somebody else saved', async () => {
  const wire = new Wire()
  const id = await draft('person:7')
  await flush('person:8', wire.sender, true)
  expect(wire.seen).toEqual([])
  const saved = await store.drafts.get(id)
  if (!saved) throw new Error('the draft is gone')
  await expect(unsealJson('person:8', saved.body)).rejects.toThrow()
  await expect(unsealJson('person:7', saved.body)).resolves.toEqual(REPORT)
})
