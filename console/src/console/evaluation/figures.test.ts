import { describe, expect, it } from 'vitest'
import type { EvaluationLine } from '@/shared/api/evaluation'
import { better, change, percent, signed, sorted } from './figures'
import { parseSearch, toAsk } from './search'

const line = (name: string, rate: number | null): EvaluationLine => ({
  key: name, name, drill: false, before: {}, figures: { closing: { numerator: 0, denominator: 0, rate, grade: null } },
})

describe('figures', () => {
  it('shows two decimals, a dash for nothing, and the change in points', () => {
    expect(percent(911 / 972)).toBe('93.72%')
    expect(percent(null)).toBe('—')
    expect(signed(change(0.9, 0.85) ?? 0)).toBe('+5.00')
    expect(change(0.9, null)).toBeNull()
    expect(better(-1, 'lower')).toBe(true)
    expect(better(0, 'higher')).toBe(false)
  })
  it('sorts by rate with what has none last, either way', () => {
    const lines = [line('a', null), line('b', 0.2), line('c', 0.9)]
    expect(sorted(lines, 'closing', true).map((one) => one.name)).toEqual(['c', 'b', 'a'])
    expect(sorted(lines, 'closing', false).map((one) => one.name)).toEqual(['b', 'c', 'a'])
    expect(sorted(lines, null, true)).toBe(lines)
  })
})

describe('the address', () => {
  it('keeps what it can mean and drops the rest', () => {
    expect(parseSearch({ period: 'month', day: '2025-02-31x', by: 'nobody', region: '7', channel: 'fax', key: 12 })).toEqual({ period: 'month', region: 7, key: '12' })
  })
  it('asks for this month unless told otherwise, and never for a period that ends before it begins', () => {
    expect(toAsk({}, '2025-06-15')).toMatchObject({ period: 'month', day: '2025-06-15', by: 'region', last: undefined })
    expect(toAsk({ period: 'custom', day: '2025-06-10', last: '2025-06-01' }, '2025-06-15').last).toBe('2025-06-10')
  })
})
