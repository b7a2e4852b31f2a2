import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { readIncident } from '@/shared/api/incidents'
import { nearTime, shortTime } from '@/shared/time'
import { ClosedLoop } from '@/shared/ui/ClosedLoop'
import { DeadlineRing } from '@/shared/ui/DeadlineRing'
import { Why } from '@/shared/ui/Why'
import { useMinute } from '../app/clock'
import { ErrorNote } from '../app/ErrorNote'
import { useMay } from '../app/session'
import { MoveButtons } from '../moves/MoveButtons'
import { peekActions } from '../moves/moves'
import { incidentKey, useIncidentNews, useMoveDesk } from '../moves/useMoveDesk'
import { typing } from '../shell/useShellKeys'
import { PeekOrders } from './PeekOrders'
import { PeekProposal } from './PeekProposal'
import { PeekWait } from './PeekWait'
import { Thumbs } from './Thumbs'
import { useRowActs } from './useRowActs'

/** One incident over the map: what, where, how long is left, whose turn, why, and the next step in one key. */
export function PeekCard({ id, close }: { id: number; close: () => void }) {
  const { t } = useTranslation('console')
  const now = useMinute()
  const may = useMay()
  const { data: detail, error, refetch } = useQuery({ queryKey: incidentKey(id), queryFn: () => readIncident(id) })
  useIncidentNews(id)
  const desk = useMoveDesk(detail)
  const acts = useRowActs(detail?.row)
  const actions = detail ? peekActions(detail, may, t('moves.forward')) : []
  const next = actions.find((action) => action.proposed)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (typing(event) || event.metaKey || event.ctrlKey || event.altKey) return
      if (event.target instanceof HTMLElement && event.target.closest('button, a') && event.key === 'Enter') return
      if (event.key === 'Enter' && next) {
        // Otherwise the same key press would reach the dialog that it opens.
        event.preventDefault()
        desk.start(next)
      }
      if (event.key === 'p') acts.pin()
      if (event.key === 'a' && detail?.row.alert) acts.acknowledge()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  })
  if (error) return <aside className="peek" data-testid="peek"><ErrorNote error={error} retry={() => void refetch()} /></aside>
  if (!detail) return <PeekWait />
  const { row } = detail
  const showsProposal = ['accepted', 'verified', 'filed'].includes(row.state) && row.category !== null && may('incident.dispatch')
  return (
    <aside className="peek" data-testid="peek" aria-label={row.title}>
      <div className="peek-head">
        <span className={`chip chip-${row.level}`}>{t(`shared:level.${row.level}`)} · {t(`shared:state.${row.state}`)}</span>
        {row.category_name && <span className="chip">{row.category_name}</span>}
        {row.simulated && <span className="chip">{t('shared:simulated')}</span>}
        <span className="meta number">{row.number}</span>
        <Button className="peek-close" type="text" size="small" onClick={close} aria-label={t('peek.close')}>
          ×
        </Button>
      </div>
      <h2>
        <Link to="/incidents/$id" params={{ id }}>
          {row.title}
        </Link>
      </h2>
      <p className="meta">
        {shortTime(row.occurred_at)} · {row.place}
        {row.address && ` · ${row.address}`}
      </p>
      <ClosedLoop passed={detail.steps_passed} now={detail.step_now} holder={row.holder} since={nearTime(row.changed_at, now)} />
      <DeadlineRing deadline={row.deadline} now={now} level={row.level} />
      {detail.text && detail.text !== row.title && <p className="peek-text">{detail.text}</p>}
      <Thumbs evidence={detail.evidence} />
      {showsProposal ? <PeekProposal id={id} category={row.category} /> : detail.why.length > 0 && <Why reasons={detail.why} topics={['routing', 'limit', 'level']} compact />}
      <PeekOrders orders={detail.orders} />
      {row.alert && (
        <Button danger onClick={acts.acknowledge} data-testid="peek-ack">
          {t('alerts.acknowledge')} <kbd>a</kbd>
        </Button>
      )}
      <MoveButtons actions={actions} start={desk.start} busy={desk.busy} shown={2} enter />
      {actions.length === 0 && <p className="meta">{t('peek.noMoves', { holder: row.holder })}</p>}
      <p className="peek-foot">
        <Link to="/incidents/$id" params={{ id }} data-testid="open-incident">
          {t('peek.open')} <kbd>o</kbd>
        </Link>
        <Button type="link" size="small" onClick={acts.pin}>
          {t(row.pinned ? 'peek.unpin' : 'peek.pin')} <kbd>p</kbd>
        </Button>
      </p>
      {desk.dialog}
    </aside>
  )
}
