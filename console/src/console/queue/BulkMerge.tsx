import { useQueries } from '@tanstack/react-query'
import { Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { mergePreview } from '@/shared/api/incidents'
import type { IncidentRow } from '@/shared/api/types'
import { Dialog } from '../app/Dialog'

interface Props {
  rows: IncidentRow[]
  busy: boolean
  merge: (master: IncidentRow, others: IncidentRow[]) => void
  close: () => void
}

/** The one that was told most often stays, then the oldest. */
export const masterOf = (rows: readonly IncidentRow[]): IncidentRow | undefined =>
  [...rows].sort((a, b) => b.reports - a.reports || a.reported_at.localeCompare(b.reported_at) || a.id - b.id)[0]

/** Which of the marked rows stays, and what becomes of each of the others. */
export function BulkMerge({ rows, busy, merge, close }: Props) {
  const { t } = useTranslation('console')
  const [into, setInto] = useState(masterOf(rows)?.id)
  const others = rows.filter((row) => row.id !== into)
  const previews = useQueries({
    queries: others.map((row) => ({ queryKey: ['merge-preview', row.id, into], queryFn: () => mergePreview(row.id, into ?? 0), staleTime: 0 })),
  })
  const ready = previews.every((one) => one.data) && previews.some((one) => one.data && !one.data.problem)
  const master = rows.find((row) => row.id === into)
  return (
    <Dialog open title={t('duplicates.bulkTitle', { count: rows.length })} okText={t('duplicates.bulkDo')} cancelText={t('moves.cancel')} onCancel={close} okButtonProps={{ disabled: !ready, loading: busy }} onOk={() => master && merge(master, others)}>
      <div data-testid="bulk-merge">
        <h3>{t('duplicates.bulkMaster')}</h3>
        <Radio.Group className="bulk-merge" value={into} onChange={(event) => setInto(event.target.value as number)}>
          {rows.map((row) => (
            <Radio key={row.id} value={row.id}>
              {row.number} {row.title} <span className="meta">{t('queue.reports', { count: row.reports })}</span>
            </Radio>
          ))}
        </Radio.Group>
        <ul className="merge-preview">
          {others.map((row, index) => (
            <li key={row.id}>{t('duplicates.bulkEach', { number: row.number, text: previews[index]?.error?.message ?? previews[index]?.data?.problem ?? (previews[index]?.data ? t('duplicates.bulkOk') : '…') })}</li>
          ))}
        </ul>
        <p className="meta">{t('duplicates.undo')}</p>
      </div>
    </Dialog>
  )
}
