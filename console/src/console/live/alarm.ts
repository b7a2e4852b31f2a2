/** Two short tones for a red incident; made here, so that nothing has to be loaded when it counts. */
let context: AudioContext | null = null
let ringing: ReturnType<typeof setInterval> | null = null

const MUTE = 'chengyun.sound'
export const soundOn = (): boolean => localStorage.getItem(MUTE) !== 'off'
export const setSound = (on: boolean): void => localStorage.setItem(MUTE, on ? 'on' : 'off')

function tone(audio: AudioContext, at: number, frequency: number): void {
  const oscillator = audio.createOscillator()
  const gain = audio.createGain()
  oscillator.frequency.value = frequency
  gain.gain.setValueAtTime(0, at)
  gain.gain.linearRampToValueAtTime(0.25, at + 0.02)
  gain.gain.linearRampToValueAtTime(0, at + 0.22)
  oscillator.connect(gain).connect(audio.destination)
  oscillator.start(at)
  oscillator.stop(at + 0.24)
}

/** Plays once. Browsers allow sound only after somebody touched the page; before that nothing is heard. */
export async function playAlarm(): Promise<boolean> {
  if (!context && navigator.userActivation?.hasBeenActive === false) return false
  context ??= new AudioContext()
  if (context.state === 'suspended') await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 300))])
  if (context.state !== 'running') return false
  tone(context, context.currentTime, 880)
  tone(context, context.currentTime + 0.26, 660)
  return true
}

/** Rings every eight seconds until told otherwise. */
export function ring(on: boolean): void {
  if (on && !ringing && soundOn()) {
    void playAlarm()
    ringing = setInterval(() => void playAlarm(), 8000)
  }
  if (!on && ringing) {
    clearInterval(ringing)
    ringing = null
  }
}
