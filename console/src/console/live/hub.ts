import { MISSED, openStream, type News } from './protocol'

export interface Port {
  postMessage: (news: News) => void
}

/** One stream for all tabs of a browser; it closes when the last tab says goodbye and reopens for another person. */
export function makeHub(open: typeof openStream = openStream) {
  const ports = new Set<Port>()
  let close: (() => void) | null = null
  let link: Extract<News, { type: 'link' }> = { type: 'link', up: false }
  const tell = (news: News) => {
    if (news.type === 'link') link = news
    for (const port of ports) port.postMessage(news)
  }
  const restart = () => {
    close?.()
    close = ports.size > 0 ? open(tell) : null
  }
  return {
    /** A tab has come: it hears how the link stands, and reads again what it may have missed. */
    join: (port: Port) => {
      ports.add(port)
      if (!close) return restart()
      port.postMessage(link)
      if (link.up) port.postMessage(MISSED)
    },
    heard: (port: Port, word: 'restart' | 'bye') => {
      if (word === 'bye') ports.delete(port)
      if (word === 'restart' || ports.size === 0) restart()
    },
  }
}
