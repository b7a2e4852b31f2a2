import type { Data, Part, RuleEntry } from '@/shared/api/rules'
import { fromConditions, splitLimit, toConditions, units } from './entries'

interface DutyForm {
  lead?: string
  assist?: string[]
  assign_down?: string[]
}
const CELLS = ['town', 'district', 'city'] as const

/** An entry as its form holds it; the other way round in `fromForm`. */
export function toForm(part: Part, entry: RuleEntry | null): Data {
  const data = entry?.data ?? {}
  if (part === 'limits') {
    const [amount, clock] = splitLimit(data.limit)
    return { ...data, amount, clock: clock || '工作日', escalate: ((data.escalate as number[] | undefined) ?? []).map(String) }
  }
  if (part === 'routing') {
    const lead = units(data.lead)[0] ?? { unit: '', level: 'district', of: 'place' }
    return { ...data, when: toConditions((data.when as Data | undefined) ?? {}), lead, assist: units(data.assist), assign_down: units(data.assign_down) }
  }
  return data
}

/** Throws SyntaxError where nested conditions are no JSON. */
export function fromForm(part: Part, form: Data): Data {
  if (part === 'limits') {
    const { amount, clock, escalate, ...rest } = form
    const steps = ((escalate as string[] | undefined) ?? []).map(Number).filter((one) => Number.isFinite(one))
    return tidy({ ...rest, limit: `${String(amount ?? '')} ${String(clock ?? '')}`, escalate: steps })
  }
  if (part === 'routing') return tidy({ ...form, when: fromConditions((form.when as Data | undefined) ?? {}), auto: form.auto ? true : undefined })
  if (part === 'duties') return tidy({ ...form, ...Object.fromEntries(CELLS.map((cell) => [cell, dutyCell(form[cell] as DutyForm | undefined)])) })
  if (part === 'categories') {
    const { group: _, ...rest } = form
    return tidy(rest)
  }
  return tidy(form)
}

const dutyCell = (cell: DutyForm | undefined): Data | undefined => (cell?.lead ? tidy({ ...cell }) : undefined)

/** Without what nobody filled in. */
function tidy(data: Data): Data {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0)))
}
