import { skipToken, useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isProblem } from '@/shared/api/problem'
import { findPlaces, locate } from '@/shared/api/territory'
import type { Located } from '@/shared/api/types'
import type { Position } from '../app/usePosition'
import { usePosition } from '../app/usePosition'
import { ErrorNote } from './ErrorNote'

const PinMap = lazy(() => import('./PinMap'))

export interface Chosen extends Position {
  by: 'gps' | 'map' | 'search'
}

const namesOf = ({ chain }: Located): string =>
  [chain.district, chain.town, chain.village, chain.grid].flatMap((part) => (part ? [part.name] : [])).join(' · ')

const isOffline = (error: Error): boolean => isProblem(error) && error.status === 0

/** By position, by name or by a tap on the map; the chain of the place is read back. */
export function PlacePicker({ place, change }: { place: Chosen | null; change: (place: Chosen) => void }) {
  const { t } = useTranslation('phone')
  const [query, setQuery] = useState('')
  const { status, ask } = usePosition()
  const found = useQuery({
    queryKey: ['places', query],
    queryFn: ({ signal }) => findPlaces(query, place ?? undefined, signal),
    enabled: query.trim().length > 0,
    staleTime: 60_000,
  })
  const chain = useQuery({ queryKey: ['locate', place?.lon, place?.lat], queryFn: place ? () => locate(place.lon, place.lat) : skipToken, retry: false })
  const pick = (lon: number, lat: number, by: Chosen['by']) => {
    setQuery('')
    change({ lon, lat, by })
  }
  return (
    <section className="card" aria-label={t('report.place')}>
      <label className="label" htmlFor="place">{t('report.place')}</label>
      <div className="row">
        <input id="place" data-testid="report-place" className="input" value={query} placeholder={t('report.placeHint')} onChange={(event) => setQuery(event.target.value)} autoComplete="off" />
        <button type="button" className="button quiet small" onClick={() => ask((at) => pick(at.lon, at.lat, 'gps'))}>{status === 'asking' ? t('report.locating') : t('report.here')}</button>
      </div>
      {status === 'refused' && !place && <p className="meta">{t('report.noPosition')}</p>}
      {query && found.data && (
        <ul className="options">
          {found.data.slice(0, 8).map((item) => (
            <li key={`${item.name}${item.lon}${item.lat}`}>
              <button type="button" data-testid="place-option" onClick={() => pick(item.lon, item.lat, 'search')}>
                {item.name} <span className="meta">{item.detail}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <Suspense fallback={<div className="pin-map" />}>
        <PinMap at={place} choose={(at) => pick(at.lon, at.lat, 'map')} label={t('report.place')} />
      </Suspense>
      {place && chain.data && (
        <p className="chain" data-testid="chain">
          <span className="dot" aria-hidden="true" /> {namesOf(chain.data)}
          {chain.data.schematic && <span className="chip">{t('schematic')}</span>}
        </p>
      )}
      {place && chain.error && (isOffline(chain.error) ? <p className="chain">{t('report.fixed', { lon: place.lon.toFixed(5), lat: place.lat.toFixed(5) })}</p> : <ErrorNote error={chain.error} />)}
    </section>
  )
}
