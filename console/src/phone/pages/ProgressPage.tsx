import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { myReports } from '@/shared/api/incidents'
import type { Tracking } from '@/shared/api/types'
import { shortTime } from '@/shared/time'
import { go } from '../app/route'
import { ownerOf, useSession } from '../app/session'
import { useDrafts } from '../app/useDrafts'
import { discard, flush, retry } from '../drafts/queue'
import type { Shown } from '../drafts/store'
import { Receipt } from '../parts/Receipt'
import { TrackView } from '../parts/TrackView'

/** Everything this person sent or wants to send, each with its receipt. */
export function ProgressPage() {
  const { t } = useTranslation('phone')
  const { me } = useSession()
  const drafts = useDrafts(ownerOf(me)).filter((draft) => draft.kind === 'report')
  const mine = useQuery({ queryKey: ['mine'], queryFn: myReports, enabled: me !== null, refetchInterval: 15_000 })
  const local = new Set(drafts.map((draft) => draft.secret?.number))
  const others = (mine.data ?? []).filter((item) => !local.has(item.number))
  if (drafts.length === 0 && others.length === 0) return <p className="calm">{t('progress.empty')}</p>
  return (
    <div className="stack">
      {drafts.map((draft) => <DraftCard key={draft.id} draft={draft} />)}
      {others.map((item) => (
        <MineCard key={item.number} item={item} />
      ))}
    </div>
  )
}

/** One's own report from another phone: its link stays there, its progress does not. */
function MineCard({ item }: { item: Tracking }) {
  const { t } = useTranslation('phone')
  const [open, setOpen] = useState(false)
  return (
    <article className="stack" data-testid="mine">
      <div className="card">
        <h2>{item.title}</h2>
        <p className="meta">{item.place} · {item.number}</p>
        <p><span className="chip">{item.state_label}</span></p>
        <button className="button quiet" aria-expanded={open} onClick={() => setOpen(!open)}>{t('report.see')}</button>
      </div>
      {open && <TrackView data={item} />}
    </article>
  )
}

function DraftCard({ draft }: { draft: Shown }) {
  const { t } = useTranslation('phone')
  const tracking = draft.secret?.tracking
  const again = async () => {
    await retry(draft.id)
    await flush(draft.owner, undefined, true)
  }
  return (
    <article className="card" data-testid="draft">
      <h2>{draft.secret?.label ?? t('net.sealed')}</h2>
      <p className="meta">{[draft.secret?.number, shortTime(draft.created)].filter(Boolean).join(' · ')}</p>
      <Receipt draft={draft} />
      <div className="row">
        {tracking && <button className="button" data-testid="open-tracking" onClick={() => go(`track/${tracking}`)}>{t('report.see')}</button>}
        {draft.stage === 'failed' && <button className="button" onClick={() => void again()}>{t('progress.retry')}</button>}
        {(draft.stage === 'failed' || draft.stage === 'saved') && (
          <button className="button quiet" onClick={() => confirm(t('progress.confirmDiscard')) && void discard(draft.id)}>{t('progress.discard')}</button>
        )}
      </div>
    </article>
  )
}
