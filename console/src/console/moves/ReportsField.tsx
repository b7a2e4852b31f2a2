import { Checkbox } from 'antd'
import { useTranslation } from 'react-i18next'
import type { IncidentDetail } from '@/shared/api/types'
import { shortTime } from '@/shared/time'

interface Props {
  detail: IncidentDetail
  id?: string
  value?: number[]
  onChange?: (value: number[]) => void
}

/** Which of its own reports are about something else; those of merged incidents come apart by undoing the merge. */
export function ReportsField({ detail, id, value, onChange }: Props) {
  const { t } = useTranslation('console')
  const own = detail.reports.filter((report) => report.incident === detail.row.id)
  return (
    <div id={id}>
      <Checkbox.Group value={value} onChange={onChange} className="reports-field">
        {own.map((report) => (
          <Checkbox key={report.id} value={report.id} data-testid="split-report">
            <span className="chip">{t(`shared:channel.${report.channel}`)}</span> {report.text} <span className="meta">{shortTime(report.at)}</span>
          </Checkbox>
        ))}
      </Checkbox.Group>
      <p className="meta">{t('duplicates.splitHint')}</p>
    </div>
  )
}
