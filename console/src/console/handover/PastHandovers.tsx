import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Handover } from '@/shared/api/types'
import { shortTime } from '@/shared/time'
import { AttentionRow } from './AttentionRow'
import { Lines } from './Lines'

/** Handovers that were signed; never edited. */
export function PastHandovers({ rows }: { rows: Handover[] | undefined }) {
  const { t } = useTranslation('console')
  return (
    <section className="card no-print">
      <div className="card-head">
        <h2>{t('handover.past')}</h2>
      </div>
      {!rows && <Skeleton active title={false} />}
      {rows?.length === 0 && <p className="meta">{t('handover.pastNone')}</p>}
      <ul className="past">
        {rows?.map((row) => (
          <li key={row.id} data-testid="handover">
            <details>
              <summary>
                <b>{shortTime(row.until)}</b> {t('handover.by', { name: row.by })} <span className="meta">{row.notes.slice(0, 40)}</span>
              </summary>
              <Lines lines={row.lines} />
              <p className="timeline-text">{row.notes}</p>
              <ul className="attention">
                {row.attention.map((brief) => (
                  <li key={brief.id}>
                    <AttentionRow brief={brief} />
                  </li>
                ))}
              </ul>
            </details>
          </li>
        ))}
      </ul>
    </section>
  )
}
