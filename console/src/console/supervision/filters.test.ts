import { describe, expect, it } from 'vitest'
import type { BoardRow } from '@/shared/api/supervision'
import { boardQuery, isNarrowed, parseBoard } from './filters'
import { settle } from './useBoard'

const row = (id: number, text = ''): BoardRow => ({ row: { id }, because: [{ text }], allowed: [] }) as unknown as BoardRow

describe('filters of the board', () => {
  it('reads what it knows from the URL and drops the rest', () => {
    expect(parseBoard({ tab: 'bouncing', level: 'red,nothing', at: '7', state: 'closed', mine: 1 })).toEqual({ tab: 'bouncing', level: 'red', at: 7 })
    expect(parseBoard({ tab: 'elsewhere' })).toEqual({})
    expect(boardQuery(parseBoard({ at: 3, q: '积水' }))).toEqual({ tab: 'overdue', q: '积水' })
    expect(isNarrowed(parseBoard({ tab: 'urged' }))).toBe(false)
    expect(isNarrowed(parseBoard({ region: 5 }))).toBe(true)
  })
})

describe('a board that stands still', () => {
  it('brings rows up to date in place, counts what is new and marks what has gone', () => {
    const settled = settle([row(1, 'old'), row(2)], { items: [row(3), row(1, 'new')], next: null })
    expect(settled.rows.map((one) => one.row.id)).toEqual([1, 2])
    expect(settled.rows[0]?.because[0]?.text).toBe('new')
    expect([settled.fresh, [...settled.gone]]).toEqual([1, [2]])
  })
  it('says nothing of rows beyond the end of what was read again', () => {
    expect(settle([row(1), row(2)], { items: [row(1)], next: 'more' }).gone.size).toBe(0)
    expect(settle([row(1)], undefined)).toEqual({ rows: [row(1)], fresh: 0, gone: new Set() })
  })
})
