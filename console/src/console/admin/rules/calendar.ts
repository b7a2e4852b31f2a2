import type { CalendarDay, CalendarYear } from '@/shared/api/rules'

/** The days of a year in order, one each; the last one written for a day counts. */
export function withDay(days: CalendarDay[], day: CalendarDay): CalendarDay[] {
  return [...days.filter((one) => one.day !== day.day), day].sort((a, b) => a.day.localeCompare(b.day))
}

export const without = (days: CalendarDay[], day: string): CalendarDay[] => days.filter((one) => one.day !== day)

/** Whether something differs from what is in force. */
export function isDirty(known: CalendarYear, days: CalendarDay[], hours: string): boolean {
  const line = (one: CalendarDay) => `${one.day} ${one.kind} ${one.name}`
  return hours.trim() !== known.hours || days.map(line).join('\n') !== known.days.map(line).join('\n')
}
