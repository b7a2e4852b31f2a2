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

/** One line of the timeline: a step with the units it concerns; `said`: the next line repeats its words. */
export interface Line {
  step: Step
  units: string[]
  said: boolean
}

const alike = (one: Step, other: Step): boolean => one.at === other.at && one.text === other.text && one.actor_kind === other.actor_kind

/** The unit whose clock spoke. */
const unitAt = (step: Step, unitOf: ReadonlyMap<number, string>): string | undefined =>
  step.actor_kind === 'system' && step.order !== null ? unitOf.get(step.order) : undefined

/** Steps as lines: what the clocks told several units at the same moment is one line. */
export function linesOf(steps: Step[], unitOf: ReadonlyMap<number, string>): Line[] {
  const lines: Line[] = []
  for (const step of steps) {
    const unit = unitAt(step, unitOf)
    const last = lines.at(-1)
    const repeats = last !== undefined && alike(last.step, step)
    if (repeats && unit && last.units.length > 0 && last.step.move === step.move) {
      last.units.push(unit)
      continue
    }
    if (repeats && step.text) last.said = true
    lines.push({ step, units: unit ? [unit] : [], said: false })
  }
  return lines
}
