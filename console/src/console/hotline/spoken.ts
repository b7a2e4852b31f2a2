const DIGITS: Record<string, string> = { 0: '零', 1: '幺', 2: '二', 3: '三', 4: '四', 5: '五', 6: '六', 7: '拐', 8: '八', 9: '九', '-': '杠' }

/** A number as one says it on the phone: in groups, 一 as 幺 and 七 as 拐, so that neither is misheard. */
export function spoken(number: string, language: string): string {
  const groups = number.split('-')
  if (!language.startsWith('zh')) return groups.map((group) => [...group].join(' ')).join(' – ')
  return groups.map((group) => [...group].map((sign) => DIGITS[sign] ?? sign).join('')).join(' 杠 ')
}
