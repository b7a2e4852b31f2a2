const DIGITS = 4

/** "1,235.3", thousands apart; a reading as it came (no `decimals`) with four digits that count: 0.001235, 12.35, 123,456. A dash where there is none. */
export function valueText(value: number | null | undefined, decimals: number | null): string {
  if (value === null || value === undefined) return '—'
  if (decimals !== null) return value.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
  const shown = value === 0 ? 0 : Math.max(0, DIGITS - 1 - Math.floor(Math.log10(Math.abs(value))))
  return value.toLocaleString('en', { maximumFractionDigits: Math.min(shown, 20) })
}

/** The same with its unit, as the server writes it. */
export const withUnit = (value: number | null | undefined, decimals: number | null, unit: string): string => (value === null || value === undefined ? '—' : `${valueText(value, decimals)} ${unit}`.trimEnd())
