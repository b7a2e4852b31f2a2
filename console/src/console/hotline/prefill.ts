import { emptyCall, type Call } from './call'

/** A call that somebody else wrote down for the form: the tour's example. Taken once. */
let waiting: Partial<Call> | null = null
const listeners = new Set<() => void>()

export function prefillCall(call: { text: string; address: string; lon: number; lat: number }): void {
  waiting = { ...call, positioned: 'map' }
  for (const listener of listeners) listener()
}

export function takePrefill(): Call {
  const call = { ...emptyCall(), ...waiting }
  waiting = null
  return call
}

/** Tells a form that is already open. */
export function onPrefill(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
