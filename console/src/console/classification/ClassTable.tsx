import { useTranslation } from 'react-i18next'
import type { ModelCard } from '@/shared/api/types'
import { percent } from '@/shared/percent'

/** How each category did, and what is taken for what. */
export function ClassTable({ figures }: { figures: ModelCard['figures'] }) {
  const { t } = useTranslation('console')
  return (
    <details>
      <summary>{t('classification.classes')}</summary>
      <table className="classification-table">
        <thead>
          <tr>
            <th>{t('classification.name')}</th><th>{t('classification.count')}</th><th>{t('classification.precision')}</th><th>{t('classification.recall')}</th>
          </tr>
        </thead>
        <tbody>
          {figures.classes.map((row) => (
            <tr key={row.code}>
              <td>{row.name}</td><td>{row.examples}</td><td>{percent(row.precision)}</td><td>{percent(row.recall)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h3>{t('classification.confusion')}</h3>
      {figures.confusion.length === 0 && <p className="meta">{t('classification.noConfusion')}</p>}
      <ul>
        {figures.confusion.slice(0, 12).map((row) => (
          <li key={`${row.actual}-${row.predicted}`}>
            {t('classification.mistaken', { actual: row.actual, predicted: row.predicted })} <span className="meta">{t('classification.times', { count: row.count })}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}
