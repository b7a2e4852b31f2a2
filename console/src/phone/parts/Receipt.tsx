import { useTranslation } from 'react-i18next'
import type { Shown, Stage } from '../drafts/store'

const REPORT: Stage[] = ['saved', 'uploaded', 'accepted', 'dispatched']
const MOVES: Stage[] = ['saved', 'dispatched']

/** 已保存 → 已上传 → 已受理 → 已分拨, for one item. */
export function Receipt({ draft }: { draft: Shown }) {
  const { t } = useTranslation('phone')
  const stages = draft.kind === 'report' ? REPORT : MOVES
  const names = draft.kind === 'report' ? 'stage' : 'moveStage'
  const reached = draft.stage === 'failed' ? 0 : stages.indexOf(draft.stage)
  return (
    <div data-testid="receipt" data-stage={draft.stage} className="receipt">
      {draft.stage === 'failed' && <p className="failed">{t('stage.failed')}</p>}
      {draft.stage !== 'failed' && (
        <ol>
          {stages.map((stage, place) => (
            <li key={stage} className={place <= reached ? 'done' : ''} aria-current={place === reached ? 'step' : undefined}>
              {t(`${names}.${stage}`)}
            </li>
          ))}
        </ol>
      )}
      {draft.secret?.error && <p className="error" role="alert">{draft.secret.error}</p>}
    </div>
  )
}
