import { useEffect, useRef, useSyncExternalStore } from 'react'
import { openStream, type News } from './protocol'

type Listener = (news: News) => void

const listeners = new Set<Listener>()
const linkListeners = new Set<() => void>()
let up = true
let port: MessagePort | null = null
let stop: (() => void) | null = null

function deliver(news: News): void {
  if (news.type === 'link') {
    up = news.up
    for (const listener of linkListeners) listener()
    return
  }
  for (const listener of listeners) listener(news)
}

/** Joins the browser's one stream; without shared workers this tab opens its own. */
export function connectLive(): void {
  if (port || stop) {
    port?.postMessage('restart')
    return
  }
  if (typeof SharedWorker === 'undefined') {
    stop = openStream(deliver)
    return
  }
  const worker = new SharedWorker(new URL('./stream.worker.ts', import.meta.url), { type: 'module', name: 'chengyun-stream' })
  port = worker.port
  port.onmessage = (event: MessageEvent<News>) => deliver(event.data)
  port.start()
  window.addEventListener('pagehide', () => port?.postMessage('bye'))
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload()
  })
}

/** Somebody else signed in, or nobody is: what was subscribed to no longer holds. */
export const reconnectLive = (): void => port?.postMessage('restart')

export function useLive(listener: Listener): void {
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  })
  useEffect(() => {
    const forward: Listener = (news) => latest.current(news)
    listeners.add(forward)
    return () => void listeners.delete(forward)
  }, [])
}

export const useLinkUp = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      linkListeners.add(listener)
      return () => linkListeners.delete(listener)
    },
    () => up,
  )
