import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { IncidentDetail } from '@/shared/api/types'
import { shortTime } from '@/shared/time'
import { Thumbs } from '../queue/Thumbs'
import { ReporterActs } from './ReporterActs'

/** Who told of it; names and numbers stay masked until asked for with a reason. */
export function ReportersCard({ detail }: { detail: IncidentDetail }) {
  const { t } = useTranslation('console')
  const unseen = detail.row.reports - detail.reports.filter((report) => !report.spam).length
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('reporters.title', { count: detail.row.reports })}</h2>
        <span className="meta" data-testid="channels">{t('duplicates.channels', { names: detail.channels.map((name) => t(`shared:channel.${name}`)).join('、') })}</span>
      </div>
      <ul className="reports">
        {detail.reports.map((report) => (
          <li key={report.id} data-testid="report">
            <p>
              <span className="chip">{t(`shared:channel.${report.channel}`)}</span> <b>{report.reporter}</b> <span className="meta">{report.phone}</span>{' '}
              {report.hidden && <span className="chip chip-yellow">{t('reporters.hidden')}</span>} {report.spam && <span className="chip chip-red">{t('reporters.spam')}</span>}
              <span className="meta"> {shortTime(report.at)}</span>{' '}
              {report.incident !== detail.row.id && (
                <Link to="/incidents/$id" params={{ id: report.incident }}>
                  {t('duplicates.mergedOf', { number: report.number })}
                </Link>
              )}
            </p>
            <p className="timeline-text">{report.text}</p>
            <Thumbs evidence={report.evidence} shown={4} />
            <ReporterActs incident={report.incident} report={report} />
          </li>
        ))}
      </ul>
      {unseen > 0 && <p className="meta">{t('duplicates.more', { count: unseen })}</p>}
    </section>
  )
}
