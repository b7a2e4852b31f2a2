import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { readClassification, trainClassification } from '@/shared/api/classification'
import { ErrorNote } from '../app/ErrorNote'
import { Attempts } from './Attempts'
import './classification.css'
import { ModelFigures } from './ModelFigures'

const KEY = ['classification']

/** What the city has learned about categories: how good it is, what it may decide, what it learns next. */
export function ClassificationCard() {
  const { t } = useTranslation('console')
  const client = useQueryClient()
  const train = useMutation({ mutationFn: trainClassification, onSuccess: (found) => client.setQueryData(KEY, found) })
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: readClassification, refetchInterval: train.isSuccess ? 5_000 : false })
  const using = data?.models.find((model) => model.in_use)
  return (
    <section className="card classification" data-testid="classification">
      <div className="card-head">
        <h2>{t('classification.title')}</h2>
        <span className="meta">{t('classification.hint')}</span>
      </div>
      {error ? <ErrorNote error={error} retry={() => void refetch()} /> : !data && <Skeleton active title={false} />}
      {data && (
        <>
          {using ? <ModelFigures model={using} changed={(found) => client.setQueryData(KEY, found)} /> : <p>{t('classification.none')}</p>}
          <p className="classification-learn">
            <Button onClick={() => train.mutate()} loading={train.isPending} data-testid="train">
              {t('classification.train')}
            </Button>
            <span className="meta">{t('classification.waiting', { confirmed: data.confirmed, fresh: data.new, needed: data.needed })}</span>
          </p>
          {train.isSuccess && <p role="status">{t('classification.training')}</p>}
          {train.error && <ErrorNote error={train.error} />}
          {data.models.length > 0 && <Attempts models={data.models} />}
        </>
      )}
    </section>
  )
}
