import { describe, expect, it } from 'vitest'
import type { Allowed, IncidentDetail } from '@/shared/api/types'
import { actionsOf, askedNeeds, isDirect, movesOf, single } from './moves'

const allowed = (move: string, proposed = false, needs: Allowed['needs'] = []): Allowed => ({ move, label: move, proposed, needs, order: null })
const detail = (state: string, moves: Allowed[], category: string | null = '0404') =>
  ({ row: { id: 1, state, category, version: 2 }, allowed: moves }) as unknown as IncidentDetail
const category = { name: 'category', kind: 'category' as const, required: false, options: [] }

describe('actions', () => {
  it('joins verify, file and dispatch for one that may do all three', () => {
    const actions = actionsOf(detail('accepted', [allowed('verify', true), allowed('void')]), () => true, '核实并分拨')
    expect(actions.map((action) => [action.key, action.proposed])).toEqual([['forward', true], ['verify', false], ['void', false]])
    const units = { lead: 1, assist: [2], assign_down: [3] }
    expect(movesOf(actions[0] ?? single(allowed('x')), { units, note: '属实' })).toEqual([
      { move: 'verify', note: '属实' }, { move: 'file' }, { move: 'dispatch', units },
    ])
  })
  it('leaves single steps to one that may do only one', () => {
    const actions = actionsOf(detail('accepted', [allowed('verify', true)]), (name) => name === 'incident.verify', '')
    expect(actions.map((action) => action.key)).toEqual(['verify'])
  })
  it('asks for a category before accepting, and for nothing where one key is enough', () => {
    const accept = single(allowed('accept', true, [category]))
    expect(isDirect(accept, detail('reported', [], null))).toBe(false)
    expect(askedNeeds(accept, detail('reported', [], null))[0]?.required).toBe(true)
    expect(isDirect(accept, detail('reported', []))).toBe(true)
    expect(isDirect(single(allowed('close')), detail('checked', []))).toBe(false)
  })
  it('sends only what was filled in', () => {
    expect(movesOf(single(allowed('note')), { note: '看过', category: '', until: undefined, attachments: [] })).toEqual([{ move: 'note', note: '看过', attachments: [] }])
  })
})
