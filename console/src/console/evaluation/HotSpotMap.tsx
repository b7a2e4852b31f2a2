import { useQuery } from '@tanstack/react-query'
import type { GeoJSONSource, MapLayerMouseEvent } from 'maplibre-gl'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { readHotSpots, type HotCell, type HotSpots } from '@/shared/api/evaluation'
import type { Query } from '@/shared/api/http'
import { readRegion } from '@/shared/api/territory'
import { tokensOf } from '@/shared/theme/tokens'
import { ErrorNote } from '../app/ErrorNote'
import { useTheme } from '../app/theme'
import { CityMap } from '../map/CityMap'
import { useMap } from '../map/context'
import type { Search } from './search'

interface Props {
  ask: Query
  search: Search
  go: (change: Search) => void
}

const SOURCE = 'hot-cells'
const LISTED = 12

/** Squares of the map, the significant ones coloured; beside it the hottest as a list. */
export function HotSpotMap({ ask, go }: Props) {
  const { t } = useTranslation('console')
  const theme = useTheme()
  const spots = useQuery({ queryKey: ['hot-spots', ask], queryFn: ({ signal }) => readHotSpots(ask, signal) })
  const region = spots.data?.scope.region ?? undefined
  const area = useQuery({ queryKey: ['region', region], queryFn: () => readRegion(region ?? 0), enabled: region !== undefined, staleTime: Infinity })
  if (spots.error) return <ErrorNote error={spots.error} retry={() => void spots.refetch()} />
  if (spots.isPending || (region !== undefined && area.isPending)) return <div className="evaluation-wait" />
  const open = (cell: HotCell) => go({ box: cell.box.map((value) => value.toFixed(7)).join(',') })
  return (
    <div className="evaluation-spots">
      <CityMap theme={theme} label={t('evaluation.view.spots')} bbox={area.data?.bbox} className="evaluation-map">
        <Cells cells={spots.data.cells} open={open} />
      </CityMap>
      <SpotList spots={spots.data} open={open} />
    </div>
  )
}

function SpotList({ spots, open }: { spots: HotSpots; open: (cell: HotCell) => void }) {
  const { t } = useTranslation('console')
  const hot = spots.cells.filter((cell) => cell.hot)
  return (
    <section className="card">
      <h2>{t('evaluation.hottest')}</h2>
      <p className="meta">{t('evaluation.spotsHow', { metres: spots.cell_m, count: spots.total })}</p>
      {hot.length === 0 && (
        <div className="empty">
          <b>{t('evaluation.noSpots')}</b>
          <p>{t('evaluation.noSpotsText')}</p>
        </div>
      )}
      <ol className="evaluation-behind">
        {hot.slice(0, LISTED).map((cell) => (
          <li key={cell.box.join()} data-testid="hot-cell">
            <button type="button" className="evaluation-drill" onClick={() => open(cell)}>
              {t('evaluation.cell', { count: cell.count, name: cell.category_name ?? t('evaluation.uncategorised') })}
            </button>
            <span className={`chip ${cell.hot === 'high' ? 'chip-red' : 'chip-orange'}`}>{t(`evaluation.hot.${cell.hot}`)}</span>
            <p className="meta">{t('evaluation.cellMore', { z: cell.z.toFixed(2), before: cell.before })}</p>
          </li>
        ))}
      </ol>
    </section>
  )
}

function Cells({ cells, open }: { cells: HotCell[]; open: (cell: HotCell) => void }) {
  const map = useMap()
  const theme = useTheme()
  useEffect(() => {
    const { level } = tokensOf(theme)
    map.addSource(SOURCE, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } })
    map.addLayer({
      id: SOURCE,
      type: 'fill',
      source: SOURCE,
      paint: {
        'fill-color': ['match', ['get', 'hot'], 'high', level.red, 'raised', level.orange, level.blue],
        'fill-opacity': ['match', ['get', 'hot'], 'high', 0.65, 'raised', 0.5, 0.15],
      },
    })
    return () => {
      if (!map.getStyle()) return
      if (map.getLayer(SOURCE)) map.removeLayer(SOURCE)
      if (map.getSource(SOURCE)) map.removeSource(SOURCE)
    }
  }, [map, theme])
  useEffect(() => {
    const features = cells.map((cell, index) => ({ type: 'Feature' as const, geometry: square(cell.box), properties: { index, hot: cell.hot } }))
    void (map.getSource(SOURCE) as GeoJSONSource | undefined)?.setData({ type: 'FeatureCollection', features })
  }, [map, cells, theme])
  useEffect(() => {
    const onClick = (event: MapLayerMouseEvent) => {
      const cell = cells[Number(event.features?.[0]?.properties.index)]
      if (cell) open(cell)
    }
    map.on('click', SOURCE, onClick)
    return () => void map.off('click', SOURCE, onClick)
  }, [map, cells, open])
  return null
}

/** A box (west, south, east, north) as a polygon. */
function square(box: number[]): GeoJSON.Polygon {
  const [west = 0, south = 0, east = 0, north = 0] = box
  return { type: 'Polygon', coordinates: [[[west, south], [east, south], [east, north], [west, north], [west, south]]] }
}
