import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { readVersion, stylePath } from '@/shared/api/territory'
import type { BBox } from '@/shared/api/types'
import { mapWords } from '@/shared/mapWords'
import type { ThemeName } from '@/shared/theme/tokens'
import { DRAWS, maplibre, MAP_BASE } from './maplibre'
import { MapContext } from './context'
import './map.css'

interface Props {
  theme: ThemeName
  label: string
  bbox?: BBox
  /** a map that is only looked at */
  still?: boolean
  padding?: maplibre.PaddingOptions | number
  className?: string
  children?: ReactNode
}

type Map = maplibre.Map

/** The city's map in a theme; children add what they show as soon as the style is there. */
export function CityMap({ theme, label, bbox, still = false, padding = 24, className = 'map-fill', children }: Props) {
  const { t, i18n } = useTranslation('console')
  const box = useRef<HTMLDivElement>(null)
  const [map, setMap] = useState<Map | null>(null)
  const version = useQuery({ queryKey: ['territory-version'], queryFn: readVersion, staleTime: Infinity })
  const bounds = bbox ?? version.data?.bbox
  const first = useRef(bounds)
  useEffect(() => {
    first.current = bounds
  })
  const ready = bounds !== undefined
  useEffect(() => {
    if (!box.current || !ready || !DRAWS) return
    const made = new maplibre.Map({
      ...MAP_BASE,
      locale: mapWords(),
      container: box.current,
      style: stylePath(theme),
      interactive: !still,
      bounds: first.current,
      fitBoundsOptions: { padding, animate: false },
      fadeDuration: 0,
    })
    made.once('style.load', () => setMap(made))
    made.once('idle', () => box.current?.setAttribute('data-idle', 'yes'))
    if (!still) made.addControl(new maplibre.NavigationControl({ showCompass: false }), 'bottom-right')
    return () => {
      setMap(null)
      made.remove()
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a map is made once per theme and language
  }, [theme, still, ready, i18n.language])
  useEffect(() => {
    if (map && bbox) map.fitBounds(bbox, { padding, animate: false })
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the box counts by value
  }, [map, bbox?.join()])
  return (
    <div className={className} role="region" aria-label={label}>
      <div ref={box} className="map-fill" data-testid="map" data-ready={map ? 'yes' : 'no'} />
      {!DRAWS && <p className="map-failed">{t('map.failed')}</p>}
      {map && <MapContext value={map}>{children}</MapContext>}
    </div>
  )
}
