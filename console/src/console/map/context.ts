import { createContext, use } from 'react'
import type { Map } from 'maplibre-gl'

export const MapContext = createContext<Map | null>(null)

/** The map around a child of `CityMap`; its style is loaded. */
export function useMap(): Map {
  const map = use(MapContext)
  if (!map) throw new Error('outside a map')
  return map
}
