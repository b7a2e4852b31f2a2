import type { IncidentNews } from '@/shared/api/types'

export type News =
  | { type: 'incident'; data: IncidentNews }
  | { type: 'workorder'; data: Record<string, unknown> }
  | { type: 'alert'; data: IncidentNews }
  | { type: 'alarm'; data: { id: number; level: number; what: string } }
  | { type: 'reset' }
  | { type: 'link'; up: boolean }

export const EVENTS = ['incident', 'workorder', 'alert', 'alarm', 'reset'] as const

/** Whoever starts to listen may have read what they show before something changed: it is read again. */
export const MISSED: News = { type: 'reset' }

/** Opens the stream and keeps it open: the browser resumes by id, and a refused stream is asked for again. */
export function openStream(tell: (news: News) => void): () => void {
  let source: EventSource | null = null
  let again: ReturnType<typeof setTimeout> | null = null
  const open = () => {
    source = new EventSource('/api/stream')
    source.onopen = () => {
      tell({ type: 'link', up: true })
      tell(MISSED)
    }
    source.onerror = () => {
      tell({ type: 'link', up: false })
      if (source?.readyState === EventSource.CLOSED) again = setTimeout(open, 5000)
    }
    for (const type of EVENTS)
      source.addEventListener(type, (event: MessageEvent<string>) =>
        tell((type === 'reset' ? { type } : { type, data: JSON.parse(event.data) as never }) as News),
      )
  }
  open()
  return () => {
    if (again) clearTimeout(again)
    source?.close()
  }
}
