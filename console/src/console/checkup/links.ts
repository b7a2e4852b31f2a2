import type { Checkup, CheckupProposal } from '@/shared/api/checkup'

/** Where the numbers of a report come from. Other features' pages are named here and nowhere else. */
const path = (to: string, search: Record<string, string | number>): string => `${to}?${new URLSearchParams(Object.entries(search).map(([key, value]) => [key, String(value)]))}`

export const signPath = (code: string, region: number): string => path(`/vitals/${code}`, { region })

export const alarmsPath = (found: Checkup, code?: string): string =>
  path('/alarms', { region: found.line.region, since: found.line.since, until: found.line.until, ...(code ? { sign: code } : {}) })

/** The evaluation of the same days, with the incidents that missed an indicator open. */
export const figurePath = (found: Checkup, key: string): string =>
  path('/evaluation', { period: 'custom', day: found.line.first, last: found.line.last, region: found.line.region, behind: key, part: key === 'rework' ? 'numerator' : 'missed' })

export const areaPath = (found: Checkup, region: number): string =>
  path('/checkup', { region, period: found.line.period, day: found.line.first, ...(found.line.period === 'custom' ? { last: found.line.last } : {}) })

export function proposalPath(found: Checkup, one: CheckupProposal): string {
  if (one.target === 'sign') return signPath(one.code, found.line.region)
  if (one.target === 'figure') return figurePath(found, one.code)
  if (one.target === 'region') return areaPath(found, Number(one.code))
  return `${areaPath(found, found.line.region)}&${new URLSearchParams({ version: String(found.line.id), domain: one.code })}`
}
