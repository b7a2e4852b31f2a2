import { useSyncExternalStore } from 'react'
import { STORIES, type StoryName } from './stories'

/** Where the tour stands; it outlives signing out, because each step is another person's. */
interface Place {
  open: boolean
  story: StoryName
  step: number
}

const STORE = 'chengyun.tour'
const listeners = new Set<() => void>()

function read(): Place {
  try {
    const kept = JSON.parse(localStorage.getItem(STORE) ?? '{}') as Partial<Place>
    const story: StoryName = kept.story === 'drain' ? 'drain' : 'truck'
    return { open: kept.open === true, story, step: Math.min(Math.max(0, Number(kept.step) || 0), STORIES[story].length - 1) }
  } catch {
    return { open: false, story: 'truck', step: 0 }
  }
}

let place = read()

function put(change: Partial<Place>): void {
  place = { ...place, ...change }
  localStorage.setItem(STORE, JSON.stringify(place))
  for (const listener of listeners) listener()
}

export const useTour = (): Place =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => place,
  )

export const openTour = (): void => put({ open: true })
/** Put away: it goes on where it was. */
export const closeTour = (): void => put({ open: false })
/** Seen to its end: next time it begins anew. */
export const endTour = (): void => put({ open: false, step: 0 })
export const chooseStory = (story: StoryName): void => put({ story, step: 0 })
export const toStep = (step: number): void => put({ step })
