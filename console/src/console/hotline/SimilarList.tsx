import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { similarIncidents } from '@/shared/api/incidents'
import { nearTime } from '@/shared/time'
import { useMinute } from '../app/clock'
import type { Call } from './call'

/** What others reported around this place: the caller can be told that it is known. */
export function SimilarList({ call }: { call: Call }) {
  const { t } = useTranslation('console')
  const now = useMinute()
  const { lon, lat, category } = call
  const set = lon !== null && lat !== null
  const { data } = useQuery({
    queryKey: ['similar', lon, lat, category],
    queryFn: () => similarIncidents({ lon: lon ?? 0, lat: lat ?? 0, category }),
    enabled: set,
  })
  return (
    <div className="card similar">
      <div className="card-head">
        <h2>{t('hotline.similar')}</h2>
        <span className="meta">{t('hotline.similarHint')}</span>
      </div>
      {!set && <p className="meta">{t('hotline.similarWait')}</p>}
      {set && data?.length === 0 && <p className="meta">{t('hotline.similarNone')}</p>}
      <ul className="nearby">
        {(data ?? []).slice(0, 6).map((row) => (
          <li key={row.id}>
            <span className={`chip chip-${row.level}`}>{t(`shared:level.${row.level}`)}</span>{' '}
            <Link to="/incidents/$id" params={{ id: row.id }}>
              {row.title}
            </Link>{' '}
            <span className="meta">
              {t(`shared:state.${row.state}`)} · {nearTime(row.reported_at, now)} · {row.number}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
