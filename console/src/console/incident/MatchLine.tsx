import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Match } from '@/shared/api/types'
import { nearTime } from '@/shared/time'
import { useMinute } from '../app/clock'

interface Props {
  match: Match
  /** it is shown on the map as well */
  on?: boolean
  point?: (id: number | null) => void
  children?: ReactNode
}

/** One incident that may be the same matter, and why. */
export function MatchLine({ match, on = false, point, children }: Props) {
  const { t } = useTranslation('console')
  const now = useMinute()
  const { row } = match
  const share = t('duplicates.share', { share: Math.round(match.share * 100) })
  return (
    <li className={on ? 'match match-on' : 'match'} data-testid="match" data-number={row.number} onMouseEnter={() => point?.(row.id)} onMouseLeave={() => point?.(null)} onFocus={() => point?.(row.id)} onBlur={() => point?.(null)}>
      <span className={`chip chip-${match.likely ? 'orange' : 'neutral'}`} title={share}>{t(match.likely ? 'duplicates.likely' : 'duplicates.maybe')}</span>{' '}
      <Link to="/incidents/$id" params={{ id: row.id }}>
        {row.title}
      </Link>{' '}
      <span className="meta">
        {t(`shared:state.${row.state}`)} · {t('queue.reports', { count: row.reports })} · {nearTime(row.reported_at, now)} · {row.number}
      </span>
      <p className="match-why">
        {match.reasons.map((why) => (
          <span key={why.feature} className={why.speaks_for ? 'match-for' : 'match-against'}>
            {why.text}
          </span>
        ))}
      </p>
      {children}
    </li>
  )
}
