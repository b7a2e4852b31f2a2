import type { MapLayerMouseEvent } from 'maplibre-gl'
import { useEffect } from 'react'
import type { RiskRegion } from '@/shared/api/risk'
import { tokensOf, type ThemeName } from '@/shared/theme/tokens'
import { useMap } from '../map/context'
import { regionUnder, tint, type RegionLevel } from './tint'

interface Props {
  /** the level that `regions` are of */
  told: string
  regions: readonly RiskRegion[]
  parent: { id: number; level: number } | undefined
  theme: ThemeName
  at: number | undefined
  stand: (region: number | undefined) => void
  open: (region: number) => void
}

/** Levels that tiles hold, from which zoom to which. */
const DRAWN: [RegionLevel, number, number][] = [['district', 0, 8], ['town', 8, 10], ['grid', 10, 24]]
const LAYERS = DRAWN.map(([level]) => `risk-${level}`)
const EDGE = 'risk-edge'
const SOURCE = { source: 'regions', 'source-layer': 'regions' } as const
const BELOW = 'grid-line'

/** Regions in four colours, the nearer the finer; hovering tells the list, a click goes down. */
export function RegionTint({ told, regions, parent, theme, at, stand, open }: Props) {
  const map = useMap()
  useEffect(() => {
    for (const [level, minzoom, maxzoom] of DRAWN)
      map.addLayer({ id: `risk-${level}`, type: 'fill', ...SOURCE, minzoom, maxzoom, filter: ['==', ['get', 'level'], level], paint: { 'fill-color': 'rgba(0,0,0,0)', 'fill-opacity': 0.42, 'fill-antialias': false } }, BELOW)
    map.addLayer({ id: EDGE, type: 'line', ...SOURCE, filter: ['==', ['id'], -1], paint: { 'line-color': tokensOf(theme).brand, 'line-width': 2.5 } })
    return () => {
      if (!map.getStyle()) return
      for (const id of [...LAYERS, EDGE]) if (map.getLayer(id)) map.removeLayer(id)
    }
  }, [map, theme])
  const [parentId, parentLevel] = [parent?.id, parent?.level]
  useEffect(() => {
    const above = parentId === undefined || parentLevel === undefined ? undefined : { id: parentId, level: parentLevel }
    for (const [level] of DRAWN) map.setPaintProperty(`risk-${level}`, 'fill-color', tint(level, told, regions, above, theme))
  }, [map, told, regions, parentId, parentLevel, theme])
  useEffect(() => {
    map.setFilter(EDGE, at === undefined ? ['==', ['id'], -1] : ['any', ['==', ['id'], at], ['==', ['get', told], at]])
  }, [map, told, at, theme])
  useEffect(() => {
    const under = (event: MapLayerMouseEvent) => {
      const feature = event.features?.[0]
      const region = feature && regionUnder(feature, told)
      return regions.some((one) => one.region.id === region) ? region : undefined
    }
    const onMove = (event: MapLayerMouseEvent) => {
      const region = under(event)
      map.getCanvas().style.cursor = region ? 'pointer' : ''
      stand(region)
    }
    const onLeave = () => stand(undefined)
    const onClick = (event: MapLayerMouseEvent) => {
      if (event.defaultPrevented) return // a dot lies above
      const region = under(event)
      if (region) open(region)
    }
    map.on('mousemove', LAYERS, onMove)
    map.on('mouseleave', LAYERS, onLeave)
    map.on('click', LAYERS, onClick)
    return () => {
      map.off('mousemove', LAYERS, onMove)
      map.off('mouseleave', LAYERS, onLeave)
      map.off('click', LAYERS, onClick)
    }
  }, [map, told, regions, stand, open])
  return null
}
