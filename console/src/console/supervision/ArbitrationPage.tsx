import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Skeleton } from 'antd'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { readIncident } from '@/shared/api/incidents'
import { readCase, readDisputes, type Case, type Party } from '@/shared/api/supervision'
import { shortTime } from '@/shared/time'
import { ErrorNote } from '../app/ErrorNote'
import { useLive } from '../live/live'
import { single } from '../moves/moves'
import { incidentKey, useMoveDesk } from '../moves/useMoveDesk'
import { QueueRow, rowId } from '../queue/QueueRow'
import '../queue/queue.css'
import { useQueueKeys } from '../queue/useQueueKeys'
import './supervision.css'

const AreasMap = lazy(() => import('./AreasMap').then((module) => ({ default: module.AreasMap })))
const DISPUTES = ['disputes'] as const
const NOBODY: ReadonlySet<number> = new Set()
const nothing = () => undefined

/** The desk of the centre above: both sides, the duty matrix, what was decided before, and the decision. */
export function ArbitrationPage() {
  const { t } = useTranslation('console')
  const { at } = useSearch({ from: '/shell/supervision/arbitration' })
  const navigate = useNavigate({ from: '/supervision/arbitration' })
  const client = useQueryClient()
  const { data, error, refetch } = useQuery({ queryKey: DISPUTES, queryFn: readDisputes })
  useLive((news) => {
    if (news.type === 'incident' || news.type === 'reset') void client.invalidateQueries({ queryKey: DISPUTES })
  })
  const stand = (id: number | undefined) => void navigate({ search: id ? { at: id } : {}, replace: true })
  useQueueKeys({ rows: data ?? [], at, stand, mark: nothing, clear: nothing, marked: NOBODY, fresh: () => void refetch() })
  return (
    <div className="desk-page">
      <section className="desk-list">
        <p className="card-head">
          <Link to="/supervision" search={{}}>← {t('supervision.title')}</Link>
        </p>
        <h1>{t('supervision.arbitration')}</h1>
        {error ? <ErrorNote error={error} retry={() => void refetch()} /> : null}
        {!data && !error && <Skeleton active />}
        {data?.length === 0 && (
          <div className="empty" data-testid="desk-empty">
            <b>{t('supervision.case.none')}</b>
            <p>{t('supervision.case.noneText')}</p>
          </div>
        )}
        {data && data.length > 0 && (
          <div role="listbox" tabIndex={0} aria-label={t('supervision.arbitration')} aria-activedescendant={at ? rowId(at) : undefined}>
            {data.map((row) => (
              <QueueRow key={row.id} row={row} standing={row.id === at} marked={false} gone={false} stand={stand} mark={nothing} />
            ))}
          </div>
        )}
      </section>
      {at ? <CaseView key={at} id={at} /> : <p className="empty">{t('supervision.case.pick')}</p>}
    </div>
  )
}

function CaseView({ id }: { id: number }) {
  const { t } = useTranslation('console')
  const client = useQueryClient()
  const found = useQuery({ queryKey: ['case', id], queryFn: () => readCase(id) })
  const detail = useQuery({ queryKey: incidentKey(id), queryFn: () => readIncident(id) })
  const desk = useMoveDesk(detail.data)
  useLive((news) => {
    if (news.type === 'incident' && news.data.id === id) void client.invalidateQueries({ queryKey: ['case', id] })
  })
  const error = found.error ?? detail.error
  if (error) return <ErrorNote error={error} retry={() => void Promise.all([found.refetch(), detail.refetch()])} />
  if (!found.data || !detail.data) return <section className="card"><Skeleton active /></section>
  const decision = detail.data.allowed.find((allowed) => allowed.move === 'arbitrate')
  const { data } = found
  return (
    <div className="desk-case" data-testid="case">
      <section className="card">
        <p className="card-head">
          <Link to="/incidents/$id" params={{ id }}>{data.row.number}</Link>
          <span className={`chip chip-${data.row.level}`}>{t(`shared:levelLong.${data.row.level}`)}</span>
          {detail.data.binding && <span className="chip chip-done" data-testid="binding">{t('supervision.binding')}</span>}
        </p>
        <h2>{data.row.title}</h2>
        <p>{data.text}</p>
        <p className="meta">
          {data.row.place} · {t('supervision.case.counts', { returns: data.returns, refusals: data.refusals })}
        </p>
        {data.asked_by && <p><b>{t('supervision.case.asked')}</b> {data.asked_by}</p>}
        {decision && (
          <Button type="primary" loading={desk.busy} onClick={() => desk.start(single(decision))} data-testid="decide">
            {t('supervision.case.decide')}
          </Button>
        )}
      </section>
      <section aria-label={t('supervision.case.sides')} className="desk-sides">
        {data.parties.map((party) => <Side key={`${party.kind}${party.id}`} party={party} />)}
      </section>
      <section className="card desk-map" aria-label={t('supervision.case.areas')}>
        <Suspense fallback={<div className="map-wait" />}>
          <AreasMap areas={data.parties.map((party) => party.area)} row={data.row} />
        </Suspense>
      </section>
      <Matrix clauses={data.clauses} />
      <Precedents precedents={data.precedents} />
      {desk.dialog}
    </div>
  )
}

function Side({ party }: { party: Party }) {
  const { t } = useTranslation('console')
  return (
    <article className="card" data-testid="side">
      <h2>{party.name}</h2>
      <p className="meta">{party.area.name}</p>
      <ul className="board-why">
        {party.said.map((said) => (
          <li key={said.at + said.move}>
            <span className="meta">{shortTime(said.at)}</span> <b>{said.label}</b> {said.text || t('supervision.case.nothing')}
          </li>
        ))}
      </ul>
    </article>
  )
}

function Matrix({ clauses }: { clauses: Case['clauses'] }) {
  const { t } = useTranslation('console')
  return (
    <section className="card" data-testid="matrix">
      <h2>{t('supervision.case.matrix')}</h2>
      {clauses.length === 0 && <p>{t('supervision.case.noMatrix')}</p>}
      <ul className="board-why">
        {clauses.map((line) => (
          <li key={line.level}>
            <b>{t(`supervision.case.level.${line.level}`)}</b> {t('supervision.case.clause', { clause: line.clause })} · {t('supervision.case.lead')} {line.lead}
            {line.assist.length > 0 && ` · ${t('supervision.case.assist')} ${line.assist.join('、')}`}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Precedents({ precedents }: { precedents: Case['precedents'] }) {
  const { t } = useTranslation('console')
  return (
    <section className="card" data-testid="precedents">
      <h2>{t('supervision.case.precedents')}</h2>
      {precedents.length === 0 && <p>{t('supervision.case.none_before')}</p>}
      <ul className="board-why">
        {precedents.map((one) => (
          <li key={`${one.incident}${one.at}`}>
            <Link to="/incidents/$id" params={{ id: one.incident }}>{one.number}</Link> {one.title} · {shortTime(one.at)} {one.by}{' '}
            {one.same_pair && <span className="chip chip-brand">{t('supervision.case.pair')}</span>}
            <br />
            {one.decided_for && <b>{t('supervision.case.decided', { name: one.decided_for })}</b>} {one.reason} · {t('supervision.case.outcome', { state: one.state_label })}
            {one.stars ? ` · ${t('supervision.case.stars', { count: one.stars })}` : ''}
          </li>
        ))}
      </ul>
    </section>
  )
}
