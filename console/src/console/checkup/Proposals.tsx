import { useTranslation } from 'react-i18next'
import type { Checkup } from '@/shared/api/checkup'
import { proposalPath } from './links'

/** What the published rules make of the findings. */
export function Proposals({ found }: { found: Checkup }) {
  const { t } = useTranslation('console')
  const { proposals } = found.findings
  return (
    <section className="card" data-testid="checkup-proposals">
      <div className="card-head">
        <h2>{t('checkup.proposals')}</h2>
        <span className="chip">{t('checkup.byRule')}</span>
      </div>
      {proposals.length === 0 && <p className="meta">{t('checkup.noProposals')}</p>}
      <ol className="checkup-proposals">
        {proposals.map((one) => (
          <li key={`${one.rule}-${one.code}`}>
            <a href={proposalPath(found, one)}>{one.text}</a> <span className="meta">{t('checkup.rule', { rule: one.rule })}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}
