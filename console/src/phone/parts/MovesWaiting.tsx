import { useTranslation } from 'react-i18next'
import { useDrafts } from '../app/useDrafts'
import { discard } from '../drafts/queue'
import { Receipt } from './Receipt'

/** Moves that were made and have not reached the server, or that it refused. */
export function MovesWaiting({ owner }: { owner: string }) {
  const { t } = useTranslation('phone')
  const waiting = useDrafts(owner).filter((draft) => draft.kind === 'moves' && draft.stage !== 'dispatched')
  return (
    <>
      {waiting.map((draft) => (
        <article key={draft.id} className="card" data-testid="move-draft">
          <h2>{draft.secret?.label ?? t('net.sealed')}</h2>
          <Receipt draft={draft} />
          {draft.stage === 'failed' && <button className="button quiet" onClick={() => void discard(draft.id)}>{t('progress.discard')}</button>}
        </article>
      ))}
    </>
  )
}
