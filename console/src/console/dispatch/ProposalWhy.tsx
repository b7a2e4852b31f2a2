import { useTranslation } from 'react-i18next'
import type { Proposal } from '@/shared/api/types'
import { DeadlineRing } from '@/shared/ui/DeadlineRing'
import { useMinute } from '../app/clock'

/** The rule behind a proposal: sentence, file and line, time limit, and how the rules were gone through. */
export function ProposalWhy({ proposal }: { proposal: Proposal }) {
  const { t } = useTranslation('console')
  const now = useMinute()
  return (
    <div className="why">
      <p>
        <b>{t('dispatch.basis')}</b> {proposal.why}
      </p>
      <p className="why-detail">
        {t('dispatch.rule', { rule: proposal.rule })}
        {proposal.source && ` · ${proposal.source}`}
      </p>
      {proposal.limit && (
        <p className="why-detail">
          {t('shared:topic.limit')} <DeadlineRing deadline={proposal.limit} now={now} size={14} />
        </p>
      )}
      {proposal.trace.length > 0 && (
        <details className="why-detail">
          <summary>{t('dispatch.trace', { count: proposal.trace.length })}</summary>
          <ol>
            {proposal.trace.map((line, index) => (
              <li key={index}>{line}</li>
            ))}
          </ol>
        </details>
      )}
    </div>
  )
}
