import { get, post } from './http'
import type { ClockView, Handover, HandoverDraft } from './types'

export const readClock = () => get<ClockView>('/api/clock')
export const advanceClock = (hours: number) => post<ClockView>('/api/demo/clock/advance', { hours })
export const readSimulator = () => get<{ running: boolean }>('/api/demo/simulator')
export const setSimulator = (running: boolean) => post<{ running: boolean }>('/api/demo/simulator', { running })

export const readHandover = () => get<HandoverDraft>('/api/command/handover')
export const signHandover = (notes: string, pinned: number[]) => post<Handover>('/api/command/handover', { notes, pinned })
export const listHandovers = () => get<Handover[]>('/api/command/handovers')
