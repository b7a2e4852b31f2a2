import { useTranslation } from 'react-i18next'
import type { Checkup, CheckupDomain } from '@/shared/api/checkup'
import { bandOf, change, points, share, signed, weakestFirst } from './figures'

/** Every domain as a bar with the median of its peers, the weakest first. */
export function Domains({ found, open }: { found: Checkup; open: (domain: string) => void }) {
  const { t } = useTranslation('console')
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('checkup.domains')}</h2>
      </div>
      <p className="meta">{t('checkup.domainsNote')}</p>
      <ul className="checkup-domains">
        {weakestFirst(found.findings.domains).map((one) => (
          <Row key={one.code} one={one} open={open} />
        ))}
      </ul>
    </section>
  )
}

function Row({ one, open }: { one: CheckupDomain; open: (domain: string) => void }) {
  const { t } = useTranslation('console')
  const { score } = one
  const moved = change(score)
  return (
    <li>
      <button type="button" className="checkup-domain" onClick={() => open(one.code)} data-testid="checkup-domain" data-code={one.code}>
        <span className="checkup-domain-name">{one.name}</span>
        <span className={`checkup-bar checkup-${bandOf(score.score)}`}>
          {score.score !== null && <i style={{ width: `${score.score}%` }} />}
          {score.median !== null && <b style={{ insetInlineStart: `${score.median}%` }} />}
        </span>
        <span className="checkup-domain-score">{score.score === null ? t('checkup.noData') : points(score.score)}</span>
        <span className={`checkup-domain-moved meta ${moved === null || moved === 0 ? '' : moved < 0 ? 'checkup-worse' : 'checkup-better'}`}>{moved === null ? '' : signed(moved)}</span>
        <span className="checkup-domain-cover meta">{share(score.coverage)}</span>
      </button>
    </li>
  )
}
