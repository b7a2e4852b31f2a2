import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Select, Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { listDeliveries, listSubscriptions } from '@/shared/api/exchange'
import type { Delivery } from '@/shared/api/types'
import { shortTime } from '@/shared/time'
import { ErrorNote } from '../app/ErrorNote'
import { DeliveryDialog } from './DeliveryDialog'
import { shortType, STATES, type LogFilter } from './log'

/** What was sent, waits or was given up; its filters are in the URL. */
export function DeliveriesCard() {
  const { t } = useTranslation('console')
  const navigate = useNavigate()
  const { at, ...filter }: LogFilter = useSearch({ strict: false })
  const subscriptions = useQuery({ queryKey: ['subscriptions'], queryFn: listSubscriptions })
  const { data, error, refetch } = useQuery({ queryKey: ['deliveries', filter], queryFn: () => listDeliveries({ ...filter }), refetchInterval: 5_000 })
  const go = (next: LogFilter) => void navigate({ to: '/exchange', search: next })
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('exchange.log.title')}</h2>
        <span className="meta">{t('exchange.log.hint')}</span>
        <Select
          value={filter.subscription ?? 0}
          aria-label={t('exchange.log.subscription')}
          options={[{ value: 0, label: t('exchange.log.all') }, ...(subscriptions.data ?? []).map((row) => ({ value: row.id, label: row.name }))]}
          onChange={(id) => go({ state: filter.state, subscription: id || undefined })}
          className="exchange-filter"
        />
        <Select
          value={filter.state ?? ''}
          aria-label={t('exchange.log.state')}
          options={[{ value: '', label: t('exchange.log.anyState') }, ...STATES.map((value) => ({ value, label: t(`exchange.log.states.${value}`) }))]}
          onChange={(state) => go({ subscription: filter.subscription, state: state === '' ? undefined : (state as LogFilter['state']) })}
          className="exchange-filter"
        />
      </div>
      {error ? <ErrorNote error={error} retry={() => void refetch()} /> : !data && <Skeleton active title={false} />}
      {data?.items.length === 0 && <p className="meta">{t('exchange.log.none')}</p>}
      <ul className="exchange-log">
        {data?.items.map((row) => (
          <li key={row.id} data-testid="delivery">
            <Line row={row} filter={filter} />
          </li>
        ))}
      </ul>
      {data?.next && (
        <Link to="/exchange" search={{ ...filter, before: data.next }}>
          {t('exchange.log.more')}
        </Link>
      )}
      {at !== undefined && <DeliveryDialog id={at} close={() => go(filter)} />}
    </section>
  )
}

function Line({ row, filter }: { row: Delivery; filter: LogFilter }) {
  const { t } = useTranslation('console')
  return (
    <Link to="/exchange" search={{ ...filter, at: row.id }} className="exchange-line">
      <span className={`chip ${row.state === 'dead' ? 'chip-warn' : ''}`}>{t(`exchange.log.states.${row.state}`)}</span>
      <span>{row.number ?? t('exchange.type.test')}</span>
      <span>{t(`exchange.type.${shortType(row.type)}`)}</span>
      <span className="meta">{row.subscription_name}</span>
      <span className="meta">{row.last_status ? t('exchange.log.status', { status: row.last_status }) : row.last_error}</span>
      <span className="meta">{shortTime(row.at)}</span>
    </Link>
  )
}
