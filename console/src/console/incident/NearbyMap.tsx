import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { BBox, IncidentRow } from '@/shared/api/types'
import { useTheme } from '../app/theme'
import { CityMap } from '../map/CityMap'
import { IncidentDots } from '../map/IncidentDots'
import { Ring } from '../map/Ring'

const SPAN = 0.012 // degrees, about 1.2 km

export function NearbyMap({ row, others, at }: { row: IncidentRow; others: IncidentRow[]; at: number | null }) {
  const { t } = useTranslation('console')
  const theme = useTheme()
  const bbox = useMemo<BBox>(() => [row.lon - SPAN, row.lat - SPAN, row.lon + SPAN, row.lat + SPAN], [row.lon, row.lat])
  const points = useMemo(() => [...others, row].map(({ id, lon, lat, level, state }) => ({ id, lon, lat, level, state })), [others, row])
  const pointed = others.find((other) => other.id === at)
  return (
    <CityMap theme={theme} label={t('nearby.map')} bbox={bbox} padding={0}>
      <IncidentDots points={points} theme={theme} />
      <Ring lon={row.lon} lat={row.lat} level={row.level} />
      {pointed && <Ring lon={pointed.lon} lat={pointed.lat} level={pointed.level} />}
    </CityMap>
  )
}
