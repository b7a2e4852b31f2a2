import type { DeliveryState } from '@/shared/api/types'

/** What the delivery log is narrowed by; it lives in the URL. */
export interface LogFilter {
  subscription?: number
  state?: DeliveryState
  before?: number
  at?: number
}

export const STATES: DeliveryState[] = ['pending', 'delivered', 'dead', 'withheld']

export function parseLog(raw: Record<string, unknown>): LogFilter {
  const found: LogFilter = {}
  for (const name of ['subscription', 'before', 'at'] as const) {
    const value = Number(raw[name])
    if (Number.isInteger(value) && value > 0) found[name] = value
  }
  if (STATES.includes(raw.state as DeliveryState)) found.state = raw.state as DeliveryState
  return found
}

/** "chengyun.incident.closed.v1" → "closed". */
export const shortType = (type: string): string => type.split('.')[2] ?? type
