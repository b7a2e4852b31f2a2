import { useQuery } from '@tanstack/react-query'
import type { GeoJSONSource } from 'maplibre-gl'
import { useCallback, useEffect, useMemo } from 'react'
import { readRiskThings, type RiskCluster } from '@/shared/api/risk'
import { FONT, tokensOf, type ThemeName } from '@/shared/theme/tokens'
import { useMap } from '../map/context'
import { markOf, thingTone } from './shapes'
import { Marks } from './Marks'
import type { Look } from './Peek'
import type { Spot } from './RiskMap'
import { nameOf } from './tint'

interface Props {
  box: string
  kinds: string | undefined
  region: number | undefined
  theme: ThemeName
  look: (found: Look & Spot) => void
}

const SOURCE = 'risk-clusters'
const LIVE_MS = 20_000

export const thingsKey = (box: string, kinds?: string, region?: number) => ['risk', 'things', box, kinds, region] as const

/** Things with their states, one by one from near, gathered from afar. */
export function ThingMarks({ box, kinds, region, theme, look }: Props) {
  const found = useQuery({
    queryKey: thingsKey(box, kinds, region),
    queryFn: ({ signal }) => readRiskThings({ bbox: box, kinds, region }, signal),
    placeholderData: (old) => old,
    refetchInterval: LIVE_MS,
  })
  const marks = useMemo(
    () => (found.data?.things ?? []).map((one) => ({ key: `thing-${one.id}`, icon: markOf('thing', thingTone(one.state, one.level)), lon: one.lon, lat: one.lat, level: one.level })),
    [found.data],
  )
  const lookAt = useCallback(
    (key: string) => {
      const one = found.data?.things.find((thing) => `thing-${thing.id}` === key)
      if (one) look({ title: one.name, thing: one.id, lon: one.lon, lat: one.lat })
    },
    [found.data, look],
  )
  return (
    <>
      <Clusters clusters={found.data?.clusters ?? NONE} theme={theme} />
      <Marks id="risk-things" marks={marks} theme={theme} choose={lookAt} />
    </>
  )
}

const NONE: RiskCluster[] = []

function Clusters({ clusters, theme }: { clusters: RiskCluster[]; theme: ThemeName }) {
  const map = useMap()
  useEffect(() => {
    const { card, ink, secondary } = tokensOf(theme)
    map.addSource(SOURCE, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } })
    map.addLayer({
      id: SOURCE,
      type: 'circle',
      source: SOURCE,
      paint: { 'circle-radius': ['interpolate', ['linear'], ['sqrt', ['get', 'things']], 1, 9, 30, 24], 'circle-color': card, 'circle-opacity': 0.92, 'circle-stroke-width': 2.5, 'circle-stroke-color': ['get', 'colour'] },
    })
    map.addLayer({ id: `${SOURCE}-n`, type: 'symbol', source: SOURCE, layout: { 'text-field': ['to-string', ['get', 'things']], 'text-font': FONT.split(',').map((one) => one.trim().replaceAll('"', '')), 'text-size': 11, 'text-allow-overlap': true }, paint: { 'text-color': ink, 'text-halo-color': secondary, 'text-halo-width': 0 } })
    return () => {
      if (!map.getStyle()) return
      for (const id of [`${SOURCE}-n`, SOURCE]) if (map.getLayer(id)) map.removeLayer(id)
      if (map.getSource(SOURCE)) map.removeSource(SOURCE)
    }
  }, [map, theme])
  useEffect(() => {
    const tokens = tokensOf(theme)
    const features = clusters.map(({ lon, lat, things, level, silent }) => {
      const name = nameOf(level)
      const colour = name ? tokens.dot[name] : silent * 2 > things ? tokens.tertiary : tokens.done
      return { type: 'Feature' as const, geometry: { type: 'Point' as const, coordinates: [lon, lat] }, properties: { things, colour } }
    })
    void (map.getSource(SOURCE) as GeoJSONSource | undefined)?.setData({ type: 'FeatureCollection', features })
  }, [map, clusters, theme])
  return null
}
