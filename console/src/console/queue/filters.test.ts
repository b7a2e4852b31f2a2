import { describe, expect, it } from 'vitest'
import { COUNTS, isCount, ownDefaults, parseFilters, toggle, toQuery } from './filters'

describe('filters in the URL', () => {
  it('keeps what it knows and drops the rest', () => {
    expect(parseFilters({ state: 'filed,nonsense', level: 'red', lamp: 'green', region: '183', at: 'x', q: ' 渣土 ', evil: 1 })).toEqual({
      state: 'filed', level: 'red', region: 183, q: '渣土',
    })
  })
  it('asks for open ones unless a state or everything is wanted', () => {
    expect(toQuery({}).open).toBe(1)
    expect(toQuery({ state: 'closed' }).open).toBeUndefined()
    expect(toQuery({ all: 1 }).open).toBeUndefined()
    expect(toQuery({ at: 7 })).not.toHaveProperty('at')
  })
  it('turns members of a list on and off', () => {
    expect(toggle(undefined, 'red')).toBe('red')
    expect(toggle('red,blue', 'red')).toBe('blue')
    expect(toggle('red', 'red')).toBeUndefined()
  })
  it('knows which count is on', () => {
    expect(isCount({ ...COUNTS.overdue }, 'overdue')).toBe(true)
    expect(isCount({ ...COUNTS.overdue, state: 'filed' }, 'overdue')).toBe(false)
    expect(isCount({}, 'to_accept')).toBe(false)
  })
  it('gives a bureau its own work orders, a centre what it owns, until they ask for more', () => {
    const post = (kind: string, ...permissions: string[]) => ({ post: { unit: { kind }, region: { id: 11, level: 'district' } }, permissions })
    const city = { post: { unit: { kind: 'centre' }, region: { id: 1, level: 'city' } }, permissions: ['incident.accept'] }
    expect(ownDefaults({}, post('housing'))).toEqual({ mine: 1 })
    expect(ownDefaults({ mine: 0 }, post('housing'))).toEqual({ mine: 0 })
    expect(ownDefaults({}, post('centre', 'incident.accept'))).toEqual({ centre: 11 })
    expect(ownDefaults({ below: 1 }, post('centre', 'incident.accept'))).toEqual({ below: 1 })
    expect(ownDefaults({}, post('centre', 'incident.read'))).toEqual({})
    expect(ownDefaults({}, city)).toEqual({})
    expect(ownDefaults({ below: 0 }, city)).toEqual({ below: 0, centre: 1 })
    expect(toQuery({ mine: 0 }).mine).toBeUndefined()
  })
})
