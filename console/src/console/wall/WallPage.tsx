import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { countIncidents, listIncidents, mapIncidents } from '@/shared/api/incidents'
import { readRegion, readVersion } from '@/shared/api/territory'
import { ErrorNote } from '../app/ErrorNote'
import { useMe } from '../app/session'
import { forceTheme } from '../app/theme'
import { playAlarm } from '../live/alarm'
import { connectLive, useLive } from '../live/live'
import { CityMap } from '../map/CityMap'
import { IncidentDots } from '../map/IncidentDots'
import { RegionShade } from '../map/RegionShade'
import { Ring } from '../map/Ring'
import { DistrictBars } from './DistrictBars'
import { WallFigures } from './WallFigures'
import { WallHeader } from './WallHeader'
import { WallList } from './WallList'
import './wall.css'

const BOX = '104,27,112,34'

/** For a wall: no controls, nothing personal. A red one grows a ring, sounds once, and stays until a desk acknowledges it. */
export function WallPage() {
  const { t } = useTranslation('console')
  const me = useMe()
  const client = useQueryClient()
  const navigate = useNavigate()
  const city = !me.centre || me.centre.level === 'city'
  const region = city ? undefined : me.centre?.id
  const version = useQuery({ queryKey: ['territory-version'], queryFn: readVersion, staleTime: Infinity })
  const area = useQuery({ queryKey: ['region', region], queryFn: () => readRegion(region ?? 0), enabled: region !== undefined, staleTime: Infinity })
  const counts = useQuery({ queryKey: ['wall', 'counts'], queryFn: () => countIncidents({}), refetchInterval: 15_000 })
  const newest = useQuery({ queryKey: ['wall', 'newest'], queryFn: () => listIncidents({ sort: 'newest', limit: 12 }), refetchInterval: 15_000 })
  const urgent = useQuery({ queryKey: ['wall', 'urgent'], queryFn: () => listIncidents({ level: 'red', open: 1, limit: 5 }), refetchInterval: 15_000 })
  const points = useQuery({ queryKey: ['wall', 'points'], queryFn: () => mapIncidents({ open: 1, bbox: BOX }), refetchInterval: 30_000 })
  useEffect(() => {
    connectLive()
    forceTheme('dark')
    return () => forceTheme(null)
  }, [])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && void navigate({ to: '/' })
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [navigate])
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  useLive(() => {
    timer.current ??= setTimeout(() => {
      timer.current = null
      void client.invalidateQueries({ queryKey: ['wall'] })
    }, 2000)
  })
  const reds = urgent.data?.items ?? []
  useSoundOnce(reds.filter((row) => row.alert).map((row) => row.id))
  return (
    <main className="wall" data-testid="wall">
      <WallHeader name={me.centre?.name ?? ''} version={version.data} />
      <section className="wall-left">
        <WallFigures counts={counts.data} stale={counts.isError} />
        {city && me.centre && <DistrictBars city={me.centre.id} />}
      </section>
      <section className="wall-map">
        {(city || area.data) && (
          <CityMap theme="dark" still label={t('map.label')} bbox={area.data?.bbox} padding={40}>
            <RegionShade level={city ? 'district' : 'town'} parent={region} theme="dark" />
            <IncidentDots points={points.data ?? []} theme="dark" size={5} />
            {reds.map((row) => (
              <Ring key={row.id} lon={row.lon} lat={row.lat} level="red" pulse={row.alert} />
            ))}
          </CityMap>
        )}
      </section>
      <section className="wall-right">
        <h2>{t('wall.live')}</h2>
        {newest.error && !newest.data && <ErrorNote error={newest.error} retry={() => void newest.refetch()} />}
        <WallList urgent={reds} newest={newest.data?.items ?? []} />
      </section>
    </main>
  )
}

/** Each urgent one sounds when it is first seen, never again. */
function useSoundOnce(ids: number[]): void {
  const heard = useRef<Set<number> | null>(null)
  const key = ids.join()
  useEffect(() => {
    const known = heard.current
    const fresh = key ? key.split(',').map(Number).filter((id) => !known?.has(id)) : []
    heard.current = new Set([...(known ?? []), ...fresh])
    if (known && fresh.length > 0) void playAlarm()
  }, [key])
}
