import { useTranslation } from 'react-i18next'
import type { Checkup } from '@/shared/api/checkup'
import { bandOf, change, GRADE_CHIP, points, share, signed } from './figures'
import { alarmsPath } from './links'

/** The whole in one number, and what it rests on. */
export function Overall({ found }: { found: Checkup }) {
  const { t } = useTranslation('console')
  const { overall, alarms } = found.findings
  const moved = change(overall)
  const [blue = 0, yellow = 0, orange = 0, red = 0] = alarms
  return (
    <section className="card checkup-overall">
      <h2>{t('checkup.overall')}</h2>
      <p className={`checkup-score checkup-${bandOf(overall.score)}`} data-testid="checkup-score">
        {overall.score === null ? t('checkup.noData') : points(overall.score)}
        <small>{t('checkup.outOf')}</small>
        {overall.grade ? <span className={`chip ${GRADE_CHIP[overall.grade] ?? ''}`}>{found.grades[overall.grade]}</span> : <span className="chip">{t('checkup.noGrade')}</span>}
      </p>
      <dl className="checkup-facts">
        <Fact name={t('checkup.before')} text={moved === null ? '—' : signed(moved)} tone={moved === null ? '' : moved < 0 ? 'checkup-worse' : 'checkup-better'} />
        <Fact name={t('checkup.rank')} text={overall.rank === null ? t('checkup.noPeers') : t('checkup.rankOf', { rank: overall.rank, of: overall.of })} more={overall.median === null ? '' : t('checkup.median', { median: points(overall.median) })} />
        <Fact name={t('checkup.coverage')} text={share(overall.coverage)} />
        <Fact name={t('checkup.known')} text={points(overall.known)} />
        <div>
          <dt>{t('checkup.alarms')}</dt>
          <dd>
            <a href={alarmsPath(found)}>{t('checkup.alarmsOf', { blue, yellow, orange, red })}</a>
          </dd>
        </div>
      </dl>
    </section>
  )
}

function Fact({ name, text, more = '', tone = '' }: { name: string; text: string; more?: string; tone?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={tone}>
        {text} {more && <span className="meta">{more}</span>}
      </dd>
    </div>
  )
}
