import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePainted } from '@/shared/usePainted'
import { useMe } from '../app/session'
import { CountStrip } from './CountStrip'
import { FilterBar, filterMenu } from './FilterBar'
import { ownDefaults, type Filters } from './filters'
import { PeekWait } from './PeekWait'
import { QueueList } from './QueueList'
import './queue.css'
import { useQueue } from './useQueue'
import { useQueueKeys } from './useQueueKeys'

// The rows come first: everything else is fetched when they stand there.
const peek = () => import('./PeekCard')
const bulk = () => import('./BulkBar')
const PeekCard = lazy(() => peek().then((module) => ({ default: module.PeekCard })))
const BulkBar = lazy(() => bulk().then((module) => ({ default: module.BulkBar })))
const QUIET_MS = 1500
const QueueMap = lazy(() => import('./QueueMap').then((module) => ({ default: module.QueueMap })))

export function QueuePage() {
  const { t } = useTranslation('console')
  const me = useMe()
  const search = useSearch({ from: '/shell/incidents' })
  const navigate = useNavigate({ from: '/incidents' })
  const filters = useMemo(() => ownDefaults(search, me), [search, me])
  const queue = useQueue(filters)
  const painted = usePainted(!queue.loading)
  useEffect(() => {
    if (!painted) return
    // What is not there by then is fetched when somebody opens it.
    const timer = setTimeout(() => void Promise.allSettled([peek(), bulk(), filterMenu()]), QUIET_MS)
    return () => clearTimeout(timer)
  }, [painted])
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
        {marked.size > 0 && (
          <Suspense>
            <BulkBar rows={queue.rows.filter((row) => marked.has(row.id))} clear={() => setMarked(new Set())} />
          </Suspense>
        )}
      </section>
      <section className="queue-map">
        <Suspense fallback={<div className="map-wait" />}>
          {painted ? <QueueMap filters={filters} rows={queue.rows} at={search.at} stand={stand} /> : <div className="map-wait" />}
        </Suspense>
        {search.at && (
          <Suspense fallback={<PeekWait />}>
            <PeekCard key={search.at} id={search.at} close={() => stand(undefined)} />
          </Suspense>
        )}
      </section>
    </div>
  )
}

/** Search parameters without the empty ones, so that the URL stays short. */
const strip = (filters: Filters): Filters =>
  Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined && value !== ''))
