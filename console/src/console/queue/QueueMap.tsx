import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { mapIncidents } from '@/shared/api/incidents'
import { readRegion } from '@/shared/api/territory'
import type { IncidentRow, MapPoint } from '@/shared/api/types'
import { LEVELS } from '@/shared/levels'
import { useMe } from '../app/session'
import { useTheme } from '../app/theme'
import { useDebounced } from '@/shared/useDebounced'
import { CityMap } from '../map/CityMap'
import { useMap } from '../map/context'
import { IncidentDots } from '../map/IncidentDots'
import { Ring } from '../map/Ring'
import { RegionShade } from '../map/RegionShade'
import { toQuery, type Filters } from './filters'

interface Props {
  filters: Filters
  rows: IncidentRow[]
  at: number | undefined
  stand: (id: number) => void
}

/** The same filters on the map; choosing a dot chooses its row and the other way round. */
export function QueueMap({ filters, rows, at, stand }: Props) {
  const { t } = useTranslation('console')
  const me = useMe()
  const theme = useTheme()
  const region = filters.region ?? (me.centre && me.centre.level !== 'city' ? me.centre.id : undefined)
  const area = useQuery({ queryKey: ['region', region], queryFn: () => readRegion(region ?? 0), enabled: region !== undefined, staleTime: Infinity })
  if (region !== undefined && area.isPending) return <div className="map-wait" />
  return (
    <>
      <CityMap theme={theme} label={t('map.label')} bbox={area.data?.bbox} padding={{ top: 40, bottom: 60, left: 40, right: 40 }}>
        <RegionShade level={region ? 'town' : 'district'} parent={area.data?.ref.level === 'district' ? region : undefined} theme={theme} />
        <Dots filters={filters} rows={rows} at={at} stand={stand} />
      </CityMap>
      <p className="map-legend">
        {LEVELS.map((level) => (
          <span key={level}>
            <i className="dot" style={{ background: `var(--dot-${level})` }} />
            <b style={{ color: `var(--level-${level})` }}>{t(`shared:level.${level}`)}</b> {t(`shared:levelMeaning.${level}`)}
          </span>
        ))}
        <span className="meta">{t('map.schematic')}</span>
      </p>
    </>
  )
}

/** Pixels that the peek card takes: on the right, or beside the list where the window is wide. */
const PEEK = 370
const DOCKED = 1800

function Dots({ filters, rows, at, stand }: Props) {
  const map = useMap()
  const theme = useTheme()
  const box = useDebounced(useBox(), 200)
  const { data } = useQuery({
    queryKey: ['map-points', toQuery(filters), box],
    queryFn: ({ signal }) => mapIncidents({ ...toQuery(filters), sort: undefined, bbox: box }, signal),
    placeholderData: (old) => old,
    refetchInterval: 30_000,
  })
  const points = useMemo<MapPoint[]>(() => {
    const all = new Map((data ?? []).map((point) => [point.id, point]))
    for (const row of rows) all.set(row.id, { id: row.id, lon: row.lon, lat: row.lat, level: row.level, state: row.state })
    return [...all.values()]
  }, [data, rows])
  const here = points.find((point) => point.id === at)
  const alerts = rows.filter((row) => row.alert)
  useEffect(() => {
    if (!here) return
    const width = map.getContainer().clientWidth
    const { x } = map.project([here.lon, here.lat])
    const [left, right] = window.innerWidth >= DOCKED ? [PEEK, 0] : [0, PEEK]
    const seen = map.getBounds().contains([here.lon, here.lat]) && x > left && x < width - right
    if (!seen) map.easeTo({ center: [here.lon, here.lat], offset: [(left - right) / 2, 0], duration: 300 })
  }, [map, here])
  return (
    <>
      <IncidentDots points={points} theme={theme} choose={stand} />
      {here && <Ring lon={here.lon} lat={here.lat} level={here.level} />}
      {alerts.map((row) => (
        <Ring key={row.id} lon={row.lon} lat={row.lat} level={row.level} pulse />
      ))}
    </>
  )
}

/** West, south, east, north of what the map shows. */
function useBox(): string {
  const map = useMap()
  const read = () => map.getBounds().toArray().flat().map((value) => value.toFixed(4)).join(',')
  const [box, setBox] = useState(read)
  useEffect(() => {
    const update = () => setBox(read())
    map.on('moveend', update)
    return () => void map.off('moveend', update)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `read` reads the same map
  }, [map])
  return box
}
