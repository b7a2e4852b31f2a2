import { describe, expect, it } from 'vitest'
import { problemOf, worthAnother } from './problem'

describe('another try', () => {
  it('is worth it where the server failed or was not reached, once', () => {
    for (const status of [0, 500, 503]) expect(worthAnother(0, problemOf(status, {}))).toBe(true)
    expect(worthAnother(0, new TypeError('no network'))).toBe(true)
    expect(worthAnother(1, problemOf(503, {}))).toBe(false)
  })
  it('is not where the server refused', () => {
    for (const status of [401, 403, 404, 409, 422, 429]) expect(worthAnother(0, problemOf(status, {}))).toBe(false)
  })
})
