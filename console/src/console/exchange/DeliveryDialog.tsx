import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { readDelivery, sendAgain } from '@/shared/api/exchange'
import type { DeliveryLog } from '@/shared/api/types'
import { fullTime } from '@/shared/time'
import { Dialog } from '../app/Dialog'
import { ErrorNote } from '../app/ErrorNote'

type Attempt = DeliveryLog['attempts'][number]

/** One delivery with every attempt, and the way to send it once more. */
export function DeliveryDialog({ id, close }: { id: number; close: () => void }) {
  const { t } = useTranslation('console')
  const client = useQueryClient()
  const { data, error, refetch } = useQuery({ queryKey: ['delivery', id], queryFn: () => readDelivery(id), refetchInterval: 2_000 })
  const again = useMutation({
    mutationFn: () => sendAgain(id),
    onSettled: () => Promise.all(['delivery', 'deliveries', 'subscriptions'].map((name) => client.invalidateQueries({ queryKey: [name] }))),
  })
  const waits = data?.delivery.state === 'pending'
  const foot = [
    <Button key="close" onClick={close}>
      {t('exchange.close')}
    </Button>,
    <Button key="again" type="primary" disabled={!data || waits} loading={again.isPending} onClick={() => again.mutate()} data-testid="send-again">
      {t('exchange.log.again')}
    </Button>,
  ]
  return (
    <Dialog open title={t('exchange.log.detail')} onCancel={close} footer={foot}>
      {error ? <ErrorNote error={error} retry={() => void refetch()} /> : !data && <Skeleton active title={false} />}
      {data && (
        <>
          <p>
            <b>{data.delivery.number ?? t('exchange.type.test')}</b> {t(`exchange.log.states.${data.delivery.state}`)}
            {data.delivery.next_at && <span className="meta"> · {t('exchange.log.waits', { time: fullTime(data.delivery.next_at) })}</span>}
          </p>
          <p className="meta">
            {t('exchange.log.event')} <code>{data.delivery.event}</code>
          </p>
          {data.attempts.length === 0 && <p className="meta">{t('exchange.log.noAttempt')}</p>}
          <ol className="exchange-attempts">
            {data.attempts.map((attempt) => (
              <Tried key={attempt.n} attempt={attempt} />
            ))}
          </ol>
        </>
      )}
      {again.error && <ErrorNote error={again.error} />}
    </Dialog>
  )
}

function Tried({ attempt }: { attempt: Attempt }) {
  const { t } = useTranslation('console')
  const came = attempt.status ? t('exchange.log.status', { status: attempt.status }) : (attempt.error ?? t('exchange.log.noResult'))
  return (
    <li>
      {t('exchange.log.attempts', { n: attempt.n })} · {came}
      <span className="meta">
        {' '}
        {fullTime(attempt.at)}
        {attempt.duration_ms !== null && ` · ${t('exchange.log.took', { ms: attempt.duration_ms })}`}
      </span>
      {attempt.answer && <pre className="exchange-answer">{attempt.answer}</pre>}
    </li>
  )
}
