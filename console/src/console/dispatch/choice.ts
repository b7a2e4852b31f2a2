import type { Candidate, OrderRole, UnitChoice } from '@/shared/api/types'

/** The proposal as a choice; pure, so that the dialog only shows it. */
export function choiceOf(candidates: Candidate[]): UnitChoice {
  const of = (role: OrderRole) => candidates.filter((one) => one.role === role).map((one) => one.unit.id)
  return { lead: of('lead')[0] ?? null, assist: of('assist'), assign_down: of('assigned') }
}

export function dropUnit(choice: UnitChoice, unit: number): UnitChoice {
  return {
    lead: choice.lead === unit ? null : choice.lead,
    assist: choice.assist.filter((id) => id !== unit),
    assign_down: choice.assign_down.filter((id) => id !== unit),
  }
}

/** A unit has one role; there is one lead, and the one before it becomes nothing. */
export function addUnit(choice: UnitChoice, unit: number, role: OrderRole): UnitChoice {
  const rest = dropUnit(choice, unit)
  if (role === 'lead') return { ...rest, lead: unit }
  if (role === 'assist') return { ...rest, assist: [...rest.assist, unit] }
  return { ...rest, assign_down: [...rest.assign_down, unit] }
}
