import { useSyncExternalStore } from 'react'
import { readClock } from '@/shared/api/city'
import type { ClockView } from '@/shared/api/types'

/** The city's clock: real time, or the demo's, kept in step with the server. Ticks once a second for the whole page. */
let skew = 0
let now = Math.floor(Date.now() / 1000) * 1000
let timer: ReturnType<typeof setInterval> | null = null
let reading: ReturnType<typeof setInterval> | null = null
const listeners = new Set<() => void>()

const tick = () => {
  now = Math.floor((Date.now() + skew) / 1000) * 1000
  for (const listener of listeners) listener()
}

export function setClock(view: ClockView): void {
  skew = Date.parse(view.now) - Date.now()
  tick()
}

export async function syncClock(): Promise<void> {
  try {
    setClock(await readClock())
  } catch {
    // The clock goes on from what it last knew; the shell shows that the server is away.
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (!timer) {
    timer = setInterval(tick, 1000)
    reading = setInterval(() => void syncClock(), 30_000)
    void syncClock()
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0 || !timer || !reading) return
    clearInterval(timer)
    clearInterval(reading)
    timer = reading = null
  }
}

const minute = () => Math.floor(now / 60_000) * 60_000

/** The city's time in milliseconds, every second. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now)
/** The same, changing once a minute: for lists. */
export const useMinute = (): number => useSyncExternalStore(subscribe, minute)
export const cityNow = (): number => Date.now() + skew
