import type { GeoJSONSource, MapLayerMouseEvent } from 'maplibre-gl'
import { useEffect } from 'react'
import type { ThemeName } from '@/shared/theme/tokens'
import { useMap } from '../map/context'
import { addMarks } from './shapes'

export interface Mark {
  key: string
  icon: string
  lon: number
  lat: number
  /** 0 to 4: the urgent ones are larger and on top */
  level: number
}

interface Props {
  id: string
  marks: readonly Mark[]
  theme: ThemeName
  choose?: (key: string) => void
  stand?: (key: string | undefined) => void
}

/** Marks of one kind on the map. */
export function Marks({ id, marks, theme, choose, stand }: Props) {
  const map = useMap()
  useEffect(() => {
    addMarks(map, theme)
    map.addSource(id, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } })
    map.addLayer({
      id,
      type: 'symbol',
      source: id,
      layout: {
        'icon-image': ['get', 'icon'],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'symbol-sort-key': ['get', 'level'],
        'icon-size': ['interpolate', ['linear'], ['zoom'], 7, ['+', 0.35, ['*', 0.06, ['get', 'level']]], 11, ['+', 0.6, ['*', 0.08, ['get', 'level']]]],
      },
    })
    return () => {
      if (!map.getStyle()) return
      if (map.getLayer(id)) map.removeLayer(id)
      if (map.getSource(id)) map.removeSource(id)
    }
  }, [map, id, theme])
  useEffect(() => {
    const features = marks.map(({ lon, lat, ...properties }) => ({ type: 'Feature' as const, geometry: { type: 'Point' as const, coordinates: [lon, lat] }, properties }))
    void (map.getSource(id) as GeoJSONSource | undefined)?.setData({ type: 'FeatureCollection', features })
  }, [map, id, marks, theme])
  useEffect(() => {
    const key = (event: MapLayerMouseEvent) => event.features?.[0]?.properties.key as string | undefined
    const onClick = (event: MapLayerMouseEvent) => {
      const found = key(event)
      if (!found || !choose) return
      event.preventDefault()
      choose(found)
    }
    const onMove = (event: MapLayerMouseEvent) => {
      map.getCanvas().style.cursor = 'pointer'
      stand?.(key(event))
    }
    const onLeave = () => {
      map.getCanvas().style.cursor = ''
      stand?.(undefined)
    }
    map.on('click', id, onClick)
    map.on('mousemove', id, onMove)
    map.on('mouseleave', id, onLeave)
    return () => {
      map.off('click', id, onClick)
      map.off('mousemove', id, onMove)
      map.off('mouseleave', id, onLeave)
    }
  }, [map, id, choose, stand])
  return null
}
