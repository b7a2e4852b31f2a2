import { useQuery } from '@tanstack/react-query'
import { AutoComplete } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { findPlaces } from '@/shared/api/territory'
import type { Place } from '@/shared/api/types'
import { useDebounced } from '@/shared/useDebounced'
import { notRead } from '../app/notRead'
import type { Call } from './call'

/** A place by Chinese, pinyin or initials; choosing one sets the pin. */
export function PlaceSearch({ set }: { set: (change: Partial<Call>) => void }) {
  const { t } = useTranslation('console')
  const [typed, setTyped] = useState('')
  const asked = useDebounced(typed.trim(), 120)
  const found = useQuery({ queryKey: ['places', asked], queryFn: ({ signal }) => findPlaces(asked, undefined, signal), enabled: asked.length > 0, placeholderData: (old) => old })
  const places = asked ? (found.data ?? []) : []
  const choose = (index: string) => {
    const place = places[Number(index)]
    if (!place) return
    setTyped(place.name)
    set({ lon: place.lon, lat: place.lat, positioned: 'search', ...(isAddress(place) ? { address: place.name } : {}) })
  }
  return (
    <AutoComplete
      value={typed}
      onChange={(value) => setTyped(String(value))}
      onSelect={(value) => choose(String(value))}
      defaultActiveFirstOption
      notFoundContent={asked ? notRead(found) : undefined}
      options={places.map((place, index) => ({
        value: String(index),
        label: (
          <span className="place-option">
            <b>{place.name}</b> <span className="meta">{place.detail}</span>
          </span>
        ),
      }))}
      placeholder={t('hotline.placeHint')}
      aria-label={t('hotline.place')}
      data-testid="call-place"
      style={{ width: '100%' }}
    />
  )
}

const isAddress = (place: Place): boolean => place.kind === 'landmark' || place.kind === 'address'
