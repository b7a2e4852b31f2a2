import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { readHotTopics } from '@/shared/api/evaluation'
import type { Query } from '@/shared/api/http'
import { shortTime } from '@/shared/time'
import { ErrorNote } from '../app/ErrorNote'

/** What many told of at about the same place, each with its tellings. */
export function HotTopicList({ ask }: { ask: Query }) {
  const { t } = useTranslation('console')
  const topics = useQuery({ queryKey: ['hot-topics', ask], queryFn: ({ signal }) => readHotTopics(ask, signal), staleTime: 60_000 })
  if (topics.error) return <ErrorNote error={topics.error} retry={() => void topics.refetch()} />
  if (topics.isPending)
    return (
      <section className="card">
        <Skeleton active paragraph={{ rows: 8 }} />
      </section>
    )
  const found = topics.data
  return (
    <section className="card evaluation-topics">
      <h2>{t('evaluation.view.topics')}</h2>
      <p className="meta">
        {t('evaluation.topicsHow')} {found.sampled < found.total ? t('evaluation.sampled', { sampled: found.sampled, total: found.total }) : t('evaluation.compared', { total: found.total })}
      </p>
      {found.topics.length === 0 && (
        <div className="empty">
          <b>{t('evaluation.noTopics')}</b>
          <p>{t('evaluation.noTopicsText')}</p>
        </div>
      )}
      <ol className="evaluation-behind">
        {found.topics.map((topic) => (
          <li key={topic.incident} data-testid="hot-topic">
            <Link to="/incidents/$id" params={{ id: topic.incident }}>
              {topic.title}
            </Link>
            <span className="chip chip-brand">{t('evaluation.tellings', { count: topic.count })}</span>
            <span className={`chip ${topic.count > topic.before ? 'chip-orange' : ''}`}>{t('evaluation.tellingsBefore', { count: topic.before })}</span>
            <p className="meta">
              {topic.place} · {topic.category_name ?? t('evaluation.uncategorised')} · {shortTime(topic.first)} – {shortTime(topic.last)}
            </p>
            <details>
              <summary>{t('evaluation.showTellings')}</summary>
              <ul>
                {topic.tellings.map((telling) => (
                  <li key={telling.incident}>
                    <Link to="/incidents/$id" params={{ id: telling.incident }}>
                      {telling.number}
                    </Link>{' '}
                    {telling.title} <span className="meta">{shortTime(telling.at)}</span>
                  </li>
                ))}
              </ul>
            </details>
          </li>
        ))}
      </ol>
    </section>
  )
}
