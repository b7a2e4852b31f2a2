type T = (key: string, options?: Record<string, unknown>) => string

/** "38 m" or "1.1 km" */
export const distanceWords = (metres: number, t: T): string =>
  metres < 1000 ? t('words.metres', { value: Math.round(metres) }) : t('words.kilometres', { value: (metres / 1000).toFixed(1) })
