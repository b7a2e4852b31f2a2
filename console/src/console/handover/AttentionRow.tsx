import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { HandoverBrief } from '@/shared/api/types'

/** An incident that the next shift has to know about. */
export function AttentionRow({ brief }: { brief: HandoverBrief }) {
  const { t } = useTranslation('console')
  return (
    <span>
      <span className={`chip chip-${brief.level}`}>{t(`shared:level.${brief.level}`)}</span>{' '}
      <Link to="/incidents/$id" params={{ id: brief.id }}>
        {brief.title}
      </Link>{' '}
      <span className="meta">
        {t(`shared:state.${brief.state}`)}
        {brief.lamp === 'red' && ` · ${t('queue.overdue')}`}
        {brief.pinned && ` · ${t('queue.pinned')}`} · {brief.number}
      </span>
    </span>
  )
}
