import { useTranslation } from 'react-i18next'
import type { Checkup } from '@/shared/api/checkup'
import { fullTime, shortTime } from '@/shared/time'
import { Domains } from './Domains'
import { share } from './figures'
import { Overall } from './Overall'
import { Problems } from './Problems'
import { Proposals } from './Proposals'
import { SectionRadar } from './SectionRadar'
import { Areas, Handling, Peers } from './Tables'
import { TrendChart } from './TrendChart'

/** The report itself, on screen and on paper. */
export function Report({ found, open }: { found: Checkup; open: (domain: string) => void }) {
  const { t } = useTranslation('console')
  const { line, findings } = found
  return (
    <article className="checkup-report" data-testid="checkup-report">
      <header className="checkup-title">
        <h2>
          {line.region_name} <span className="checkup-print-only">{t('checkup.title')}</span>
        </h2>
        <p className="meta">
          {line.first} – {line.last}
          {found.label !== line.region_name && <> · {found.label}</>}
          <span className="checkup-print-only"> · {t('checkup.printed', { id: line.id, at: fullTime(line.computed_at).slice(0, 16) })}</span>
        </p>
        {line.until < line.ends && <span className="chip chip-yellow">{t('checkup.running', { until: shortTime(line.until) })}</span>}
        {findings.simulated && <span className="chip chip-orange">{t('checkup.simulated')}</span>}
      </header>
      <div className="checkup-top">
        <Overall found={found} />
        <TrendChart parts={findings.parts} />
        <SectionRadar domains={findings.domains} />
      </div>
      <div className="checkup-columns">
        <div className="checkup-column">
          <Problems found={found} />
          <Proposals found={found} />
        </div>
        <div className="checkup-column">
          <Domains found={found} open={open} />
          <Handling found={found} />
          <Areas found={found} />
          <Peers found={found} />
        </div>
      </div>
      <footer className="card checkup-method">
        <h2>{t('checkup.method')}</h2>
        <p>{t('checkup.methodText', { method: line.method })}</p>
        <p className="meta" data-testid="checkup-coverage">
          {t('checkup.methodSigns', { signs: findings.signs, without: findings.without_source, sampled: findings.sampled, recorded: share(findings.recorded) })}
        </p>
      </footer>
    </article>
  )
}
