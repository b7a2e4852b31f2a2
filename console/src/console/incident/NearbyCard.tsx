import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { readNearby } from '@/shared/api/incidents'
import type { IncidentDetail } from '@/shared/api/types'
import { nearTime } from '@/shared/time'
import { useMinute } from '../app/clock'

const NearbyMap = lazy(() => import('./NearbyMap').then((module) => ({ default: module.NearbyMap })))

/** What is around it: who is near, what else is open. */
export function NearbyCard({ detail }: { detail: IncidentDetail }) {
  const { t } = useTranslation('console')
  const now = useMinute()
  const { row } = detail
  const { data } = useQuery({ queryKey: ['nearby', row.id], queryFn: () => readNearby(row.id) })
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('nearby.title')}</h2>
        {detail.schematic && <span className="chip">{t('shared:schematic')}</span>}
      </div>
      <div className="nearby-map">
        <Suspense fallback={<div className="map-wait" />}>
          <NearbyMap row={row} others={data?.incidents ?? []} />
        </Suspense>
      </div>
      <p className="meta">{row.place}</p>
      <ul className="nearby">
        {(data?.people ?? []).slice(0, 4).map((person) => (
          <li key={`${person.name}${person.role}`}>
            <b>{person.name}</b> {person.role}
            <span className="meta">
              {' '}
              {t(person.on_duty ? 'nearby.onDuty' : 'nearby.offDuty')}
            </span>
          </li>
        ))}
      </ul>
      {data && data.incidents.length > 0 && <h3>{t('nearby.similar', { count: data.incidents.length })}</h3>}
      <ul className="nearby">
        {(data?.incidents ?? []).slice(0, 5).map((other) => (
          <li key={other.id}>
            <span className={`chip chip-${other.level}`}>{t(`shared:level.${other.level}`)}</span>{' '}
            <Link to="/incidents/$id" params={{ id: other.id }}>
              {other.title}
            </Link>
            <span className="meta">
              {' '}
              {t(`shared:state.${other.state}`)} · {nearTime(other.reported_at, now)}
            </span>
          </li>
        ))}
      </ul>
      {data && data.incidents.length === 0 && <p className="meta">{t('nearby.none')}</p>}
    </section>
  )
}
