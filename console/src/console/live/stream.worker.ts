/// <reference lib="webworker" />
import { MISSED, openStream, type News } from './protocol'

/** One stream for all tabs of a browser; it closes when the last tab says goodbye and reopens for another person. */
const scope = self as unknown as SharedWorkerGlobalScope
const ports = new Set<MessagePort>()
let close: (() => void) | null = null
let link: Extract<News, { type: 'link' }> = { type: 'link', up: false }

function tell(news: News): void {
  if (news.type === 'link') link = news
  for (const port of ports) port.postMessage(news)
}

function restart(): void {
  close?.()
  close = ports.size > 0 ? openStream(tell) : null
}

scope.onconnect = (event) => {
  const port = event.ports[0]
  if (!port) return
  ports.add(port)
  port.onmessage = (message: MessageEvent<'restart' | 'bye'>) => {
    if (message.data === 'bye') ports.delete(port)
    if (message.data === 'restart' || ports.size === 0) restart()
  }
  if (!close) return restart()
  port.postMessage(link)
  if (link.up) port.postMessage(MISSED)
}
