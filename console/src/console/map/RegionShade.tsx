import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { ExpressionSpecification } from 'maplibre-gl'
import { regionValues } from '@/shared/api/incidents'
import type { RegionValue } from '@/shared/api/types'
import { tokensOf, type ThemeName } from '@/shared/theme/tokens'
import { useMap } from './context'

interface Props {
  level: 'district' | 'town'
  parent?: number
  theme: ThemeName
}

/** Regions coloured by the level of their worst open incident; live, by feature state. */
export function RegionShade({ level, parent, theme }: Props) {
  const map = useMap()
  const { data } = useQuery({ queryKey: ['region-values', level, parent], queryFn: () => regionValues(level, parent), refetchInterval: 30_000 })
  useEffect(() => {
    const layer = `${level}-fill`
    if (!map.getLayer(layer)) return
    const soft = tokensOf(theme).levelSoft
    const before = map.getPaintProperty(layer, 'fill-color')
    const fallback = (typeof before === 'string' ? before : tokensOf(theme).card) as string
    const state: ExpressionSpecification = ['coalesce', ['feature-state', 'level'], '']
    map.setPaintProperty(layer, 'fill-color', ['match', state, 'red', soft.red, 'orange', soft.orange, 'yellow', soft.yellow, 'blue', soft.blue, fallback])
    return () => {
      if (map.getStyle() && map.getLayer(layer)) map.setPaintProperty(layer, 'fill-color', before)
    }
  }, [map, level, theme])
  useEffect(() => {
    if (!data || !map.getSource('regions')) return
    for (const [id, value] of Object.entries(data))
      map.setFeatureState({ source: 'regions', sourceLayer: 'regions', id: Number(id) }, { level: shade(value) })
  }, [map, data])
  return null
}

/** Colour is kept for meaning: a region is tinted when something there is overdue or urgent. */
const shade = (value: RegionValue): string => (value.overdue > 0 ? 'red' : value.level === 'red' || value.level === 'orange' ? value.level : '')
