import { expect, it } from 'vitest'
import type { Step } from '@/shared/api/types'
import { linesOf } from './steps'

const step = (id: number, move: string, more: Partial<Step> = {}): Step => ({
  id, move, at: '2026-11-22T12:00:00Z', label: move, actor_kind: 'system', actor: '系统', unit: null, text: '', order: null, state: 'dispatched', evidence: [], why: {}, ...more,
})

it('says once what the clocks told several units, and once the reason of a chain of steps', () => {
  const units = new Map([[1, '甲局'], [2, '乙局']])
  const lines = linesOf(
    [
      step(1, 'accept', { text: '规则' }), step(2, 'dispatch', { text: '规则' }),
      step(3, 'lamp_yellow', { text: 'acknowledge', order: 1 }), step(4, 'lamp_yellow', { text: 'acknowledge', order: 2 }),
      step(5, 'note', { text: 'acknowledge', actor_kind: 'person' }),
    ],
    units,
  )
  expect(lines.map((line) => [line.step.id, line.units, line.said])).toEqual([[1, [], true], [2, [], false], [3, ['甲局', '乙局'], false], [5, [], false]])
})
