import { describe, expect, it } from 'vitest'
import { clockTime, fullTime, instantOfLocal, localOfInstant, nearTime, spanWords } from './time'

describe('times are those of Shanghai', () => {
  it('shows UTC instants eight hours later, whatever the browser’s zone', () => {
    expect(fullTime('2024-03-05T16:30:05Z')).toBe('2024-03-06 00:30:05')
    expect(clockTime('2024-03-05T16:30:05Z', false)).toBe('00:30')
  })
  it('drops the day for today and the year for this year', () => {
    expect(nearTime('2024-03-06T01:00:00Z', '2024-03-06T09:00:00Z')).toBe('09:00')
    expect(nearTime('2024-03-05T01:00:00Z', '2024-03-06T09:00:00Z')).toBe('03-05 09:00')
    expect(nearTime('2023-03-05T01:00:00Z', '2024-03-06T09:00:00Z')).toBe('2023-03-05 09:00')
  })
  it('reads a local field as Shanghai time and back', () => {
    expect(instantOfLocal('2024-03-06T09:14')).toBe('2024-03-06T01:14:00.000Z')
    expect(localOfInstant('2024-03-06T01:14:00Z')).toBe('2024-03-06T09:14')
  })
  it('names at most two units', () => {
    expect(spanWords(106 * 60_000, 'zh')).toBe('1 小时 46 分')
    expect(spanWords(53 * 3_600_000, 'zh')).toBe('2 天 5 小时')
    expect(spanWords(22 * 60_000, 'en')).toBe('22 min')
  })
})
