import { useQuery } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { readSecurity } from '@/shared/api/admin'
import { fullTime } from '@/shared/time'
import { ErrorNote } from '../app/ErrorNote'

/** What happened lately to one's own account, administrators' acts among it. */
export function SecurityCard() {
  const { t, i18n } = useTranslation('console')
  const { data, error, refetch } = useQuery({ queryKey: ['security'], queryFn: readSecurity })
  const words = (action: string) => {
    const key = `factor.event.${action.replace('.', '_')}`
    return i18n.exists(`console:${key}`) ? t(key) : t('factor.event.other')
  }
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('factor.security')}</h2>
      </div>
      {error ? <ErrorNote error={error} retry={() => void refetch()} /> : !data && <Skeleton active title={false} />}
      <ul className="settings-list">
        {data?.map((row) => (
          <li key={row.id}>
            <span>{words(row.action)}</span>
            <span className="meta">
              {fullTime(row.at)} {typeof row.detail.address === 'string' ? row.detail.address : ''}
            </span>
            <span className="meta">{row.actor_kind === 'person' ? row.actor_name : ''}</span>
          </li>
        ))}
      </ul>
      {data?.length === 0 && <p className="meta">{t('factor.securityNone')}</p>}
    </section>
  )
}
