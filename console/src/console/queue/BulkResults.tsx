import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { MoveResult } from '@/shared/api/types'

/** What became of each row. */
export function BulkResults({ results, close }: { results: MoveResult[]; close: () => void }) {
  const { t } = useTranslation('console')
  const failed = results.filter((result) => !result.ok)
  return (
    <div className="bulk-bar" role="status" data-testid="bulk-results">
      <p>
        <b>{t('bulk.done', { ok: results.length - failed.length, failed: failed.length })}</b>
      </p>
      <ul className="bulk-results">
        {[...failed, ...results.filter((result) => result.ok)].map((result) => (
          <li key={result.id}>
            <span className={`chip chip-${result.ok ? 'done' : 'red'}`}>{t(result.ok ? 'bulk.ok' : 'bulk.failed')}</span> {result.number} {result.message}
          </li>
        ))}
      </ul>
      <Button size="small" onClick={close}>
        {t('bulk.dismiss')}
      </Button>
    </div>
  )
}
