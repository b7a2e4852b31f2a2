import type { TFunction } from 'i18next'
import type { Deadline } from './api/types'
import { clockTime, dayOf, shortTime, spanWords } from './time'

/** What a deadline says: how much is left on its own clock, and how loud. */
export interface DeadlineReading {
  /** share of the limit that is left, 0…1 */
  left: number
  overdue: boolean
  tone: 'red' | 'yellow' | 'calm'
  words: string
  /** the exact moment and the clock, for a tooltip and for screen readers */
  detail: string
}

const CONTINUOUS = new Set(['urgent', 'calendar_days'])

/** Working clocks stop at night, so their share comes from the server; the others follow the wall clock. */
export function readDeadline(deadline: Deadline, now: number, t: TFunction, language: string): DeadlineReading {
  const due = Date.parse(deadline.due)
  const started = Date.parse(deadline.started)
  const share = CONTINUOUS.has(deadline.clock) ? (now - started) / Math.max(1, due - started) : deadline.share
  const overdue = now >= due || deadline.lamp === 'red'
  const left = overdue ? 0 : Math.min(1, Math.max(0, 1 - share))
  const tone = overdue ? 'red' : deadline.lamp === 'yellow' ? 'yellow' : 'calm'
  const words = overdue ? overdueWords(now - due, t, language) : leftWords(deadline, left, due, now, t, language)
  const detail = t('shared:deadline.detail', {
    stage: t(`shared:stage.${deadline.stage}`),
    due: `${dayOf(due)} ${clockTime(due, false)}`,
    amount: deadline.amount,
    clock: t(`shared:clock.${deadline.clock}`),
  })
  return { left, overdue, tone, words, detail }
}

function overdueWords(late: number, t: TFunction, language: string): string {
  if (late < 60_000) return t('shared:deadline.overdueNow')
  return t('shared:deadline.over', { span: spanWords(late, language) })
}

function leftWords(d: Deadline, left: number, due: number, now: number, t: TFunction, language: string): string {
  if (CONTINUOUS.has(d.clock) && due - now < 60_000) return t('shared:deadline.leftNow')
  if (CONTINUOUS.has(d.clock)) return t('shared:deadline.left', { span: spanWords(due - now, language) })
  if (dayOf(due) === dayOf(now)) return t('shared:deadline.today', { time: clockTime(due, false) })
  const amount = left * d.amount
  if (amount < 1) return t('shared:deadline.until', { time: shortTime(due) })
  return t(`shared:deadline.${d.clock}`, { amount: Math.floor(amount) })
}
