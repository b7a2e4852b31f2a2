import type { SignReading, SignThreshold } from '@/shared/api/vitals'
import type { LevelName } from '@/shared/theme/tokens'

/** Names of levels 1 to 4; 0 is none. */
export const LEVELS: readonly (LevelName | null)[] = [null, 'blue', 'yellow', 'orange', 'red']
/** The word of a level: a key of `vitals.level`. */
export const levelKey = (level: number | null | undefined): LevelName | 'none' => LEVELS[level ?? 0] ?? 'none'
export const levelOf = (reading: Pick<SignReading, 'level' | 'value'>): LevelName | null => LEVELS[reading.level ?? 0] ?? null

/** Where each level lies on the axis, from one bound to the next; open ends are null. */
export function bands(thresholds: SignThreshold[], bad: string | null): { level: LevelName; from: number | null; to: number | null }[] {
  const ordered = [...thresholds].sort((a, b) => a.level - b.level)
  return ordered.flatMap((one, at) => {
    const level = LEVELS[one.level]
    const next = ordered[at + 1]?.on ?? null
    return level ? [bad === 'low' ? { level, from: next, to: one.on } : { level, from: one.on, to: next }] : []
  })
}

/** Seconds in the largest unit that divides them: [5, "minutes"]. */
export function durationOf(seconds: number): [number, 'seconds' | 'minutes' | 'hours'] {
  if (seconds >= 3600 && seconds % 3600 === 0) return [seconds / 3600, 'hours']
  return seconds >= 60 && seconds % 60 === 0 ? [seconds / 60, 'minutes'] : [seconds, 'seconds']
}
