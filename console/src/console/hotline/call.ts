import type { ReportIn } from '@/shared/api/types'

/** What the operator has written down so far. */
export interface Call {
  phone: string
  name: string
  hidden: boolean
  text: string
  category: string | undefined
  /** chosen by hand: guesses no longer overwrite it */
  decided: boolean
  address: string
  lon: number | null
  lat: number | null
  positioned: 'search' | 'map'
  /** an incident that is known already: the call is one more report of it */
  joins: { id: number; number: string } | null
}

export const emptyCall = (): Call => ({
  phone: '', name: '', hidden: false, text: '', category: undefined, decided: false, address: '', lon: null, lat: null, positioned: 'search', joins: null,
})

export type Missing = 'text' | 'place' | 'phone'

const PHONE = /^\+?[0-9 -]{5,20}$/

/** What a report cannot do without. */
export function missing(call: Call): Missing[] {
  const found: Missing[] = []
  if (call.text.trim().length < 2) found.push('text')
  if (call.lon === null || call.lat === null) found.push('place')
  if (call.phone.trim() && !PHONE.test(call.phone.trim())) found.push('phone')
  return found
}

export function toReport(call: Call, channel: ReportIn['channel']): ReportIn {
  const reporter = { name: call.name.trim() || undefined, phone: call.phone.trim() || undefined, hidden: call.hidden }
  return {
    text: call.text.trim(),
    lon: call.lon ?? 0,
    lat: call.lat ?? 0,
    address: call.address.trim() || undefined,
    category: call.category,
    channel,
    positioned: call.positioned,
    incident: call.joins?.id,
    reporter: reporter.name || reporter.phone ? reporter : undefined,
  }
}
