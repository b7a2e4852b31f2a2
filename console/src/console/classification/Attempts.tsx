import { useTranslation } from 'react-i18next'
import type { ModelCard } from '@/shared/api/types'
import { fullTime } from '@/shared/time'

/** Every attempt with what came of it. */
export function Attempts({ models }: { models: ModelCard[] }) {
  const { t } = useTranslation('console')
  const result = (model: ModelCard) => {
    if (model.in_use) return t('classification.inUse')
    if (model.withdrawn_at) return t('classification.withdrawn')
    return model.refused ? t('classification.refused') : ''
  }
  return (
    <details>
      <summary>{t('classification.history')}</summary>
      <table className="classification-table">
        <thead>
          <tr>
            <th>{t('classification.at')}</th><th>{t('classification.count')}</th><th>{t('classification.macro')}</th><th>{t('classification.result')}</th>
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <tr key={model.id}>
              <td>
                {fullTime(model.trained_at)} <span className="meta">{t(model.by_hand ? 'classification.byHand' : 'classification.byJob')}</span>
              </td>
              <td>{model.figures.examples}</td>
              <td>{model.figures.macro_f1.toFixed(3)}</td>
              <td>{result(model)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
