import type { Step } from '@/shared/api/types'

const LOUD = new Set(['overdue', 'escalated', 'void', 'decline', 'check_fail', 'return', 'transfer_refuse', 'reminded'])
const GOOD = new Set(['close', 'check_pass', 'report_back', 'rate'])

/** The CSS variable of a step's dot. */
export function stepTone(step: Step): string {
  if (LOUD.has(step.move)) return '--dot-red'
  if (step.move === 'lamp_yellow') return '--dot-yellow'
  if (GOOD.has(step.move)) return '--done'
  return step.actor_kind === 'system' ? '--tertiary' : '--dot-blue'
}

/** The sentences of a step's "why"; identifiers and numbers stay in the why card. */
export function whyWords(step: Step): string[] {
  const sentence = /[\u4e00-\u9fff ]/
  return Object.values(step.why).filter((value): value is string => typeof value === 'string' && sentence.test(value))
}
