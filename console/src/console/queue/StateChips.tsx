import { useTranslation } from 'react-i18next'
import type { IncidentRow } from '@/shared/api/types'
import { stateTone } from '@/shared/levels'
import { shortTime } from '@/shared/time'

/** State, channel and what else is remarkable, as words. */
export function StateChips({ row, gone = false }: { row: IncidentRow; gone?: boolean }) {
  const { t } = useTranslation('console')
  const tone = row.lamp === 'red' ? 'red' : stateTone(row.state)
  return (
    <p className="state-chips">
      <span className={`chip chip-${tone}`}>
        {t(`shared:state.${row.state}`)}
        {row.lamp === 'red' && ` · ${t('queue.overdue')}`}
      </span>
      <span className="chip">{t(`shared:channel.${row.channel}`)}</span>
      {row.returns > 0 && <span className="chip chip-orange">{t('queue.returns', { count: row.returns })}</span>}
      {row.supervision && (
        <span className={`chip chip-${row.supervision.state === 'late' ? 'red' : 'orange'}`} data-testid="supervision-chip">
          {t(`supervision.chip.${row.supervision.state}`, { time: row.supervision.due ? shortTime(row.supervision.due) : '' })}
        </span>
      )}
      {row.alert && <span className="chip chip-red">{t('queue.unacknowledged')}</span>}
      {row.simulated && <span className="chip">{t('shared:simulated')}</span>}
      {gone && <span className="chip chip-brand">{t('queue.gone')}</span>}
    </p>
  )
}
