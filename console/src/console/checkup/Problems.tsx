import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Checkup, CheckupSign } from '@/shared/api/checkup'
import { fullTime } from '@/shared/time'
import { bandOf, points, share, valueOf } from './figures'
import { alarmsPath, signPath } from './links'

const CHIPS = ['', 'chip-blue', 'chip-yellow', 'chip-orange', 'chip-red']

/** The signs that cost most, with their alarms and incidents. */
export function Problems({ found }: { found: Checkup }) {
  const { t } = useTranslation('console')
  const { problems } = found.findings
  return (
    <section className="card" data-testid="checkup-problems">
      <div className="card-head">
        <h2>{t('checkup.problems')}</h2>
      </div>
      {problems.length === 0 && <p className="meta">{t('checkup.noProblems')}</p>}
      <ul className="checkup-signs">
        {problems.map((sign) => (
          <SignRow key={sign.code} found={found} sign={sign} />
        ))}
      </ul>
    </section>
  )
}

/** One sign in the period: value, score, level, alarms, incidents, who answers for it and how fresh it is. */
export function SignRow({ found, sign }: { found: Checkup; sign: CheckupSign }) {
  const { t } = useTranslation('console')
  const incidents = found.incidents.filter((one) => sign.incidents.includes(one.id))
  return (
    <li className="checkup-sign" data-testid="checkup-sign" data-code={sign.code}>
      <span className={`checkup-sign-score checkup-${bandOf(sign.coverage > 0 ? sign.score : null)}`}>{sign.coverage > 0 ? points(sign.score) : '—'}</span>
      <div>
        <p>
          <a href={signPath(sign.code, found.line.region)}>{sign.name}</a> {sign.level > 0 && <span className={`chip ${CHIPS[sign.level] ?? ''}`}>{t(`checkup.level.${sign.level}`)}</span>}
        </p>
        <p>
          <b>{valueOf(sign, sign.value)}</b> <span className="meta">{t('checkup.was', { value: valueOf(sign, sign.before) })}</span>
          {sign.alarms > 0 && (
            <>
              {' '}
              · <a href={alarmsPath(found, sign.code)}>{`${t('checkup.alarms')} ${t('checkup.ring', { count: sign.alarms })}`}</a>
              {sign.alarms_open > 0 && <span className="chip chip-red">{t('checkup.stillOpen', { count: sign.alarms_open })}</span>}
            </>
          )}
        </p>
        {incidents.map((one) => (
          <p key={one.id} className="checkup-incident">
            <Link to="/incidents/$id" params={{ id: one.id }}>
              {one.number} {one.title}
            </Link>
          </p>
        ))}
        <p className="meta">
          {sign.owner} · {sign.code} · {t('checkup.coverage')} {share(sign.coverage)} · {sign.fresh ? t('checkup.fresh', { at: fullTime(sign.fresh).slice(0, 16) }) : t('checkup.noFresh')}
        </p>
      </div>
      <span className="checkup-lost" title={t('checkup.lost')}>
        −{sign.lost.toFixed(2)}
      </span>
    </li>
  )
}
