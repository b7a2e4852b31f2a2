import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { endSubscription, listSubscriptions, rotateSubscription, sendTest, setSubscriptionState, subscribe } from '@/shared/api/exchange'
import type { Subscription } from '@/shared/api/types'
import { shortTime } from '@/shared/time'
import { ErrorNote } from '../app/ErrorNote'
import { Acts, SecretNote } from './Acts'
import { shortType } from './log'
import { SubscriptionForm } from './SubscriptionForm'

/** Webhooks that leave: who is told, whether it arrives, and the secret once. */
export function SubscriptionsCard() {
  const { t } = useTranslation('console')
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const [secret, setSecret] = useState<string | null>(null)
  const { data, error, refetch } = useQuery({ queryKey: ['subscriptions'], queryFn: listSubscriptions, refetchInterval: 10_000 })
  const again = () => {
    void client.invalidateQueries({ queryKey: ['deliveries'] })
    return client.invalidateQueries({ queryKey: ['subscriptions'] })
  }
  const make = useMutation({
    mutationFn: subscribe,
    onSuccess: (made) => {
      setSecret(made.secret)
      setOpen(false)
    },
    onSettled: again,
  })
  const act = useMutation({ mutationFn: (run: () => Promise<unknown>) => run(), onSettled: again })
  const rotate = useMutation({ mutationFn: rotateSubscription, onSuccess: (made) => setSecret(made.secret), onSettled: again })
  const failed = act.error ?? rotate.error
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('exchange.out.title')}</h2>
        <span className="meta">{t('exchange.out.hint')}</span>
        <Button type="primary" onClick={() => setOpen(true)} data-testid="new-subscription">
          {t('exchange.out.form')}
        </Button>
      </div>
      {error ? <ErrorNote error={error} retry={() => void refetch()} /> : !data && <Skeleton active title={false} />}
      {data?.length === 0 && <p className="meta">{t('exchange.out.none')}</p>}
      <ul className="exchange-list">
        {data?.map((row) => (
          <li key={row.id} data-testid="subscription">
            <Told row={row} />
            <span className="exchange-acts">
              <Button size="small" aria-label={`${t('exchange.out.test')} ${row.name}`} onClick={() => act.mutate(() => sendTest(row.id))} data-testid="send-test">
                {t('exchange.out.test')}
              </Button>
              <Acts
                state={row.state}
                name={row.name}
                busy={act.isPending || rotate.isPending}
                setState={(state) => act.mutate(() => setSubscriptionState(row.id, state))}
                rotate={() => rotate.mutate(row.id)}
                end={() => act.mutate(() => endSubscription(row.id))}
              />
            </span>
          </li>
        ))}
      </ul>
      <SecretNote secret={secret} />
      {failed && <ErrorNote error={failed} />}
      {open && <SubscriptionForm busy={make.isPending} error={make.error} make={make.mutate} close={() => setOpen(false)} />}
    </section>
  )
}

function Told({ row }: { row: Subscription }) {
  const { t } = useTranslation('console')
  const health = t('exchange.out.health', { pending: row.pending, dead: row.dead, failures: row.failures })
  return (
    <span className="exchange-told">
      <span>
        <b>{row.name}</b> <span className={`chip ${row.state === 'active' && row.failures === 0 ? '' : 'chip-warn'}`}>{t(row.state === 'active' ? 'exchange.active' : 'exchange.paused')}</span>{' '}
        {row.paused_why && <span className="meta">{t(`exchange.why.${row.paused_why}`)}</span>}
      </span>
      <span className="exchange-url">{row.url}</span>
      <span className="meta">
        {row.region_name} · {row.types.map((type) => t(`exchange.type.${shortType(type)}`)).join('、')} · {t('exchange.by', { name: row.created_by })}
      </span>
      <span className="meta">
        {health} · {row.last_ok ? t('exchange.out.lastOk', { time: shortTime(row.last_ok) }) : t('exchange.out.never')} ·{' '}
        <Link to="/exchange" search={{ subscription: row.id }} aria-label={`${t('exchange.out.log')} ${row.name}`}>
          {t('exchange.out.log')}
        </Link>
      </span>
    </span>
  )
}
