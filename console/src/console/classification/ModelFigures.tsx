import { useMutation } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { setAutomatic, withdrawModel } from '@/shared/api/classification'
import type { ModelCard, Standing } from '@/shared/api/types'
import { percent } from '@/shared/percent'
import { fullTime } from '@/shared/time'
import { Ask } from '../app/Ask'
import { ErrorNote } from '../app/ErrorNote'
import { ClassTable } from './ClassTable'

const STEPS = [0.8, 0.9, 0.95]

/** The model in use: its figures on texts it had not seen, and from which confidence it decides. */
export function ModelFigures({ model, changed }: { model: ModelCard; changed: (found: Standing) => void }) {
  const { t } = useTranslation('console')
  const allow = useMutation({ mutationFn: (value: number | null) => setAutomatic(model.id, value), onSuccess: changed })
  const withdraw = useMutation({ mutationFn: () => withdrawModel(model.id, t('classification.withdrawDefault')), onSuccess: changed })
  const { figures } = model
  return (
    <>
      <p className="meta">
        {t('classification.model', { name: model.digest.slice(0, 8) })} · {fullTime(model.trained_at)} {model.simulated && <span className="chip">{t('classification.simulated')}</span>}
      </p>
      <dl className="classification-figures">
        <div>
          <dt title={t('classification.macroWhy')}>{t('classification.macro')}</dt>
          <dd data-testid="macro-f1">
            {figures.macro_f1.toFixed(3)} <small>± {figures.spread.toFixed(3)}</small>
          </dd>
        </div>
        <div>
          <dt>{t('classification.accuracy')}</dt>
          <dd>{percent(figures.accuracy)}</dd>
        </div>
        <div>
          <dt>{t('classification.examples')}</dt>
          <dd>{figures.examples}</dd>
        </div>
        <div>
          <dt>{t('classification.calibration')}</dt>
          <dd>{t('classification.points', { value: (figures.calibration * 100).toFixed(1) })}</dd>
        </div>
      </dl>
      <p className="meta">{t('classification.macroWhy')}</p>
      {model.compared && (
        <p className="meta">{t('classification.compared', { count: model.compared.examples, old: model.compared.old_macro_f1.toFixed(3), fresh: model.compared.new_macro_f1.toFixed(3) })}</p>
      )}
      <div className="classification-automatic">
        <label>
          <span>{t('classification.automatic')}</span>
          <Select<number>
            value={model.automatic ?? 0}
            disabled={model.simulated}
            loading={allow.isPending}
            onChange={(value) => allow.mutate(value || null)}
            options={[{ value: 0, label: t('classification.never') }, ...STEPS.map((value) => ({ value, label: t('classification.from', { value: percent(value) }) }))]}
            data-testid="automatic"
          />
        </label>
        <Ask title={t('classification.withdrawAsk')} okText={t('classification.withdraw')} cancelText={t('moves.cancel')} onConfirm={() => withdraw.mutate()}>
          <Button danger loading={withdraw.isPending}>{t('classification.withdraw')}</Button>
        </Ask>
      </div>
      <p className="meta">{t(model.simulated ? 'classification.simulatedWhy' : 'classification.automaticHint')}</p>
      {(allow.error ?? withdraw.error) && <ErrorNote error={allow.error ?? withdraw.error} />}
      <table className="classification-table">
        <thead>
          <tr><th>{t('classification.trust')}</th><th>{t('classification.share')}</th><th>{t('classification.right')}</th></tr>
        </thead>
        <tbody>
          {figures.trust.map((row) => (
            <tr key={row.confidence}><td>≥ {percent(row.confidence)}</td><td>{percent(row.share)}</td><td>{percent(row.right)}</td></tr>
          ))}
        </tbody>
      </table>
      <ClassTable figures={figures} />
    </>
  )
}
