import { useEffect } from 'react'
import { closes } from '../app/focus'

/** True while somebody types, or a dialog is open: then letters are letters. */
export function typing(event: KeyboardEvent): boolean {
  const target = event.target
  if (event.isComposing || closes(event)) return true
  if (!(target instanceof HTMLElement)) return false
  // visible: a dialog that was just closed may hold the focus for a moment
  if (target.closest('input, textarea, select, [contenteditable], .ant-select, [role="dialog"], [role="menu"]')?.checkVisibility()) return true
  return [...document.querySelectorAll('.ant-modal, .palette')].some((dialog) => dialog.checkVisibility())
}

/** ⌘K or Ctrl-K opens the palette, `?` the keys, `/` the palette too. */
export function useShellKeys(act: { palette: () => void; help: () => void }): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        act.palette()
        return
      }
      if (typing(event) || event.metaKey || event.ctrlKey || event.altKey) return
      if (event.key === '?') act.help()
      if (event.key === '/') {
        event.preventDefault()
        act.palette()
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  })
}
