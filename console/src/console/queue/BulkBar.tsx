import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button, Input } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { acknowledgeAlert, moveMany, pinIncident } from '@/shared/api/incidents'
import type { IncidentRow, MoveIn, MoveResult } from '@/shared/api/types'
import { useMay } from '../app/session'
import { touchIncident } from '../moves/useMoveDesk'
import { BulkMerge } from './BulkMerge'
import { BulkResults } from './BulkResults'

const HOLD = 10

interface Bulk {
  name: string
  permission: string
  reason?: boolean
  /** states in which the move can be made at all; the server has the last word */
  states?: readonly string[]
}

const BULKS: readonly Bulk[] = [
  { name: 'accept', permission: 'incident.accept', states: ['reported'] },
  { name: 'verify', permission: 'incident.verify', states: ['accepted'] },
  { name: 'file', permission: 'incident.file', states: ['verified'] },
  { name: 'dispatch', permission: 'incident.dispatch', states: ['filed'] },
  { name: 'check_pass', permission: 'incident.check', states: ['handled'] },
  { name: 'close', permission: 'incident.close', states: ['checked'] },
  { name: 'urge', permission: 'incident.urge' },
  { name: 'alert_ack', permission: 'incident.accept' },
  { name: 'pin', permission: 'incident.accept' },
]

/** Acts on all marked rows: held for ten seconds so that it can be taken back, then a result per row. */
export function BulkBar({ rows, clear }: { rows: IncidentRow[]; clear: () => void }) {
  const { t } = useTranslation('console')
  const may = useMay()
  const client = useQueryClient()
  const { message } = App.useApp()
  const [reason, setReason] = useState('')
  const [held, setHeld] = useState<{ bulk: Bulk; left: number } | null>(null)
  const [results, setResults] = useState<MoveResult[] | null>(null)
  const [merging, setMerging] = useState(false)
  const act = useMutation({
    mutationFn: (bulk: Bulk) => perform(bulk.name, rows, reason),
    onSuccess: setResults,
    onError: (error) => void message.error(error.message || t('shared:error.http')),
    onSettled: () => rows.forEach((row) => touchIncident(client, row.id)),
  })
  const join = useMutation({
    mutationFn: ({ master, others }: { master: IncidentRow; others: IncidentRow[] }) =>
      moveMany(others.map((row) => row.id), { move: 'merge_into', into: master.id, ...(reason ? { reason } : {}) }),
    onSuccess: setResults,
    onError: (error) => void message.error(error.message || t('shared:error.http')),
    onSettled: () => rows.forEach((row) => touchIncident(client, row.id)),
  })
  const latest = useRef(act.mutate)
  useEffect(() => {
    latest.current = act.mutate
  })
  useEffect(() => {
    if (!held) return
    const timer = setTimeout(() => {
      if (held.left > 1) return setHeld({ ...held, left: held.left - 1 })
      setHeld(null)
      latest.current(held.bulk)
    }, 1000)
    return () => clearTimeout(timer)
  }, [held])
  const now = () => {
    if (!held) return
    setHeld(null)
    act.mutate(held.bulk)
  }
  if (results) return <BulkResults results={results} close={clear} />
  const possible = BULKS.filter((bulk) => may(bulk.permission) && (!bulk.states || rows.some((row) => bulk.states?.includes(row.state))))
  return (
    <div className="bulk-bar" role="region" aria-label={t('bulk.label')} data-testid="bulk-bar">
      <p>
        <b>{t('bulk.marked', { count: rows.length })}</b>{' '}
        <Button type="link" size="small" onClick={clear}>
          {t('bulk.clear')}
        </Button>
      </p>
      {held ? (
        <p className="actions" role="status">
          {t('bulk.held', { name: t(`bulk.${held.bulk.name}`), count: rows.length, left: held.left })}
          <Button size="small" onClick={() => setHeld(null)}>
            {t('bulk.undo')}
          </Button>
          <Button size="small" type="primary" onClick={now} data-testid="bulk-now">
            {t('bulk.now')}
          </Button>
        </p>
      ) : (
        <>
          <Input value={reason} onChange={(event) => setReason(event.target.value)} placeholder={t('bulk.note')} aria-label={t('bulk.note')} maxLength={200} />
          <div className="actions">
            {possible.map((bulk) => (
              <Button key={bulk.name} size="small" loading={act.isPending} onClick={() => setHeld({ bulk, left: HOLD })} data-testid={`bulk-${bulk.name}`}>
                {t(`bulk.${bulk.name}`)}
              </Button>
            ))}
            {rows.length > 1 && may('incident.merge') && (
              <Button size="small" onClick={() => setMerging(true)} data-testid="bulk-merge_into">
                {t('duplicates.bulk')}
              </Button>
            )}
          </div>
          {merging && <BulkMerge rows={rows} busy={join.isPending} merge={(master, others) => join.mutate({ master, others })} close={() => setMerging(false)} />}
        </>
      )}
    </div>
  )
}

/** Pinning and acknowledging have doors of their own; the rest is one call with a result per row. */
async function perform(name: string, rows: IncidentRow[], note: string): Promise<MoveResult[]> {
  if (name !== 'pin' && name !== 'alert_ack') {
    const move: MoveIn = note ? { move: name, note } : { move: name }
    return moveMany(rows.map((row) => row.id), move)
  }
  const one = name === 'pin' ? (id: number) => pinIncident(id, true) : acknowledgeAlert
  const done = await Promise.allSettled(rows.map((row) => one(row.id)))
  return rows.map((row, index) => {
    const outcome = done[index]
    const failed = outcome?.status === 'rejected'
    return { id: row.id, ok: !failed, number: row.number, code: null, message: failed ? String((outcome.reason as Error).message) : null }
  })
}
