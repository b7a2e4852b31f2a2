import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { makeHub, type Port } from './hub'
import { MISSED, openStream, type News } from './protocol'

const tab = (): Port & { heard: News[] } => {
  const heard: News[] = []
  return { heard, postMessage: (news) => void heard.push(news) }
}
const UP: News = { type: 'link', up: true }

describe('one stream for all tabs', () => {
  let tell: (news: News) => void
  let opened = 0
  let closed = 0
  const open: typeof openStream = (listener) => {
    opened += 1
    tell = listener
    return () => void (closed += 1)
  }
  beforeEach(() => {
    opened = closed = 0
  })

  it('opens with the first tab; a later one learns how the link stands and reads again what it missed', () => {
    const hub = makeHub(open)
    const [first, second] = [tab(), tab()]
    hub.join(first)
    tell(UP)
    hub.join(second)
    expect(opened).toBe(1)
    expect(second.heard).toEqual([UP, MISSED])
    expect(first.heard).toEqual([UP])
  })
  it('has nothing to read again while the link is down', () => {
    const hub = makeHub(open)
    hub.join(tab())
    const second = tab()
    hub.join(second)
    expect(second.heard).toEqual([{ type: 'link', up: false }])
  })
  it('closes with the last tab and opens anew for another person', () => {
    const hub = makeHub(open)
    const [first, second] = [tab(), tab()]
    hub.join(first)
    hub.join(second)
    hub.heard(first, 'bye')
    expect([opened, closed]).toEqual([1, 0])
    hub.heard(second, 'restart')
    expect([opened, closed]).toEqual([2, 1])
    hub.heard(second, 'bye')
    expect([opened, closed]).toEqual([2, 2])
  })
})

describe('the stream itself', () => {
  const sources: { onopen?: () => void; onerror?: () => void; readyState: number; close: () => void; addEventListener: (type: string, act: (event: { data: string }) => void) => void; say: (type: string, data: unknown) => void }[] = []
  class Source {
    static CLOSED = 2
    readyState = 1
    acts: Record<string, (event: { data: string }) => void> = {}
    constructor() {
      sources.push(this as never)
    }
    addEventListener(type: string, act: (event: { data: string }) => void) {
      this.acts[type] = act
    }
    say(type: string, data: unknown) {
      this.acts[type]?.({ data: JSON.stringify(data) })
    }
    close() {
      this.readyState = 2
    }
  }
  beforeEach(() => {
    sources.length = 0
    vi.useFakeTimers()
    vi.stubGlobal('EventSource', Source)
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('tells everybody to read again whenever it opens: what changed before is lost otherwise', () => {
    const heard: News[] = []
    openStream((news) => heard.push(news))
    sources[0]?.onopen?.()
    expect(heard).toEqual([UP, MISSED])
    sources[0]?.say('incident', { id: 7 })
    sources[0]?.say('reset', null)
    expect(heard.slice(2)).toEqual([{ type: 'incident', data: { id: 7 } }, { type: 'reset' }])
  })
  it('asks again after five seconds where it was refused, and not after it was closed', async () => {
    const stop = openStream(() => undefined)
    const first = sources[0]
    if (first) first.readyState = Source.CLOSED
    first?.onerror?.()
    await vi.advanceTimersByTimeAsync(5_100)
    expect(sources).toHaveLength(2)
    const second = sources[1]
    if (second) second.readyState = Source.CLOSED
    second?.onerror?.()
    stop()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(sources).toHaveLength(2)
  })
})
