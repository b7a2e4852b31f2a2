const KEY = 'chengyun.phone.elder'
const SIZE = 'chengyun.phone.elder.size'

/** Base sizes of the text in pixels that may be chosen; the first and the last are the bounds of the rules for 长辈版. */
export const ELDER_SIZES = [18, 21, 24, 30] as const
export type ElderSize = (typeof ELDER_SIZES)[number]
const USUAL: ElderSize = 21

export const isElder = (): boolean => localStorage.getItem(KEY) === '1'

export function elderSize(): ElderSize {
  const kept = Number(localStorage.getItem(SIZE))
  return ELDER_SIZES.find((size) => size === kept) ?? USUAL
}

export function setElder(on: boolean): void {
  localStorage.setItem(KEY, on ? '1' : '0')
  startElder()
}

export function setElderSize(size: ElderSize): void {
  localStorage.setItem(SIZE, String(size))
  startElder()
}

/** Large text and larger targets are one attribute and one length; the style sheet does the rest. */
export function startElder(): void {
  const root = document.documentElement
  root.toggleAttribute('data-elder', isElder())
  root.style.setProperty('--elder', `${elderSize()}px`)
  dispatchEvent(new Event('elder'))
}
