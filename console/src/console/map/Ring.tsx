import { useEffect } from 'react'
import { maplibre } from './maplibre'
import { useMap } from './context'
import './map.css'

interface Props {
  lon: number
  lat: number
  level: string
  /** grows and fades: an urgent one that nobody acknowledged */
  pulse?: boolean
}

/** A ring around one place. */
export function Ring({ lon, lat, level, pulse = false }: Props) {
  const map = useMap()
  useEffect(() => {
    const element = document.createElement('div')
    element.className = `map-ring${pulse ? ' map-ring-pulse' : ''}`
    element.style.setProperty('--ring', `var(--dot-${level})`)
    element.setAttribute('aria-hidden', 'true')
    const marker = new maplibre.Marker({ element }).setLngLat([lon, lat]).addTo(map)
    return () => void marker.remove()
  }, [map, lon, lat, level, pulse])
  return null
}
