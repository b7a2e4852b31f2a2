/** Times are UTC on the wire and Asia/Shanghai on every screen, wherever the browser is. */
const ZONE = 'Asia/Shanghai'

interface Parts {
  year: string
  month: string
  day: string
  hour: string
  minute: string
  second: string
}

const formatter = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

function partsOf(at: Date): Parts {
  const found = Object.fromEntries(formatter.formatToParts(at).map((part) => [part.type, part.value]))
  return found as unknown as Parts
}

const toDate = (at: string | number | Date): Date => (at instanceof Date ? at : new Date(at))

/** "2024-03-06 09:14:32" */
export function fullTime(at: string | number | Date): string {
  const p = partsOf(toDate(at))
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}:${p.second}`
}

/** "03-06 09:14", with seconds on request */
export function shortTime(at: string | number | Date, seconds = false): string {
  const p = partsOf(toDate(at))
  return `${p.month}-${p.day} ${p.hour}:${p.minute}${seconds ? `:${p.second}` : ''}`
}

/** "09:14:32" or "09:14" */
export function clockTime(at: string | number | Date, seconds = true): string {
  const p = partsOf(toDate(at))
  return seconds ? `${p.hour}:${p.minute}:${p.second}` : `${p.hour}:${p.minute}`
}

/** "2024-03-06", the day in Shanghai */
export function dayOf(at: string | number | Date): string {
  const p = partsOf(toDate(at))
  return `${p.year}-${p.month}-${p.day}`
}

/** Today's times as "09:14", this year's as "03-06 09:14", older ones with the year. */
export function nearTime(at: string | number | Date, now: string | number | Date): string {
  const [then, today] = [dayOf(at), dayOf(now)]
  if (then === today) return clockTime(at, false)
  return then.slice(0, 4) === today.slice(0, 4) ? shortTime(at) : fullTime(at).slice(0, 16)
}

/** "3月6日 星期三" or "Wed 6 Mar" */
export function longDay(at: string | number | Date, language: string): string {
  const zh = language.startsWith('zh')
  return new Intl.DateTimeFormat(zh ? 'zh-CN' : 'en-GB', {
    timeZone: ZONE,
    month: zh ? 'long' : 'short',
    day: 'numeric',
    weekday: zh ? 'long' : 'short',
  }).format(toDate(at))
}

/** What a `datetime-local` field shows, read as Shanghai time, as an ISO instant. */
export function instantOfLocal(value: string): string {
  return new Date(`${value.length === 16 ? `${value}:00` : value}+08:00`).toISOString()
}

/** The opposite: an instant as the value of a `datetime-local` field. */
export function localOfInstant(at: string | number | Date): string {
  return fullTime(at).slice(0, 16).replace(' ', 'T')
}

const DAY_MS = 86_400_000

/** A span in words, at most two units: "1 小时 46 分", "2 天 5 小时", "22 分". */
export function spanWords(ms: number, language: string): string {
  const zh = language.startsWith('zh')
  const minutes = Math.floor(Math.abs(ms) / 60_000)
  const [d, h, m] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60]
  const unit = (value: number, chinese: string, english: string) => (zh ? `${value} ${chinese}` : `${value} ${english}`)
  if (Math.abs(ms) >= DAY_MS) return [unit(d, '天', 'd'), h ? unit(h, '小时', 'h') : ''].filter(Boolean).join(' ')
  if (h > 0) return [unit(h, '小时', 'h'), m ? unit(m, '分', 'min') : ''].filter(Boolean).join(' ')
  return unit(m, '分', 'min')
}
