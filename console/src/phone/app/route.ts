import { useSyncExternalStore } from 'react'

/** A page of the phone: everything lives below /m/. */
export type Route =
  | { page: 'report' | 'progress' | 'tasks' | 'me' | 'login' }
  | { page: 'track'; token: string }
  | { page: 'task'; order: number }

const PLAIN = ['progress', 'tasks', 'me', 'login'] as const

export function parse(path: string): Route {
  const [first = '', second = ''] = path.replace(/^\/m\/?/, '').split('/')
  if (first === 'track' && second) return { page: 'track', token: second }
  if (first === 'task' && Number(second) > 0) return { page: 'task', order: Number(second) }
  const plain = PLAIN.find((name) => name === first)
  return { page: plain ?? 'report' }
}

export function go(path: string, replace = false): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', `/m/${path}`)
  dispatchEvent(new PopStateEvent('popstate'))
}

function subscribe(changed: () => void): () => void {
  addEventListener('popstate', changed)
  return () => removeEventListener('popstate', changed)
}

export const useRoute = (): Route => parse(useSyncExternalStore(subscribe, () => location.pathname))
