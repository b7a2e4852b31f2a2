import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Checkup } from '@/shared/api/checkup'
import { points, share, signed } from './figures'
import { areaPath, figurePath } from './links'

/** The evaluation's indicators as the report counts them, each with the incidents behind it. */
export function Handling({ found }: { found: Checkup }) {
  const { t } = useTranslation('console')
  const { handling, handling_missed } = found.findings
  return (
    <section className="card checkup-scroll">
      <div className="card-head">
        <h2>{t('checkup.handling')}</h2>
        {handling_missed > 0 && <a href={figurePath(found, 'handled_on_time')}>{t('checkup.missedCount', { count: handling_missed })}</a>}
      </div>
      {handling.length === 0 && <p className="meta">{t('checkup.noHandling')}</p>}
      {handling.length > 0 && (
        <table className="checkup-table">
          <thead>
            <tr>
              {['figure', 'counted', 'rate', 'then', 'score'].map((name) => (
                <th key={name} scope="col">
                  {t(`checkup.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {handling.map((one) => (
              <tr key={one.key}>
                <th scope="row">
                  <a href={figurePath(found, one.key)}>{one.name}</a>
                </th>
                <td>
                  {one.numerator} / {one.denominator}
                </td>
                <td>{share(one.rate)}</td>
                <td>{share(one.before)}</td>
                <td title={one.score === null ? t('checkup.few') : undefined}>{points(one.score)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {found.missed.length > 0 && (
        <>
          <h3>{t('checkup.missed')}</h3>
          <ul className="checkup-incidents">
            {found.missed.map((one) => (
              <li key={one.id}>
                <Link to="/incidents/$id" params={{ id: one.id }}>
                  {one.number} {one.title}
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

/** The areas below, the weakest first. */
export function Areas({ found }: { found: Checkup }) {
  const { t } = useTranslation('console')
  const { areas } = found.findings
  if (areas.length === 0) return null
  return (
    <section className="card checkup-scroll">
      <div className="card-head">
        <h2>{t('checkup.areas')}</h2>
        <span className="meta">{t('checkup.areasNote')}</span>
      </div>
      <table className="checkup-table">
        <thead>
          <tr>
            {['area', 'score', 'then', 'pull', 'weakest'].map((name) => (
              <th key={name} scope="col">
                {t(`checkup.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {areas.map((one) => (
            <tr key={one.region} data-testid="checkup-area">
              <th scope="row">
                <a href={areaPath(found, one.region)}>{one.name}</a>
              </th>
              <td>{one.score === null ? t('checkup.noData') : points(one.score)}</td>
              <td>{points(one.before)}</td>
              <td className={one.pull !== null && one.pull > 0 ? 'checkup-worse' : undefined}>{one.pull === null ? '—' : signed(-one.pull)}</td>
              <td>{one.weakest || '—'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** The regions of the same centre that the reader may read. */
export function Peers({ found }: { found: Checkup }) {
  const { t } = useTranslation('console')
  const others = found.peers.filter((one) => one.region !== found.line.region)
  if (others.length === 0) return null
  return (
    <section className="card checkup-scroll">
      <div className="card-head">
        <h2>{t('checkup.peers')}</h2>
        <span className="meta">{t('checkup.peersNote')}</span>
      </div>
      <table className="checkup-table">
        <tbody>
          {found.peers.map((one) => (
            <tr key={one.region} className={one.region === found.line.region ? 'checkup-own' : undefined}>
              <th scope="row">
                <a href={areaPath(found, one.region)}>{one.name}</a>
              </th>
              <td>{one.score === null ? t('checkup.noData') : points(one.score)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
