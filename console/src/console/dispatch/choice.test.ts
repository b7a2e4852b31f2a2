import { describe, expect, it } from 'vitest'
import type { Candidate, OrderRole } from '@/shared/api/types'
import { addUnit, choiceOf, dropUnit } from './choice'

const candidate = (id: number, role: OrderRole) => ({ unit: { id, name: '', kind: '', level: '' }, role, load: 0, distance_m: null, on_duty: 0, why: '' }) as Candidate

describe('who gets a work order', () => {
  const choice = choiceOf([candidate(1, 'lead'), candidate(2, 'assist'), candidate(3, 'assigned')])

  it('starts from the proposal', () => expect(choice).toEqual({ lead: 1, assist: [2], assign_down: [3] }))
  it('gives a unit one role only', () => expect(addUnit(choice, 2, 'lead')).toEqual({ lead: 2, assist: [], assign_down: [3] }))
  it('removes a unit wherever it stands', () => expect(dropUnit(choice, 3)).toEqual({ lead: 1, assist: [2], assign_down: [] }))
})
