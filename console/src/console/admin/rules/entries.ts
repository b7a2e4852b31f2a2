import type { Data, Part, RuleEntry } from '@/shared/api/rules'
import type { Words } from './words'

export const list = (value: unknown): string[] => (value === undefined || value === null ? [] : Array.isArray(value) ? value.map(String) : [String(value)])

/** "3 工作日" → [3, "工作日"] */
export function splitLimit(limit: unknown): [number | null, string] {
  const [amount, ...clock] = String(limit ?? '').split(' ')
  const number = Number(amount)
  return [amount && Number.isFinite(number) ? number : null, clock.join(' ')]
}

export interface UnitValue {
  unit: string
  level: string
  of?: string
}
export const units = (value: unknown): UnitValue[] => (value === undefined || value === null ? [] : Array.isArray(value) ? (value as UnitValue[]) : [value as UnitValue])

/** One unit of a rule in words: "城市管理局（区县，归属中心）". */
export const unitWords = (value: UnitValue, words: Words): string =>
  `${words.kind(value.unit)}（${words.named('centre', value.level)}${value.of === 'owner' ? `，${words.named('of', 'owner')}` : ''}）`

export const FACTS = ['category', 'event', 'level', 'channel', 'place', 'owner', 'hours', 'returns', 'border_m'] as const
export type Fact = (typeof FACTS)[number]
const MANY: readonly string[] = ['category', 'event', 'level', 'channel', 'owner']

/** The conditions of a rule as a form has them: lists where many may be chosen, nested ones as text. */
export function toConditions(when: Data): Data {
  const plain = Object.fromEntries(FACTS.map((name) => [name, MANY.includes(name) ? list(when[name]) : when[name] === undefined ? undefined : String(when[name])]))
  const nested = Object.fromEntries(Object.entries(when).filter(([name]) => !FACTS.includes(name as Fact)))
  return { ...plain, more: Object.keys(nested).length > 0 ? JSON.stringify(nested) : '' }
}

/** And back, as the scenario file writes it. Throws SyntaxError where the nested ones are no JSON. */
export function fromConditions(form: Data): Data {
  const found: Data = {}
  for (const name of FACTS) {
    const value = form[name]
    if (MANY.includes(name)) {
      const chosen = list(value)
      if (chosen.length > 0) found[name] = chosen.length === 1 ? chosen[0] : chosen
    } else if (value !== undefined && value !== null && value !== '') found[name] = numeric(name, String(value).trim())
  }
  const more = String(form.more ?? '').trim()
  return more ? { ...found, ...(JSON.parse(more) as Data) } : found
}

const numeric = (name: string, value: string): unknown => (name === 'returns' && /^\d+$/.test(value) ? Number(value) : value)

/** Everything of an entry that a reader may look for, in one text. */
export function haystack(part: Part, entry: RuleEntry, words: Words): string {
  const kinds = [...JSON.stringify(entry.data).matchAll(/"(?:unit|lead)":"([a-z-]+)"/g)].map(([, name]) => words.kind(name ?? ''))
  const stage = part === 'limits' ? words.named('stage', String(entry.data.stage)) : part === 'messages' ? words.move(String(entry.data.step)) : ''
  return `${entry.key} ${JSON.stringify(entry.data)} ${kinds.join(' ')} ${stage}`.toLowerCase()
}
