import { useSyncExternalStore } from 'react'
import { elderSize, isElder, type ElderSize } from './elder'

function subscribe(changed: () => void): () => void {
  addEventListener('elder', changed)
  return () => removeEventListener('elder', changed)
}

/** Whether 长辈版 is on, and how large its text is. */
export function useElder(): { on: boolean; size: ElderSize } {
  return { on: useSyncExternalStore(subscribe, isElder), size: useSyncExternalStore(subscribe, elderSize) }
}
