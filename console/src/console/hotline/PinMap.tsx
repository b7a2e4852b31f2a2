import { useEffect } from 'react'
import type { MapMouseEvent } from 'maplibre-gl'
import { useTranslation } from 'react-i18next'
import { useTheme } from '../app/theme'
import { CityMap } from '../map/CityMap'
import { useMap } from '../map/context'
import { maplibre } from '../map/maplibre'

interface Props {
  lon: number | null
  lat: number | null
  pick: (lon: number, lat: number) => void
}

/** The pin of a report: a click or a drag moves it. */
export function PinMap(props: Props) {
  const { t } = useTranslation('console')
  return (
    <CityMap theme={useTheme()} label={t('hotline.map')}>
      <Pin {...props} />
    </CityMap>
  )
}

function Pin({ lon, lat, pick }: Props) {
  const map = useMap()
  useEffect(() => {
    const onClick = (event: MapMouseEvent) => pick(event.lngLat.lng, event.lngLat.lat)
    map.on('click', onClick)
    map.getCanvas().style.cursor = 'crosshair'
    return () => void map.off('click', onClick)
  }, [map, pick])
  useEffect(() => {
    if (lon === null || lat === null) return
    const marker = new maplibre.Marker({ draggable: true, color: '#0b5cad' }).setLngLat([lon, lat]).addTo(map)
    marker.on('dragend', () => {
      const place = marker.getLngLat()
      pick(place.lng, place.lat)
    })
    map.easeTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), 14), duration: 300 })
    return () => void marker.remove()
  }, [map, lon, lat, pick])
  return null
}
