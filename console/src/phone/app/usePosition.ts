import { useCallback, useState } from 'react'

export interface Position {
  lon: number
  lat: number
}
type Status = 'idle' | 'asking' | 'known' | 'refused'

/** Where the phone is (WGS-84), once it is asked; needs HTTPS. */
export function usePosition(): { here: Position | null; status: Status; ask: (then?: (p: Position) => void) => void } {
  const [here, setHere] = useState<Position | null>(null)
  const [status, setStatus] = useState<Status>('idle')
  const ask = useCallback((then?: (p: Position) => void) => {
    if (!('geolocation' in navigator) || !isSecureContext) {
      setStatus('refused')
      return
    }
    setStatus('asking')
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const found = { lon: coords.longitude, lat: coords.latitude }
        setHere(found)
        setStatus('known')
        then?.(found)
      },
      () => setStatus('refused'),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 30_000 },
    )
  }, [])
  return { here, status, ask }
}
