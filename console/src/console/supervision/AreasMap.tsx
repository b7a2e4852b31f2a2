import { useQueries } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { outlineOf } from '@/shared/api/territory'
import type { BBox, IncidentRow, RegionRef } from '@/shared/api/types'
import { tokensOf } from '@/shared/theme/tokens'
import { useTheme } from '../app/theme'
import { CityMap } from '../map/CityMap'
import { useMap } from '../map/context'
import { Ring } from '../map/Ring'

type Shape = GeoJSON.Geometry | GeoJSON.Feature

/** The areas of both sides and the place between them. */
export function AreasMap({ areas, row }: { areas: RegionRef[]; row: IncidentRow }) {
  const { t } = useTranslation('console')
  const theme = useTheme()
  const distinct = [...new Map(areas.map((area) => [area.id, area])).values()]
  const outlines = useQueries({
    queries: distinct.map((area) => ({ queryKey: ['outline', area.id], queryFn: () => outlineOf(area.id), staleTime: Infinity })),
  })
  const shapes = outlines.flatMap((one) => (one.data ? [one.data] : []))
  const tokens = tokensOf(theme)
  const colours = [tokens.brand, tokens.level.orange, tokens.level.red]
  return (
    <CityMap theme={theme} label={t('supervision.case.areas')} bbox={boxOf(shapes, row)} className="desk-map-fill" still>
      {shapes.map((shape, place) => (
        <Outline key={distinct[place]?.id} name={`area-${place}`} shape={shape} colour={colours[place % colours.length] ?? tokens.brand} />
      ))}
      <Ring lon={row.lon} lat={row.lat} level={row.level} />
    </CityMap>
  )
}

function Outline({ name, shape, colour }: { name: string; shape: Shape; colour: string }) {
  const map = useMap()
  useEffect(() => {
    const data = shape.type === 'Feature' ? shape : ({ type: 'Feature', properties: {}, geometry: shape } as GeoJSON.Feature)
    map.addSource(name, { type: 'geojson', data })
    map.addLayer({ id: name, type: 'line', source: name, paint: { 'line-color': colour, 'line-width': 3 } })
    return () => {
      if (!map.getStyle()) return
      map.removeLayer(name)
      map.removeSource(name)
    }
  }, [map, name, shape, colour])
  return null
}

/** West, south, east, north of all shapes and the place; exported for its test. */
export function boxOf(shapes: Shape[], row: { lon: number; lat: number }): BBox {
  const points: [number, number][] = [[row.lon, row.lat]]
  for (const shape of shapes) walk(shape.type === 'Feature' ? shape.geometry : shape, points)
  const lons = points.map(([lon]) => lon)
  const lats = points.map(([, lat]) => lat)
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]
}

function walk(geometry: GeoJSON.Geometry, points: [number, number][]): void {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : []
  for (const polygon of polygons) for (const ring of polygon) for (const [lon = 0, lat = 0] of ring) points.push([lon, lat])
}
