import 'fake-indexeddb/auto'
import { beforeEach, expect, test } from 'vitest'
import { Problem } from '@/shared/api/problem'
import type { Receipt } from '@/shared/api/types'
import { flush, retry, save, shown, type Sender } from './queue'
import { isLocked, keep, kept, lock, unlock, unsealJson, wipe } from './lock'
import { store, type Secret } from './store'

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
  await wipe()
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
  const failed = await store.drafts.get(id)
  expect(failed && (await shown(failed)).secret?.error).toContain('不在本市')
  wire.refuse = null
  await retry(id)
  await flush('guest', wire.sender)
  expect((await store.drafts.get(id))?.stage).toBe('accepted')
})

const HALVES = { a: btoa('a'.repeat(32)), b: btoa('b'.repeat(32)) }
const gone = () => Promise.reject(new Problem({ status: 410, code: 'device.cut', title: '', detail: '' }))

test('another login neither sends nor opens what somebody else saved', async () => {
  const wire = new Wire()
  await unlock('person:7', () => Promise.resolve(HALVES.a))
  const id = await draft('person:7')
  await unlock('person:8', () => Promise.resolve(HALVES.b))
  await flush('person:8', wire.sender, true)
  expect(wire.seen).toEqual([])
  const saved = await store.drafts.get(id)
  if (!saved) throw new Error('the draft is gone')
  await expect(unsealJson('person:8', saved.secret)).rejects.toThrow()
  await expect(unsealJson<Secret>('person:7', saved.secret)).resolves.toMatchObject({ body: REPORT })
})

/** Every byte and word of the store, as somebody with the disk reads it. */
async function onDisk(): Promise<string> {
  const words: string[] = []
  const read = (value: unknown): void => {
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value))
      words.push(Buffer.from(value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(value.buffer)).toString('latin1'))
    else if (value instanceof CryptoKey) words.push(`key ${value.type} ${String(value.extractable)}`)
    else if (value && typeof value === 'object') Object.values(value).forEach(read)
    else words.push(String(value))
  }
  for (const table of store.tables) read(await table.toArray())
  return words.join('\n')
}

test('a locked phone keeps what is written, shows nothing, and sends it once it is unlocked', async () => {
  const wire = new Wire()
  await unlock('person:7', () => Promise.resolve(HALVES.a))
  await keep('tasks person:7', 'person:7', [{ title: 'secret task' }])
  lock()
  const id = await draft('person:7') // sealed to the public half
  expect(isLocked('person:7')).toBe(true)
  expect(await kept('tasks person:7')).toBeUndefined()
  await flush('person:7', wire.sender, true)
  expect(wire.seen).toEqual([])
  const disk = await onDisk()
  for (const word of [REPORT.text, Buffer.from(REPORT.text).toString('latin1'), 'picture', 'secret task', HALVES.a, 'a'.repeat(32)])
    expect(disk).not.toContain(word)
  expect(disk).not.toMatch(/key (private|secret true)/) // no private key lies there
  await unlock('person:7', () => Promise.resolve(HALVES.a))
  expect((await kept<unknown[]>('tasks person:7'))?.value).toHaveLength(1)
  await flush('person:7', wire.sender, true)
  expect(wire.seen).toContain(`report ${id}`)
})

test('a device that was cut off wipes itself and cannot be read with another half', async () => {
  await unlock('person:7', () => Promise.resolve(HALVES.a))
  await draft('person:7')
  await draft('guest')
  lock()
  expect(await unlock('person:7', gone)).toBe(false)
  expect((await store.drafts.toArray()).map((item) => item.owner)).toEqual(['guest'])
  expect((await store.keys.toArray()).map((row) => row.owner)).toEqual(['guest'])
  await unlock('person:7', () => Promise.resolve(HALVES.a))
  await draft('person:7')
  lock()
  await unlock('person:7', () => Promise.resolve(HALVES.b)) // the server no longer knows the former half
  expect(await store.drafts.where('owner').equals('person:7').count()).toBe(0)
})
