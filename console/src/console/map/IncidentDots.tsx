import { useEffect } from 'react'
import type { ExpressionSpecification, GeoJSONSource, MapLayerMouseEvent } from 'maplibre-gl'
import type { MapPoint } from '@/shared/api/types'
import { tokensOf, type ThemeName } from '@/shared/theme/tokens'
import { useMap } from './context'

interface Props {
  points: MapPoint[]
  theme: ThemeName
  chosen?: number
  choose?: (id: number) => void
  size?: number
}

const SOURCE = 'incidents'
const ORDER = { blue: 0, yellow: 1, orange: 2, red: 3 }

/** Pixels of a dot, more for red. */
const radius = (size: number): ExpressionSpecification => ['+', size, ['case', ['==', ['get', 'order'], 3], 2, 0]]

/** Incidents as dots by level, smaller from afar; the urgent ones are larger and on top. */
export function IncidentDots({ points, theme, chosen, choose, size = 5 }: Props) {
  const map = useMap()
  useEffect(() => {
    const { dot, rim } = tokensOf(theme)
    map.addSource(SOURCE, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } })
    map.addLayer({
      id: SOURCE,
      type: 'circle',
      source: SOURCE,
      layout: { 'circle-sort-key': ['get', 'order'] },
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 7, radius(size / 2), 10, radius(size)],
        'circle-color': ['match', ['get', 'level'], 'red', dot.red, 'orange', dot.orange, 'yellow', dot.yellow, dot.blue],
        'circle-stroke-color': rim,
        'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 7, 0.5, 10, 1.5],
      },
    })
    return () => {
      if (!map.getStyle()) return
      if (map.getLayer(SOURCE)) map.removeLayer(SOURCE)
      if (map.getSource(SOURCE)) map.removeSource(SOURCE)
    }
  }, [map, theme, size])
  useEffect(() => {
    const features = points.map((point) => ({
      type: 'Feature' as const,
      geometry: { type: 'Point' as const, coordinates: [point.lon, point.lat] },
      properties: { id: point.id, level: point.level, order: ORDER[point.level] },
    }))
    void (map.getSource(SOURCE) as GeoJSONSource | undefined)?.setData({ type: 'FeatureCollection', features })
  }, [map, points, theme, size])
  useEffect(() => {
    if (!choose) return
    const onClick = (event: MapLayerMouseEvent) => {
      const id = event.features?.[0]?.properties.id as number | undefined
      if (id) choose(id)
    }
    const point = () => void (map.getCanvas().style.cursor = 'pointer')
    const rest = () => void (map.getCanvas().style.cursor = '')
    map.on('click', SOURCE, onClick)
    map.on('mouseenter', SOURCE, point)
    map.on('mouseleave', SOURCE, rest)
    return () => {
      map.off('click', SOURCE, onClick)
      map.off('mouseenter', SOURCE, point)
      map.off('mouseleave', SOURCE, rest)
    }
  }, [map, choose, chosen])
  return null
}
