import { describe, expect, it } from 'vitest'
import { parseLog, shortType } from './log'

describe('the delivery log in the URL', () => {
  it('keeps what it knows and drops the rest', () => {
    expect(parseLog({ subscription: '3', state: 'dead', before: 9, at: 'x', other: 1 })).toEqual({ subscription: 3, state: 'dead', before: 9 })
    expect(parseLog({ subscription: -1, state: 'lost', before: 1.5 })).toEqual({})
  })
  it('names events by their middle', () => {
    expect(shortType('chengyun.incident.closed.v1')).toBe('closed')
    expect(shortType('chengyun.exchange.test.v1')).toBe('test')
  })
})
