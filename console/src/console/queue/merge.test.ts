import { describe, expect, it } from 'vitest'
import type { IncidentRow } from '@/shared/api/types'
import { merge } from './useQueue'

const row = (id: number, more: Partial<IncidentRow> = {}): IncidentRow =>
  ({ id, title: `${id}`, state: 'filed', alert: false, reported_at: `2024-03-06T00:${String(id).padStart(2, '0')}:00Z`, ...more }) as IncidentRow

describe('the queue stays still', () => {
  const standing = { rows: [row(3), row(1), row(2)], next: null, total: 3, at_least: false }

  it('brings rows up to date without moving them', () => {
    const shadow = { items: [row(1, { state: 'handling' }), row(2), row(3)], total: 3, next: null, at_least: false }
    const merged = merge(standing, shadow, 3)
    expect(merged.rows.map((one) => one.id)).toEqual([3, 1, 2])
    expect(merged.rows[1]?.state).toBe('handling')
    expect(merged.fresh).toBe(0)
  })
  it('counts what is new instead of showing it', () => {
    const merged = merge(standing, { items: [row(9), row(1), row(2), row(3)], total: 4, next: null, at_least: false }, 3)
    expect(merged.rows).toHaveLength(3)
    expect(merged.fresh).toBe(1)
    expect(merged.total).toBe(4)
  })
  it('marks rows that no longer match, and keeps them in place', () => {
    const merged = merge(standing, { items: [row(1), row(2)], total: 2, next: null, at_least: false }, 3)
    expect([...merged.gone]).toEqual([3])
    expect(merged.rows.map((one) => one.id)).toEqual([3, 1, 2])
  })
  it('says nothing of rows beyond what was read again', () => {
    const long = { ...standing, next: 'more' }
    const merged = merge(long, { items: [row(1), row(2)], total: 60, next: 'more', at_least: false }, 3)
    expect(merged.gone.size).toBe(0)
  })
})
