import type { LevelName } from './theme/tokens'

export const LEVELS: readonly LevelName[] = ['red', 'orange', 'yellow', 'blue']

/** Incident states in the order of the loop; side states last. */
export const STATES = [
  'reported', 'accepted', 'verified', 'filed', 'dispatched', 'handling', 'handled', 'checked',
  'closed', 'rated', 'transferring', 'arbitrating', 'suspended', 'voided', 'merged',
] as const

export const CHANNELS = ['resident', 'grid', 'hotline', 'api', 'centre', 'camera', 'sensor', 'inspection'] as const

/** The closed loop as everybody sees it. */
export const LOOP = ['report', 'accept', 'verify', 'dispatch', 'handle', 'check', 'close', 'rate'] as const

export type Tone = 'neutral' | 'brand' | 'red' | 'orange' | 'yellow' | 'blue' | 'done'

const STATE_TONES: Record<string, Tone> = {
  closed: 'done',
  rated: 'done',
  arbitrating: 'orange',
  transferring: 'brand',
  suspended: 'yellow',
  merged: 'brand',
}

export const stateTone = (state: string): Tone => STATE_TONES[state] ?? 'neutral'
export const levelColour = (level: string): string => `var(--level-${level})`
export const levelSoft = (level: string): string => `var(--level-${level}-soft)`
