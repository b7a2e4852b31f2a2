import { describe, expect, it } from 'vitest'
import type { CalendarYear, Data, Part } from '@/shared/api/rules'
import { isDirty, withDay, without } from './calendar'
import { fromConditions, toConditions } from './entries'
import { fromForm, toForm } from './forms'
import { parseSheet, parseYear } from './search'

const entry = (data: Data) => ({ key: 'x', file: 'x.yaml', line: 1, data })

describe('entries of a rule as forms', () => {
  const entries: [Part, Data][] = [
    ['limits', { id: 'handle', category: ['0102', '04*'], level: 'red', stage: 'handle', limit: '2.5 工作时', yellow: 0.5, escalate: [1, 1.5] }],
    ['duties', { category: '0102', clause: '1', task: { zh: '清', en: 'clear' }, town: { lead: 'sanitation' }, city: { lead: 'water', assist: ['ecology'] } }],
    ['routing', { id: 'a', why: { zh: '因', en: 'so' }, when: { category: '0404', event: ['reported', 'returned'], returns: 0, hours: '22:00-06:00', any: [{ level: 'red' }] }, lead: { unit: 'water', level: 'city' }, assist: [{ unit: 'power', level: 'city', of: 'owner' }], auto: true }],
    ['categories', { code: 'a.b', name: { zh: '名', en: 'name' }, level: 'blue', hints: ['词语'], evidence: ['after'] }],
    ['messages', { step: 'accept', audience: 'reporter', zh: '{number}', en: '{number}' }],
  ]
  it.each(entries)('come back from the form of %s as they were', (part, data) => {
    expect(fromForm(part, toForm(part, entry(data)))).toEqual(data)
  })
  it('keeps numbers numbers, bounds text, and says no to what is no JSON', () => {
    expect(fromConditions({ returns: ' 2 ', border_m: '< 100', category: ['a', 'b'] })).toEqual({ returns: 2, border_m: '< 100', category: ['a', 'b'] })
    expect(toConditions({ not: { level: 'red' } }).more).toBe('{"not":{"level":"red"}}')
    expect(() => fromConditions({ more: '{not' })).toThrow(SyntaxError)
  })
  it('leaves out a cell of the matrix whose lead was taken away', () => {
    expect(fromForm('duties', { category: 'a', town: { lead: undefined, assist: ['water'] } })).toEqual({ category: 'a' })
  })
})

describe('the calendar', () => {
  const known = { days: [{ day: '2026-10-01', kind: 'holiday', name: '国庆节' }], hours: '08:00-12:00' } as CalendarYear
  it('has a day once, in order, and knows what was changed', () => {
    const days = withDay(withDay(known.days, { day: '2026-01-01', kind: 'holiday', name: '元旦' }), { day: '2026-10-01', kind: 'workday', name: '调休' })
    expect(days.map((one) => `${one.day} ${one.kind}`)).toEqual(['2026-01-01 holiday', '2026-10-01 workday'])
    expect(isDirty(known, known.days, ' 08:00-12:00 ')).toBe(false)
    expect(isDirty(known, without(known.days, '2026-10-01'), known.hours)).toBe(true)
    expect(isDirty(known, known.days, '09:00-12:00')).toBe(true)
  })
})

describe('the address', () => {
  it('takes what it knows and leaves the rest', () => {
    expect(parseSheet({ tab: 'limits', q: 'x', z: 1 })).toEqual({ tab: 'limits', q: 'x' })
    expect(parseSheet({ tab: 'nothing', q: 7 })).toEqual({})
    expect([parseYear({ year: '2027' }), parseYear({ year: 'x' }), parseYear({ year: 1 })]).toEqual([{ year: 2027 }, {}, {}])
  })
})
