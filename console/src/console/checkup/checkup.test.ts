import { describe, expect, it } from 'vitest'
import type { CheckupDomain } from '@/shared/api/checkup'
import { bandOf, points, sections, valueOf, weakestFirst } from './figures'
import { lastMonth, parseSearch, toAsk } from './search'

const domain = (code: string, section: string, weight: number, score: number | null): CheckupDomain =>
  ({ code, section, weight, score: { score, before: score === null ? null : score - 10 } }) as CheckupDomain

describe('a checkup on screen', () => {
  it('asks for the month that ended last, and never beyond what the address can mean', () => {
    expect(lastMonth('2026-03-31')).toBe('2026-02-28')
    expect(toAsk(parseSearch({ period: 'decade', day: 'soon', region: '-1' }), 7, '2026-01-05')).toEqual({ region: 7, period: 'month', day: '2025-12-31', last: undefined })
    expect(toAsk({ period: 'custom', day: '2026-02-10', last: '2026-02-01' }, 7, '2026-03-05').last).toBe('2026-02-10')
  })
  it('shows no data as no zero', () => {
    expect([points(null), points(0), bandOf(null), bandOf(0)]).toEqual(['—', '0.0', 'none', 'red'])
    expect([85, 84.9, 70, 50, 25, 24.9].map(bandOf)).toEqual(['done', 'blue', 'blue', 'yellow', 'orange', 'red'])
    expect(valueOf({ decimals: 1, unit: '%LEL' } as never, 12.34)).toBe('12.3 %LEL')
  })
  it('adds domains up to sections by their weights and puts the weakest first', () => {
    const all = [domain('a', 'x', 1, 60), domain('b', 'x', 3, 80), domain('c', 'y', 2, null), domain('d', 'z', 1, 50)]
    expect(sections(all)).toEqual([{ section: 'x', score: 75, before: 65 }, { section: 'z', score: 50, before: 40 }])
    expect(weakestFirst(all).map((one) => one.code)).toEqual(['d', 'a', 'b', 'c'])
  })
})
