import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { readRules } from '@/shared/api/rules'
import { fullTime } from '@/shared/time'
import { ErrorNote } from '../../app/ErrorNote'

/** Every scenario in use: which version, since when, who is changing it, what waits. */
export function RulesPage() {
  const { t, i18n } = useTranslation('console')
  const { data, error, refetch } = useQuery({ queryKey: ['rules', 'list'], queryFn: readRules })
  return (
    <section className="card rules-card">
      <div className="card-head">
        <h1>{t('rules.overview')}</h1>
        <span className="meta">{t('rules.list.intro')}</span>
      </div>
      {error ? <ErrorNote error={error} retry={() => void refetch()} /> : !data && <Skeleton active title={false} />}
      {data?.length === 0 && (
        <div className="empty">
          <b>{t('rules.list.empty')}</b>
          {t('rules.list.emptyText')}
        </div>
      )}
      <ul className="rules-list">
        {data?.map((one) => (
          <li key={one.scenario}>
            <Link to="/admin/rules/$scenario" params={{ scenario: one.scenario }} search={{}} className="rules-name" data-testid={`rules-open-${one.scenario}`}>
              {i18n.language === 'en' ? one.name_en : one.name_zh}
            </Link>
            <span className="meta">
              {t('rules.list.version', { version: one.version })} · {t('rules.list.since', { time: fullTime(one.since).slice(0, 16), by: one.by })}
            </span>
            <span className="rules-chips">
              {one.draft_by && <span className="chip chip-yellow">{t('rules.list.draft', { who: one.draft_by })}</span>}
              {one.waiting > 0 && <span className="chip chip-brand">{t('rules.list.waiting', { count: one.waiting })}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
