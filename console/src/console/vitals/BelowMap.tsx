import { useQuery } from '@tanstack/react-query'
import type { MapLayerMouseEvent } from 'maplibre-gl'
import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { readRegion } from '@/shared/api/territory'
import type { SignChild, SignPage } from '@/shared/api/vitals'
import { tokensOf, type Tokens } from '@/shared/theme/tokens'
import { useTheme } from '../app/theme'
import { CityMap } from '../map/CityMap'
import { useMap } from '../map/context'
import { levelOf } from './format'

interface Props {
  page: SignPage
  regions: SignChild[]
  at: number | undefined
  stand: (region: number | undefined) => void
  open: (region: number) => void
}

const LAYERS = ['district-fill', 'town-fill', 'grid-fill']
const of = (id: number) => ({ source: 'regions', sourceLayer: 'regions', id })

/** The regions below in four colours; calm ones green, stale ones and those without data grey. */
export function BelowMap(props: Props) {
  const { t } = useTranslation('console')
  const theme = useTheme()
  const { region } = props.page.scope
  const area = useQuery({ queryKey: ['region', region.id], queryFn: () => readRegion(region.id), staleTime: Infinity })
  if (!area.data) return <div className="sign-map map-wait" />
  return (
    <div className="sign-map">
      <CityMap theme={theme} label={t('vitals.map')} bbox={area.data.bbox}>
        <Shade {...props} />
      </CityMap>
    </div>
  )
}

function Shade({ regions, at, stand, open }: Props) {
  const map = useMap()
  const theme = useTheme()
  const owners = useMemo(() => new Map(regions.flatMap((child) => [child.region.id, ...child.grids].map((id) => [id, child.region.id]))), [regions])
  useEffect(() => {
    const tokens = tokensOf(theme)
    for (const child of regions) for (const id of [child.region.id, ...child.grids]) map.setFeatureState(of(id), { color: shade(child, tokens) })
    return () => {
      if (map.getStyle()) map.removeFeatureState({ source: 'regions', sourceLayer: 'regions' })
    }
  }, [map, regions, theme])
  useEffect(() => {
    const chosen = regions.find((child) => child.region.id === at)
    if (!chosen) return
    const parts = [chosen.region.id, ...chosen.grids]
    for (const id of parts) map.setFeatureState(of(id), { selected: true })
    return () => {
      if (map.getStyle()) for (const id of parts) map.setFeatureState(of(id), { selected: false })
    }
  }, [map, regions, at])
  useEffect(() => {
    const under = (event: MapLayerMouseEvent) => owners.get(Number(event.features?.[0]?.id))
    const onMove = (event: MapLayerMouseEvent) => {
      const region = under(event)
      map.getCanvas().style.cursor = region ? 'pointer' : ''
      stand(region)
    }
    const onClick = (event: MapLayerMouseEvent) => {
      const region = under(event)
      if (region) open(region)
    }
    const onLeave = () => stand(undefined)
    map.on('mousemove', LAYERS, onMove)
    map.on('mouseleave', LAYERS, onLeave)
    map.on('click', LAYERS, onClick)
    return () => {
      map.off('mousemove', LAYERS, onMove)
      map.off('mouseleave', LAYERS, onLeave)
      map.off('click', LAYERS, onClick)
    }
  }, [map, owners, stand, open])
  return null
}

function shade(child: SignChild, tokens: Tokens): string {
  if (child.reading.state !== 'fresh') return tokens.line
  const level = levelOf(child.reading)
  return level ? tokens.dot[level] : tokens.doneSoft
}
