import { useTranslation } from 'react-i18next'
import type { SignScope } from '@/shared/api/vitals'
import { nearTime } from '@/shared/time'
import { useMinute } from '../app/clock'
import { RegionSelect } from '../moves/RegionSelect'

interface Props {
  scope: SignScope | undefined
  choose: (region: number | undefined) => void
}

/** Whose numbers these are, one step up, another region; and whether somebody computes. */
export function ScopeBar({ scope, choose }: Props) {
  const { t } = useTranslation('console')
  return (
    <div className="sign-scope" data-testid="sign-scope">
      {scope?.above && (
        <button type="button" className="chip chip-button" onClick={() => choose(scope.above ?? undefined)}>
          ↑ {t('vitals.up')}
        </button>
      )}
      <div className="sign-region">
        <RegionSelect value={scope?.region.id} onChange={choose} below={scope?.region.level === 'grid' ? undefined : scope?.region.id} />
      </div>
      {scope && <span className="meta">{scope.label}</span>}
      {scope && <StillNote scope={scope} />}
    </div>
  )
}

function StillNote({ scope }: { scope: SignScope }) {
  const { t } = useTranslation('console')
  const now = useMinute()
  if (scope.live) return null
  return (
    <span className="chip chip-yellow" role="status">
      {scope.beat ? t('vitals.still', { time: nearTime(scope.beat, now) }) : t('vitals.never')}
    </span>
  )
}
