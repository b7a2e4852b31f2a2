import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dropFactor, readFactor, renewRecovery } from '@/shared/api/admin'
import { fullTime } from '@/shared/time'
import { useProven } from '../admin/useProven'
import { Ask } from '../app/Ask'
import { ErrorNote } from '../app/ErrorNote'
import { EnrolFactor, RecoveryCodes } from './EnrolFactor'

/** One's own second factor: set up, new recovery codes, switch off. */
export function FactorCard() {
  const { t } = useTranslation('console')
  const client = useQueryClient()
  const guard = useProven()
  const { data, error, refetch } = useQuery({ queryKey: ['factor'], queryFn: readFactor })
  const [enrolling, setEnrolling] = useState(false)
  const again = () => void client.invalidateQueries({ queryKey: ['factor'] })
  const renew = useMutation({ mutationFn: () => guard(renewRecovery), onSettled: again })
  const drop = useMutation({ mutationFn: () => guard(dropFactor), onSettled: again })
  const finish = () => {
    setEnrolling(false)
    again()
  }
  return (
    <section className="card" data-testid="factor-card">
      <div className="card-head">
        <h2>{t('factor.title')}</h2>
        {data && <span className={data.enrolled ? 'chip chip-done' : 'chip'}>{data.since ? t('factor.since', { time: fullTime(data.since).slice(0, 10) }) : t('factor.off')}</span>}
        <span className="meta">{t('factor.hint')}</span>
      </div>
      {error ? <ErrorNote error={error} retry={() => void refetch()} /> : !data && <Skeleton active title={false} />}
      {data && !data.enrolled && !enrolling && (
        <Button onClick={() => setEnrolling(true)} data-testid="factor-begin">
          {t('factor.begin')}
        </Button>
      )}
      {enrolling && <EnrolFactor done={finish} />}
      {data?.enrolled && !enrolling && (
        <div className="actions">
          <span className="meta">{t('factor.left', { count: data.recovery_left })}</span>
          <Button loading={renew.isPending} onClick={() => renew.mutate()}>
            {t('factor.renew')}
          </Button>
          {!data.required && (
            <Ask title={t('factor.dropAsk')} okText={t('factor.drop')} cancelText={t('moves.cancel')} onConfirm={() => drop.mutate()}>
              <Button danger>{t('factor.drop')}</Button>
            </Ask>
          )}
        </div>
      )}
      {renew.data && <RecoveryCodes codes={renew.data.codes} done={renew.reset} />}
      {(renew.error ?? drop.error) && <ErrorNote error={renew.error ?? drop.error} />}
    </section>
  )
}
