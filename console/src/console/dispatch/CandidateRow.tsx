import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Candidate, OrderRole } from '@/shared/api/types'
import { distanceWords } from '../app/words'

interface Props {
  role: OrderRole
  candidate: Candidate
  rejected?: boolean
  drop?: () => void
  use?: () => void
}

/** A unit with what speaks for it: load, distance, people on duty, reason. */
export function CandidateRow({ role, candidate, rejected = false, drop, use }: Props) {
  const { t } = useTranslation('console')
  const facts = [
    candidate.load >= 0 && t('dispatch.load', { count: candidate.load }),
    candidate.distance_m !== null && distanceWords(candidate.distance_m, t),
    candidate.on_duty >= 0 && t('dispatch.onDuty', { count: candidate.on_duty }),
  ].filter(Boolean)
  return (
    <li className={`candidate${rejected ? ' candidate-rejected' : ''}`}>
      <span className={`chip${rejected ? '' : ' chip-brand'}`}>{rejected ? t('dispatch.rejected') : t(`shared:role.${role}`)}</span>
      <div>
        <p className="candidate-name">
          {candidate.unit.name} <span className="meta">{facts.join(' · ')}</span>
        </p>
        {candidate.why && <p className="meta">{candidate.why}</p>}
      </div>
      {drop && (
        <Button size="small" type="text" onClick={drop} aria-label={t('dispatch.drop', { unit: candidate.unit.name })}>
          ×
        </Button>
      )}
      {use && (
        <Button size="small" onClick={use}>
          {t('dispatch.use')}
        </Button>
      )}
    </li>
  )
}
