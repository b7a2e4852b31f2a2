import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readNearby } from '@/shared/api/incidents'
import type { IncidentDetail } from '@/shared/api/types'
import type { Action } from '../moves/moves'
import type { MoveDesk } from '../moves/useMoveDesk'
import { ErrorNote } from '../app/ErrorNote'
import { MatchLine } from './MatchLine'

const NearbyMap = lazy(() => import('./NearbyMap').then((module) => ({ default: module.NearbyMap })))

/** What is around it: who is near, and what may be the same matter; list and map point at one another. */
export function NearbyCard({ detail, actions, desk }: { detail: IncidentDetail; actions: Action[]; desk: MoveDesk }) {
  const { t } = useTranslation('console')
  const { row } = detail
  const [at, setAt] = useState<number | null>(null)
  const merge = actions.find((action) => action.key === 'merge_into')
  const { data, error, refetch } = useQuery({ queryKey: ['nearby', row.id], queryFn: () => readNearby(row.id) })
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('nearby.title')}</h2>
        {detail.schematic && <span className="chip">{t('shared:schematic')}</span>}
      </div>
      <div className="nearby-map">
        <Suspense fallback={<div className="map-wait" />}>
          <NearbyMap row={row} others={(data?.incidents ?? []).map((match) => match.row)} at={at} />
        </Suspense>
      </div>
      <p className="meta">{row.place}</p>
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
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
      {data && data.incidents.length > 0 && <h3>{t('duplicates.found', { count: data.incidents.length })}</h3>}
      <ul className="nearby" data-testid="matches">
        {(data?.incidents ?? []).slice(0, 6).map((match) => (
          <MatchLine key={match.row.id} match={match} on={at === match.row.id} point={setAt}>
            {merge && (
              <Button size="small" disabled={desk.busy} onClick={() => desk.start(merge, { into: match.row.id })} data-testid="merge-here">
                {t('duplicates.mergeTo', { number: match.row.number })}
              </Button>
            )}
          </MatchLine>
        ))}
      </ul>
      {data && data.incidents.length === 0 && <p className="meta">{t('duplicates.none')}</p>}
    </section>
  )
}
