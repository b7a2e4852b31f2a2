import type { EvaluationLine, RateFigure } from '@/shared/api/evaluation'

/** 93.72 %, or a dash where there was nothing to divide by. */
export const percent = (rate: number | null | undefined): string => (rate === null || rate === undefined ? '—' : `${(rate * 100).toFixed(2)}%`)

/** Percentage points since another period; null where either is missing. */
export function change(now: number | null | undefined, before: number | null | undefined): number | null {
  if (now === null || now === undefined || before === null || before === undefined) return null
  return Math.round((now - before) * 10_000) / 100
}

export const signed = (points: number): string => `${points > 0 ? '+' : ''}${points.toFixed(2)}`

/** Whether a change is one for the better. */
export const better = (points: number, direction: string): boolean => (direction === 'higher' ? points > 0 : points < 0)

/** Lines by an indicator's rate or by name; what has no rate stands last either way. */
export function sorted(lines: EvaluationLine[], by: string | null, descending: boolean): EvaluationLine[] {
  if (by === null) return lines
  const sign = descending ? -1 : 1
  if (by === 'name') return [...lines].sort((a, b) => sign * a.name.localeCompare(b.name, 'zh-CN'))
  const rate = (line: EvaluationLine): number | null => line.figures[by]?.rate ?? null
  return [...lines].sort((a, b) => {
    const [one, two] = [rate(a), rate(b)]
    if (one === null || two === null) return Number(one === null) - Number(two === null)
    return sign * (one - two)
  })
}

export const GRADE_CHIP: Record<string, string> = { A: 'chip-done', B: 'chip-blue', C: 'chip-yellow', D: 'chip-orange', E: 'chip-red' }
export const gradeOf = (figure: RateFigure | undefined): string | null => figure?.grade ?? null
