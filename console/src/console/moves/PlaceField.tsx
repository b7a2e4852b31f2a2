import { Button, Input } from 'antd'
import { lazy, Suspense, useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { IncidentDetail } from '@/shared/api/types'
import { ChainReadBack } from '../hotline/ChainReadBack'
import { PlaceSearch } from '../hotline/PlaceSearch'

const PinMap = lazy(() => import('../hotline/PinMap').then((module) => ({ default: module.PinMap })))

interface Place {
  lon: number
  lat: number
  address: string
}
interface Props {
  detail: IncidentDetail
  id?: string
  value?: Place
  onChange?: (value: Place | undefined) => void
}

/** Where the new incident of a split lies: where the old one does, unless a search or the pin says otherwise. */
export function PlaceField({ detail, id, value, onChange }: Props) {
  const { t } = useTranslation('console')
  const here = { lon: detail.row.lon, lat: detail.row.lat, address: detail.row.address }
  const place = value ?? here
  // Another point is another address, unless one is told with it.
  const pick = useCallback((lon: number, lat: number) => onChange?.({ lon, lat, address: '' }), [onChange])
  return (
    <div id={id} className="place-field" data-testid="place-field">
      <PlaceSearch set={({ lon, lat, address = '' }) => lon != null && lat != null && onChange?.({ lon, lat, address })} />
      <div className="place-map">
        <Suspense fallback={<div className="map-wait" />}>
          <PinMap lon={place.lon} lat={place.lat} pick={pick} />
        </Suspense>
      </div>
      <ChainReadBack lon={place.lon} lat={place.lat} />
      <Input value={place.address} onChange={(event) => onChange?.({ ...place, address: event.target.value })} maxLength={200} aria-label={t('hotline.address')} placeholder={t('hotline.addressHint')} data-testid="place-address" />
      {value ? (
        <Button size="small" onClick={() => onChange?.(undefined)} data-testid="place-back">
          {t('duplicates.placeBack')}
        </Button>
      ) : (
        <p className="meta">{t('duplicates.placeHint')}</p>
      )}
    </div>
  )
}
