import type { CheckupDomain, CheckupScore, CheckupSign } from '@/shared/api/checkup'
import { withUnit } from '@/shared/numbers'

/** 83.4, or a dash: no data is no zero. */
export const points = (score: number | null | undefined): string => (score === null || score === undefined ? '—' : score.toFixed(1))
export const share = (of: number | null | undefined): string => (of === null || of === undefined ? '—' : `${(of * 100).toFixed(1)}%`)
export const signed = (of: number): string => `${of > 0 ? '+' : ''}${of.toFixed(1)}`

export const valueOf = (sign: CheckupSign, of: number | null): string => withUnit(of, sign.decimals, sign.unit)

/** How much it moved since the period before; null where either is missing. */
export const change = (score: CheckupScore): number | null => (score.score === null || score.before === null ? null : score.score - score.before)

const LIMITS = [85, 70, 50, 25]
const BANDS = ['done', 'blue', 'yellow', 'orange', 'red'] as const
export type Band = (typeof BANDS)[number] | 'none'
/** The colour of a score: as a sign that earns so much. */
export const bandOf = (score: number | null): Band => (score === null ? 'none' : (BANDS[LIMITS.filter((limit) => score < limit).length] ?? 'red'))

export const GRADE_CHIP: Record<string, string> = { A: 'chip-done', B: 'chip-blue', C: 'chip-yellow', D: 'chip-orange', E: 'chip-red' }

export interface SectionScore {
  section: string
  score: number
  before: number | null
}

/** The domains by section of the city, by their weights; what has no data is left out. */
export function sections(domains: CheckupDomain[]): SectionScore[] {
  const names = [...new Set(domains.map((one) => one.section))]
  return names.flatMap((section) => {
    const inside = domains.filter((one) => one.section === section)
    const score = mean(inside, (one) => one.score.score)
    return score === null ? [] : [{ section, score, before: mean(inside, (one) => one.score.before) }]
  })
}

function mean(domains: CheckupDomain[], of: (one: CheckupDomain) => number | null): number | null {
  const known = domains.flatMap((one) => {
    const score = of(one)
    return score === null ? [] : [{ weight: one.weight, score }]
  })
  const weight = known.reduce((sum, one) => sum + one.weight, 0)
  return weight > 0 ? known.reduce((sum, one) => sum + one.weight * one.score, 0) / weight : null
}

/** The weakest first, what has no data last. */
export const weakestFirst = (domains: CheckupDomain[]): CheckupDomain[] =>
  [...domains].sort((a, b) => (a.score.score ?? 101) - (b.score.score ?? 101) || a.code.localeCompare(b.code))
