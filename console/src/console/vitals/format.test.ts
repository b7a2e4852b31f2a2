import { describe, expect, it } from 'vitest'
import { bands, durationOf } from './format'
import { parseSign, parseVitals } from './search'

describe('how signs are written', () => {
  it('lays bands from one threshold to the next, the other way round where low is bad', () => {
    const given = [{ level: 4, on: 50, off: 40 }, { level: 2, on: 20, off: 15 }]
    expect(bands(given, 'high')).toEqual([{ level: 'yellow', from: 20, to: 50 }, { level: 'red', from: 50, to: null }])
    const low = [{ level: 1, on: 0.3, off: 0.32 }, { level: 3, on: 0.1, off: 0.12 }]
    expect(bands(low, 'low')).toEqual([{ level: 'blue', from: 0.1, to: 0.3 }, { level: 'orange', from: null, to: 0.1 }])
  })
  it('gives durations in their own unit', () => {
    expect([90, 120, 7200].map(durationOf)).toEqual([[90, 'seconds'], [2, 'minutes'], [2, 'hours']])
  })
  it('takes from the address only what it can mean', () => {
    expect(parseVitals({ q: '燃气', region: '12', view: 'x', page: -1, data: 'yes' })).toEqual({ q: '燃气', region: 12, data: 'yes' })
    expect(parseSign({ region: 'a', span: 'week' })).toEqual({ span: 'week' })
  })
})
