import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { App, Button, Input } from 'antd'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MoveResult } from '@/shared/api/types'
import { LEVELS } from '@/shared/levels'
import { ErrorNote } from '../app/ErrorNote'
import { useMay } from '../app/session'
import { BulkResults } from '../queue/BulkResults'
import { toggle } from '../queue/filters'
import { QueueSkeleton } from '../queue/QueueSkeleton'
import { useQueueKeys } from '../queue/useQueueKeys'
import '../queue/queue.css'
import { BoardItem } from './BoardItem'
import { isNarrowed, TABS, type BoardFilters } from './filters'
import { PressDialog, type Press } from './PressDialog'
import './supervision.css'
import { useBoard } from './useBoard'

const BULK = ['supervise', 'urge'] as const
const NONE: BoardFilters = { level: undefined, category: undefined, region: undefined, q: undefined }

/** What is late, bouncing, forgotten, reopened or urged: why, and one key to press for it. */
export function SupervisionPage() {
  const { t } = useTranslation('console')
  const { message } = App.useApp()
  const search = useSearch({ from: '/shell/supervision' })
  const navigate = useNavigate({ from: '/supervision' })
  const board = useBoard(search)
  const tab = search.tab ?? 'overdue'
  const [marked, setMarked] = useState<ReadonlySet<number>>(new Set())
  const [press, setPress] = useState<Press | null>(null)
  const [results, setResults] = useState<MoveResult[] | null>(null)
  const list = useRef<HTMLUListElement>(null)
  const clear = () => setMarked(new Set())
  const go = (change: BoardFilters) => {
    clear()
    void navigate({ search: (old) => strip({ ...old, at: undefined, ...change }), replace: true })
  }
  const mark = (id: number) =>
    setMarked((old) => {
      const next = new Set(old)
      if (!next.delete(id)) next.add(id)
      return next
    })
  const rows = useMemo(() => board.rows.map((item) => item.row), [board.rows])
  const stand = (at: number | undefined) => void navigate({ search: (old) => strip({ ...old, at }), replace: true })
  useQueueKeys({ rows, at: search.at, stand, mark, clear, marked, fresh: board.refresh })
  useEffect(() => {
    list.current?.querySelector(`[data-row="${search.at}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [search.at])
  const done = (made: MoveResult[]) => {
    setPress(null)
    board.refresh()
    const failed = made.find((one) => !one.ok)
    if (made.length > 1) return setResults(made)
    if (failed) void message.error(t('supervision.failed', { message: failed.message }))
    else void message.success(t('supervision.done'))
  }
  const bulk = (move: string) => {
    const chosen = board.rows.filter((item) => marked.has(item.row.id))
    const needs = chosen.flatMap((item) => item.allowed).find((allowed) => allowed.move === move)?.needs ?? []
    setPress({ move, needs, ids: chosen.map((item) => item.row.id) })
  }
  return (
    <div className="board-page">
      <Tabs tab={tab} counts={board.counts} go={go} />
      <Narrow filters={search} go={go} rule={board.rules?.[tab]} />
      {board.fresh > 0 && (
        <button type="button" className="new-pill" onClick={board.refresh} data-testid="new-pill">
          ↑ {t('supervision.fresh', { count: board.fresh })}
        </button>
      )}
      <div className="board-list" aria-busy={board.loading}>
        {board.loading && <QueueSkeleton />}
        {board.error ? <ErrorNote error={board.error} retry={board.refresh} /> : null}
        {board.rows.length > 0 && (
          <ul ref={list} aria-label={t('supervision.label')}>
            {board.rows.map((item) => (
              <BoardItem key={item.row.id} item={item} standing={item.row.id === search.at} marked={marked.has(item.row.id)} gone={board.gone.has(item.row.id)} mark={mark} press={setPress} />
            ))}
          </ul>
        )}
        {board.next && (
          <Button type="link" block loading={board.loadingMore} onClick={board.more}>
            {t('supervision.more')}
          </Button>
        )}
        {!board.loading && !board.error && board.rows.length === 0 && (
          <div className="empty" data-testid="board-empty">
            <b>{t('supervision.empty')}</b>
            <p>{t('supervision.emptyText')}</p>
            {isNarrowed(search) && <Button onClick={() => go(NONE)}>{t('supervision.clear')}</Button>}
          </div>
        )}
      </div>
      {results && <BulkResults results={results} close={() => { setResults(null); clear() }} />}
      {marked.size > 0 && !results && (
        <div className="bulk-bar" role="region" aria-label={t('bulk.label')} data-testid="bulk-bar">
          <p className="actions">
            <b>{t('supervision.marked', { count: marked.size })}</b>
            {BULK.map((move) => (
              <Button key={move} size="small" onClick={() => bulk(move)} data-testid={`bulk-${move}`}>
                {t(`supervision.press.${move}`)}
              </Button>
            ))}
            <Button type="link" size="small" onClick={clear}>
              {t('bulk.clear')}
            </Button>
          </p>
        </div>
      )}
      {press && <PressDialog key={`${press.move} ${press.ids.join()}`} press={press} close={() => setPress(null)} done={done} />}
    </div>
  )
}

/** The tabs with their counts, and the desk beside them for whoever decides. */
function Tabs({ tab, counts, go }: { tab: string; counts: Record<string, number> | undefined; go: (change: BoardFilters) => void }) {
  const { t } = useTranslation('console')
  const may = useMay()
  return (
    <div className="count-strip" role="group" aria-label={t('supervision.tabs')}>
      <h1 className="visually-hidden">{t('supervision.title')}</h1>
      {TABS.map((name) => (
        <button key={name} type="button" className={`count${name === tab ? ' count-on' : ''}`} aria-pressed={name === tab} onClick={() => go({ tab: name })} data-testid={`board-tab-${name}`}>
          <span className="count-name">{t(`supervision.tab.${name}`)}</span>
          <span className="count-value">{counts?.[name] ?? '…'}</span>
        </button>
      ))}
      {may('incident.arbitrate') && (
        <Link to="/supervision/arbitration" search={{}} className="count board-desk" data-testid="arbitration-link">
          {t('supervision.arbitration')} →
        </Link>
      )}
    </div>
  )
}

function Narrow({ filters, go, rule }: { filters: BoardFilters; go: (change: BoardFilters) => void; rule: string | undefined }) {
  const { t } = useTranslation('console')
  return (
    <div className="board-narrow">
      <Input.Search key={filters.q ?? ''} defaultValue={filters.q} placeholder={t('supervision.search')} aria-label={t('supervision.search')} onSearch={(q) => go({ q: q.trim() || undefined })} enterButton={false} style={{ width: 260 }} />
      <span role="group" aria-label={t('supervision.levels')} className="filter-chips">
        {LEVELS.map((level) => (
          <button key={level} type="button" className="chip chip-button" aria-pressed={filters.level?.split(',').includes(level) ?? false} onClick={() => go({ level: toggle(filters.level, level) })}>
            {t(`shared:levelLong.${level}`)}
          </button>
        ))}
      </span>
      {rule && <p className="meta">{t('supervision.rule', { rule })}</p>}
    </div>
  )
}

/** Search parameters without the empty ones, so that the URL stays short. */
const strip = (filters: BoardFilters): BoardFilters =>
  Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined && value !== ''))
