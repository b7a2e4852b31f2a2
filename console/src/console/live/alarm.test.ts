import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const tones: number[] = []
let state = 'running'

class Audio {
  currentTime = 0
  destination = {}
  get state() {
    return state
  }
  resume = async () => undefined
  createGain = () => ({ gain: { setValueAtTime: vi.fn(), linearRampToValueAtTime: vi.fn() }, connect: (next: unknown) => next })
  createOscillator = () => {
    const made = { frequency: { value: 0 }, connect: (next: unknown) => next, start: () => tones.push(made.frequency.value), stop: vi.fn() }
    return made
  }
}

describe('the sound of an alarm', () => {
  beforeEach(() => {
    vi.resetModules() // a context is kept for the life of the page
    vi.useFakeTimers()
    vi.stubGlobal('AudioContext', Audio)
    localStorage.clear()
    tones.length = 0
    state = 'running'
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('rings at once and every eight seconds until it is acknowledged', async () => {
    const { ring } = await import('./alarm')
    ring(true)
    ring(true) // once is enough
    await vi.advanceTimersByTimeAsync(16_500)
    expect(tones).toEqual([880, 660, 880, 660, 880, 660])
    ring(false)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(tones).toHaveLength(6)
  })
  it('keeps still where sound is off', async () => {
    const { ring, setSound } = await import('./alarm')
    setSound(false)
    ring(true)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(tones).toEqual([])
  })
  it('says so when the browser does not let it sound', async () => {
    state = 'suspended'
    const { playAlarm } = await import('./alarm')
    const played = playAlarm()
    await vi.advanceTimersByTimeAsync(400)
    expect(await played).toBe(false)
    expect(tones).toEqual([])
  })
})
