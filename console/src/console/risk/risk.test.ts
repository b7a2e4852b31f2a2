import { describe, expect, it } from 'vitest'
import type { RiskRegion } from '@/shared/api/risk'
import { light } from '@/shared/theme/tokens'
import { hoursOf, LAYERS, layersOf, layersText, parseRisk, timeOf } from './search'
import { levelAt, regionUnder, tint } from './tint'

const SINCE = '2026-11-22T06:00:00.000Z'
const region = (id: number, level: number): RiskRegion => ({
  region: { id, level: 'town', name: `${id}`, code: null }, level, score: 0, single: 0, summed: 0,
  counts: { alarms: [0, 0, 0, 0], signs: [0, 0, 0, 0], shelved: 0, red: 0, orange: 0, overdue: 0 },
})

describe('the address of the map of risks', () => {
  it('keeps what it can mean and drops the rest', () => {
    expect(parseRisk({ region: '7', tab: 'why', span: 'week', at: 'alarm-12', kinds: 'gas' })).toEqual({ region: 7, tab: 'why', span: 'week', at: 'alarm-12', kinds: 'gas' })
    expect(parseRisk({ region: '-1', tab: 'x', span: 'year', at: 'alarm-<b>', since: SINCE, layers: 3 })).toEqual({})
    expect(parseRisk({ since: '2026-11-22T08:00:00Z', until: '2026-11-22T07:00:00Z' })).toEqual({})
  })
  it('writes layers only where they are not the usual ones', () => {
    expect(layersText(layersOf(undefined))).toBeUndefined()
    for (const layers of [[], ['things'], [...LAYERS]] as (typeof LAYERS)[number][][]) expect(layersOf(layersText(layers))).toEqual(LAYERS.filter((one) => layers.includes(one)))
  })
  it('turns hours into a time and back; all hours are no time', () => {
    expect(timeOf(SINCE, 24, 0, 24)).toEqual({ since: undefined, until: undefined })
    for (const [from, to] of [[3, 7], [0, 1], [20, 24]] as [number, number][]) expect(hoursOf(SINCE, 24, timeOf(SINCE, 24, from, to))).toEqual([from, to])
    expect(hoursOf('2026-11-22T10:00:00.000Z', 24, timeOf(SINCE, 24, 3, 7))).toEqual([0, 3]) // the window has moved on
  })
})

describe('colours of the map', () => {
  it('tints the level that is told and what lies in it, and nothing above but the region itself', () => {
    const towns = [region(5, 4), region(6, 0), region(7, 4)]
    expect(tint('town', 'town', towns, undefined, 'light')).toEqual(['match', ['id'], [6], light.done, [5, 7], light.dot.red, 'rgba(0,0,0,0)'])
    expect(tint('grid', 'town', towns, undefined, 'light')).toEqual(['match', ['get', 'town'], [6], light.done, [5, 7], light.dot.red, 'rgba(0,0,0,0)'])
    expect(tint('district', 'town', towns, { id: 2, level: 3 }, 'light')).toEqual(['match', ['id'], [2], light.dot.orange, 'rgba(0,0,0,0)'])
    expect(tint('town', 'town', [], undefined, 'light')).toBe('rgba(0,0,0,0)')
  })
  it('finds the region that a feature is or lies in', () => {
    expect(regionUnder({ id: 9, properties: { level: 'grid', town: 5 } }, 'town')).toBe(5)
    expect(regionUnder({ id: 5, properties: { level: 'town' } }, 'town')).toBe(5)
    expect(regionUnder({ id: 2, properties: { level: 'district' } }, 'town')).toBeUndefined()
  })
  it('goes down as the map comes nearer', () => {
    expect([levelAt(7, 'city'), levelAt(9, 'city'), levelAt(9, 'district'), levelAt(11, 'district'), levelAt(9, 'town')]).toEqual(['district', 'town', 'town', 'grid', 'grid'])
  })
})
