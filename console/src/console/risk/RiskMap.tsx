import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readRiskPoints, readRiskRegions, type RiskItem, type RiskWhy } from '@/shared/api/risk'
import { readRegion } from '@/shared/api/territory'
import { useDebounced } from '@/shared/useDebounced'
import { useTheme } from '../app/theme'
import { CityMap } from '../map/CityMap'
import { useMap } from '../map/context'
import { Ring } from '../map/Ring'
import { keyOf } from './ItemList'
import { Marks } from './Marks'
import { markOf } from './shapes'
import { RegionTint } from './RegionTint'
import type { Look } from './Peek'
import type { Layer } from './search'
import { ThingMarks } from './ThingMarks'
import { levelAt, nameOf, toneOf } from './tint'

export interface Spot {
  lon: number
  lat: number
  /** it was looked for, so that the map goes near */
  sought?: boolean
}

interface Props {
  here: RiskWhy | undefined
  region: number | undefined
  items: RiskItem[]
  layers: Layer[]
  kinds: string | undefined
  at: string | undefined
  hover: string | undefined
  spot: Spot | undefined
  fresh: ReadonlySet<string>
  regionAt: number | undefined
  standRegion: (region: number | undefined) => void
  openRegion: (region: number) => void
  stand: (key: string | undefined) => void
  choose: (key: string) => void
  look: (found: Look & Spot) => void
}

const LIVE_MS = 15_000
const CLOSE = 12 // zoom at which a spot that was looked for is seen

/** The map of risks: regions in four colours and, above them, what is switched on. */
export function RiskMap(props: Props) {
  const { t } = useTranslation('console')
  const theme = useTheme()
  const { region, here } = props
  const area = useQuery({ queryKey: ['region', region], queryFn: () => readRegion(region ?? 0), enabled: region !== undefined, staleTime: Infinity })
  if (region !== undefined && area.isPending) return <div className="map-wait" />
  return (
    <>
      <CityMap theme={theme} label={t('risk.map')} bbox={area.data?.bbox} padding={32}>
        <Layers {...props} />
      </CityMap>
      <p className="risk-legend" data-testid="risk-legend">
        {[4, 3, 2, 1].map((level) => (
          <span key={level}>
            <i className="risk-swatch" style={{ background: `var(--dot-${toneOf(level)})` }} />
            {t(`risk.level.${nameOf(level) ?? 'calm'}`)}
          </span>
        ))}
        <span><i className="risk-swatch" style={{ background: 'var(--done)' }} />{t('risk.level.calm')}</span>
        <span><i className="risk-shape risk-shape-alarm" />{t('risk.kind.alarm')}</span>
        <span><i className="risk-shape risk-shape-incident" />{t('risk.kind.incident')}</span>
        {here?.schematic && <span className="meta">{t('map.schematic')}</span>}
      </p>
    </>
  )
}

function Layers({ here, region, items, layers, kinds, at, hover, spot, fresh, regionAt, standRegion, openRegion, stand, choose, look }: Props) {
  const theme = useTheme()
  const { zoom, box } = useView()
  const level = levelAt(zoom, here?.risk.region.level ?? 'city')
  const tinted = useQuery({
    queryKey: ['risk', 'regions', here?.risk.region.id, level],
    queryFn: ({ signal }) => readRiskRegions({ parent: here?.risk.region.id, level }, signal),
    enabled: here !== undefined && layers.includes('regions'), placeholderData: (old) => old, refetchInterval: LIVE_MS,
  })
  const points = useQuery({ queryKey: ['risk', 'points', region], queryFn: ({ signal }) => readRiskPoints({ region }, signal), enabled: layers.includes('points'), refetchInterval: 4 * LIVE_MS })
  const marks = useMemo(
    () => items.map((item) => ({ key: keyOf(item), kind: item.kind, icon: markOf(item.kind === 'alarm' ? 'alarm' : 'incident', toneOf(item.level)), lon: item.lon, lat: item.lat, level: item.level })),
    [items],
  )
  const [alarms, incidents] = useMemo(() => [marks.filter((one) => one.kind === 'alarm'), marks.filter((one) => one.kind === 'incident')], [marks])
  const dangers = useMemo(() => (points.data ?? []).map((one) => ({ key: `point-${one.thing}`, icon: markOf('point', toneOf(one.level || one.peak)), lon: one.lon, lat: one.lat, level: one.level })), [points.data])
  const lookAt = useCallback(
    (key: string) => {
      const one = points.data?.find((point) => `point-${point.thing}` === key)
      if (one) look({ title: one.name, thing: one.thing, lon: one.lon, lat: one.lat })
    },
    [points.data, look],
  )
  const chosen = items.find((item) => keyOf(item) === at)
  useGoTo(chosen, spot)
  useGridLines(layers.includes('grids'))
  return (
    <>
      {layers.includes('regions') && <RegionTint told={tinted.data?.level ?? level} regions={tinted.data?.regions ?? NONE} parent={here && { id: here.risk.region.id, level: here.risk.level }} theme={theme} at={regionAt} stand={standRegion} open={openRegion} />}
      {layers.includes('things') && <ThingMarks box={box} kinds={kinds} region={region} theme={theme} look={look} />}
      {layers.includes('points') && <Marks id="risk-points" marks={dangers} theme={theme} choose={lookAt} />}
      {layers.includes('incidents') && <Marks id="risk-incidents" marks={incidents} theme={theme} choose={choose} stand={stand} />}
      {layers.includes('alarms') && <Marks id="risk-alarms" marks={alarms} theme={theme} choose={choose} stand={stand} />}
      <Rings items={items} chosen={chosen} hover={hover} fresh={fresh} />
      {spot && <Ring lon={spot.lon} lat={spot.lat} level="blue" />}
    </>
  )
}

/** Around what is chosen, what the pointer stands on in the list, and what has just rung. */
function Rings({ items, chosen, hover, fresh }: Pick<Props, 'items' | 'hover' | 'fresh'> & { chosen: RiskItem | undefined }) {
  const ringed = items.filter((item) => item === chosen || keyOf(item) === hover || fresh.has(keyOf(item)))
  return ringed.map((item) => <Ring key={keyOf(item)} lon={item.lon} lat={item.lat} level={nameOf(item.level) ?? 'blue'} pulse={fresh.has(keyOf(item))} />)
}

const NONE: never[] = []

/** What was chosen in the list comes into view; what was looked for is gone to. */
function useGoTo(chosen: RiskItem | undefined, spot: Spot | undefined): void {
  const map = useMap()
  const [lon, lat] = [chosen?.lon, chosen?.lat]
  useEffect(() => {
    if (lon === undefined || lat === undefined) return
    if (!map.getBounds().contains([lon, lat])) map.easeTo({ center: [lon, lat], duration: 300 })
  }, [map, lon, lat])
  useEffect(() => {
    if (spot?.sought) map.easeTo({ center: [spot.lon, spot.lat], zoom: Math.max(map.getZoom(), CLOSE), duration: 400 })
  }, [map, spot])
}

function useGridLines(on: boolean): void {
  const map = useMap()
  useEffect(() => {
    if (map.getLayer('grid-line')) map.setPaintProperty('grid-line', 'line-opacity', on ? 1 : 0.35)
  }, [map, on])
}

/** How near, and west, south, east, north of what is shown; settled. */
function useView(): { zoom: number; box: string } {
  const map = useMap()
  const read = () => ({ zoom: map.getZoom(), box: map.getBounds().toArray().flat().map((one) => one.toFixed(4)).join(',') })
  const [view, setView] = useState(read)
  useEffect(() => {
    const update = () => setView(read())
    map.on('moveend', update)
    return () => void map.off('moveend', update)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `read` reads the same map
  }, [map])
  return useDebounced(view, 200)
}
