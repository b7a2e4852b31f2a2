const KEY = 'chengyun.phone.elder'

export const isElder = (): boolean => localStorage.getItem(KEY) === '1'

export function setElder(on: boolean): void {
  localStorage.setItem(KEY, on ? '1' : '0')
  startElder()
}

/** Large text and larger targets are one attribute; the style sheet does the rest. */
export function startElder(): void {
  document.documentElement.toggleAttribute('data-elder', isElder())
}
