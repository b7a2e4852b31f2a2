import { liveQuery } from 'dexie'
import { useEffect, useState } from 'react'
import { flush, follow } from '../drafts/queue'
import { store, type Draft } from '../drafts/store'

const EVERY = 15_000

/** Drafts of one owner, newest first, as they change on disk. */
export function useDrafts(owner: string): Draft[] {
  const [drafts, setDrafts] = useState<Draft[]>([])
  useEffect(() => {
    const found = liveQuery(() => store.drafts.where('owner').equals(owner).reverse().sortBy('created'))
    const subscription = found.subscribe({ next: setDrafts })
    return () => subscription.unsubscribe()
  }, [owner])
  return drafts
}

/** Sends what waits: on opening, when the network returns, when the page comes to the front, and now and then. */
export function useFlushing(owner: string): void {
  useEffect(() => {
    const run = (force: boolean) => void flush(owner, undefined, force).then(() => follow(owner))
    const now = () => run(true)
    const visible = () => document.visibilityState === 'visible' && run(true)
    now()
    addEventListener('online', now)
    document.addEventListener('visibilitychange', visible)
    const timer = setInterval(() => document.visibilityState === 'visible' && run(false), EVERY)
    return () => {
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
