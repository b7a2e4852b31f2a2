import { liveQuery } from 'dexie'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { isLocked, onLock } from '../drafts/lock'
import { flush, follow, shown } from '../drafts/queue'
import { store, type Draft, type Shown } from '../drafts/store'

const EVERY = 15_000

/** Drafts of one owner, newest first, as they change on disk or as this phone is unlocked. */
export function useDrafts(owner: string): Shown[] {
  const [rows, setRows] = useState<Draft[]>([])
  const [drafts, setDrafts] = useState<Shown[]>([])
  const [turn, setTurn] = useState(0)
  useEffect(() => onLock(() => setTurn((now) => now + 1)), [])
  useEffect(() => {
    const found = liveQuery(() => store.drafts.where('owner').equals(owner).reverse().sortBy('created'))
    const subscription = found.subscribe({ next: setRows })
    return () => subscription.unsubscribe()
  }, [owner])
  useEffect(() => {
    let current = true
    void Promise.all(rows.map(shown)).then((opened) => current && setDrafts(opened))
    return () => void (current = false)
  }, [rows, turn])
  return drafts
}

/** Whether what this owner keeps here cannot be read now. */
export const useLocked = (owner: string): boolean => useSyncExternalStore(onLock, () => isLocked(owner))

/** Sends what waits: on opening, when the network returns, when the page comes to the front, and now and then. */
export function useFlushing(owner: string): void {
  useEffect(() => {
    const run = (force: boolean) => void flush(owner, undefined, force).then(() => follow(owner))
    const now = () => run(true)
    const visible = () => document.visibilityState === 'visible' && run(true)
    now()
    const unlocked = onLock(now)
    addEventListener('online', now)
    document.addEventListener('visibilitychange', visible)
    const timer = setInterval(() => document.visibilityState === 'visible' && run(false), EVERY)
    return () => {
      unlocked()
      removeEventListener('online', now)
      document.removeEventListener('visibilitychange', visible)
      clearInterval(timer)
    }
  }, [owner])
}

export function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine)
  useEffect(() => {
    const changed = () => setOnline(navigator.onLine)
    addEventListener('online', changed)
    addEventListener('offline', changed)
    return () => {
      removeEventListener('online', changed)
      removeEventListener('offline', changed)
    }
  }, [])
  return online
}
