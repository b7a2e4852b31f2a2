import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../app/session'
import { BulkBar } from './BulkBar'
import { CountStrip } from './CountStrip'
import { FilterBar } from './FilterBar'
import { ownDefaults, type Filters } from './filters'
import { PeekCard } from './PeekCard'
import { QueueList } from './QueueList'
import './queue.css'
import { useQueue } from './useQueue'
import { useQueueKeys } from './useQueueKeys'

const QueueMap = lazy(() => import('./QueueMap').then((module) => ({ default: module.QueueMap })))

export function QueuePage() {
  const { t } = useTranslation('console')
  const me = useMe()
  const search = useSearch({ from: '/shell/incidents' })
  const navigate = useNavigate({ from: '/incidents' })
  const filters = useMemo(() => ownDefaults(search, me), [search, me])
  const queue = useQueue(filters)
  const [marked, setMarked] = useState<ReadonlySet<number>>(new Set())
  const go = useCallback(
    (change: Filters) => {
      setMarked(new Set())
      void navigate({ search: (old) => strip({ ...old, at: undefined, ...change }), replace: true })
    },
    [navigate],
  )
  const stand = useCallback(
    (at: number | undefined) => void navigate({ search: (old) => strip({ ...old, at }), replace: true }),
    [navigate],
  )
  const mark = useCallback((id: number) => {
    setMarked((old) => {
      const next = new Set(old)
      if (!next.delete(id)) next.add(id)
      return next
    })
  }, [])
  useQueueKeys({ rows: queue.rows, at: search.at, stand, mark, clear: () => setMarked(new Set()), marked, fresh: queue.showFresh })
  return (
    <div className="queue-page">
      <h1 className="visually-hidden">{t('rail.incidents')}</h1>
      <CountStrip filters={filters} go={go} />
      <section className="queue-side">
        <FilterBar filters={filters} go={go} total={`${queue.total}${queue.at_least ? '+' : ''}`} />
        <QueueList queue={queue} at={search.at} stand={stand} marked={marked} mark={mark} filters={filters} go={go} />
        {marked.size > 0 && <BulkBar rows={queue.rows.filter((row) => marked.has(row.id))} clear={() => setMarked(new Set())} />}
      </section>
      <section className="queue-map">
        <Suspense fallback={<div className="map-wait" />}>
          <QueueMap filters={filters} rows={queue.rows} at={search.at} stand={stand} />
        </Suspense>
        {search.at && <PeekCard key={search.at} id={search.at} close={() => stand(undefined)} />}
      </section>
    </div>
  )
}

/** Search parameters without the empty ones, so that the URL stays short. */
const strip = (filters: Filters): Filters =>
  Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined && value !== ''))
