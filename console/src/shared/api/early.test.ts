import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { askEarly } from './early'
import { get, post } from './http'

const answered: string[] = []

beforeEach(() => {
  answered.length = 0
  vi.stubGlobal('fetch', (input: string | Request) => {
    answered.push(typeof input === 'string' ? input : input.url)
    return Promise.resolve(Response.json({ number: answered.length }))
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

it('serves one request for the same address, and the one who asked may read along', async () => {
  const first = await askEarly('/api/things?a=1&b=%E5%9F%8E', 'zh')
  expect(await get('/api/things', { a: 1, b: '城' })).toEqual({ number: 1 })
  expect(await first.json()).toEqual({ number: 1 })
  expect(await get('/api/things', { a: 1, b: '城' })).toEqual({ number: 2 })
})
it('is not for another address or language', async () => {
  await askEarly('/api/things?a=1', 'en')
  expect(await get('/api/things', { a: 1 })).toEqual({ number: 2 })
  await askEarly('/api/things?a=1', 'zh')
  expect(await get('/api/things', { a: 2 })).toEqual({ number: 4 })
})
it('is too old after something was written, or after a while', async () => {
  await askEarly('/api/me', 'zh')
  await post('/api/login')
  expect(await get('/api/me')).toEqual({ number: 3 })
  vi.useFakeTimers({ toFake: ['performance'] })
  await askEarly('/api/me', 'zh')
  vi.advanceTimersByTime(10_001)
  expect(await get('/api/me')).toEqual({ number: 5 })
})
