import { Map as MapLibre, Marker, setWorkerUrl } from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import worker from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { useEffect, useRef } from 'react'
import { stylePath } from '@/shared/api/territory'
import { mapWords } from '@/shared/mapWords'
import type { Position } from '../app/usePosition'

setWorkerUrl(worker)
const CITY: [number, number] = [107.8, 30.1]

interface Props {
  at: Position | null
  /** a tap on the map; none: the map only shows */
  choose?: (at: Position) => void
  label: string
}

export default function PinMap({ at, choose, label }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const map = useRef<MapLibre | null>(null)
  const pin = useRef<Marker | null>(null)
  const chosen = useRef(choose)
  useEffect(() => void (chosen.current = choose), [choose])
  useEffect(() => {
    if (!box.current) return
    const made = new MapLibre({ container: box.current, style: stylePath('light'), center: CITY, zoom: 6, locale: mapWords(), attributionControl: { compact: true } })
    // opened by a tap: on a map this small it would hide what is looked for
    made.once('load', () => box.current?.querySelector('.maplibregl-ctrl-attrib')?.classList.remove('maplibregl-compact-show'))
    made.on('click', (event) => chosen.current?.({ lon: event.lngLat.lng, lat: event.lngLat.lat }))
    map.current = made
    return () => made.remove()
  }, [])
  useEffect(() => {
    if (!map.current || !at) return
    pin.current ??= new Marker({ color: '#0b5cad' }).setLngLat([at.lon, at.lat]).addTo(map.current)
    pin.current.setLngLat([at.lon, at.lat])
    map.current.jumpTo({ center: [at.lon, at.lat], zoom: Math.max(map.current.getZoom(), 13) })
  }, [at])
  return <div ref={box} className="pin-map" role="application" aria-label={label} />
}
