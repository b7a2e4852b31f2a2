import { useEffect, useState } from 'react'

/** What holds the keyboard while it is open. */
const HOLDERS = '[role="dialog"], .ant-popover, .palette'
const ABLE = 'a[href], button, input, textarea, select, summary, [tabindex]'

/** What Tab reaches in a part of the page, in order. */
export function reachable(part: ParentNode): HTMLElement[] {
  return [...part.querySelectorAll<HTMLElement>(ABLE)].filter((one) => one.tabIndex >= 0 && !one.matches(':disabled') && one.checkVisibility({ visibilityProperty: true }))
}

const OPEN = `${HOLDERS}, .ant-dropdown, .ant-select-dropdown`
const closing = new WeakSet<Event>()

/** Whether a key closes what was open when it was pressed, though that is gone by the time the page hears of it. */
export const closes = (event: KeyboardEvent): boolean => closing.has(event)

/** Hears every key before anybody else does. */
export function watchKeys(event: KeyboardEvent): void {
  if (event.key === 'Escape' && [...document.querySelectorAll(OPEN)].some((one) => one.checkVisibility())) closing.add(event)
  if (event.key === 'Tab') keepTabWithin(event)
}

/**
 * Tab goes from the last field of what is open to its first, Shift+Tab the other way. Ant Design's own lock waits for the
 * focus to arrive somewhere else; past the end of the page, where dialogs are, it arrives nowhere.
 */
function keepTabWithin(event: KeyboardEvent): void {
  const holder = document.activeElement?.closest(HOLDERS)
  if (!holder) return
  const fields = reachable(holder)
  const [from, to] = event.shiftKey ? [fields[0], fields.at(-1)] : [fields.at(-1), fields[0]]
  const before = event.shiftKey && document.activeElement === holder
  if (!to || !(before || inSameGroup(document.activeElement, from))) return
  event.preventDefault()
  to.focus()
}

/** Of the radio buttons of one name, Tab reaches the chosen one only, wherever it stands among them. */
function inSameGroup(one: Element | null, other: HTMLElement | undefined): boolean {
  if (one === other) return true
  return one instanceof HTMLInputElement && other instanceof HTMLInputElement && one.type === 'radio' && one.name !== '' && one.name === other.name
}

/**
 * Gives the focus back to what had it when the caller appeared. Ant Design does so when a dialog is hidden, not when it is
 * taken away; without that the keyboard would start again at the top of the page.
 */
export function useFocusBack(): void {
  const [before] = useState(() => document.activeElement)
  useEffect(() => () => void setTimeout(() => giveBack(before)), [before])
}

/** Focus `before` again, unless somebody has moved it to something else meanwhile. */
export function giveBack(before: Element | null): void {
  const { activeElement } = document
  const lost = !activeElement || activeElement === document.body || !activeElement.checkVisibility()
  if (lost && before instanceof HTMLElement && before.isConnected) before.focus()
}
