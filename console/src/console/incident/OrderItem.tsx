import { useTranslation } from 'react-i18next'
import type { WorkOrder } from '@/shared/api/types'
import { shortTime } from '@/shared/time'
import { DeadlineRing } from '@/shared/ui/DeadlineRing'
import { useMinute } from '../app/clock'
import { MoveButtons } from '../moves/MoveButtons'
import { single } from '../moves/moves'
import type { MoveDesk } from '../moves/useMoveDesk'

const TONES: Partial<Record<WorkOrder['state'], string>> = { done: 'chip-done', returned: 'chip-orange', handling: 'chip-brand' }

/** What handlers do most stands first. */
const FIRST = ['report_back', 'assign_person', 'return', 'progress']
const rank = (key: string) => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length)

export function OrderItem({ order, desk }: { order: WorkOrder; desk: MoveDesk }) {
  const { t } = useTranslation('console')
  const now = useMinute()
  const actions = order.allowed.map((allowed) => ({ ...single(allowed), order: order.id })).sort((a, b) => rank(a.key) - rank(b.key))
  const fine = order.measures.fine_yuan
  const tone = order.deadline?.lamp === 'red' ? 'chip-red' : (TONES[order.state] ?? '')
  return (
    <li data-testid="order" data-unit={order.unit.name}>
      <p>
        <span className="chip">{t(`shared:role.${order.role}`)}</span> <b>{order.unit.name}</b> <span className="meta">{order.person ?? ''}</span>
      </p>
      <p className="order-state">
        <span className={`chip ${tone}`}>{t(`shared:orderState.${order.state}`)}</span>
        <DeadlineRing deadline={order.deadline} now={now} />
        {order.returns > 0 && <span className="chip chip-orange">{t('queue.returns', { count: order.returns })}</span>}
      </p>
      <p className="meta">
        {order.number} · {t('orders.issued', { time: shortTime(order.issued_at) })}
        {order.acknowledged_at && ` · ${t('orders.acknowledged', { time: shortTime(order.acknowledged_at) })}`}
        {order.done_at && ` · ${t('orders.done', { time: shortTime(order.done_at) })}`}
      </p>
      {order.outcome && (
        <p className="order-outcome">
          {order.outcome}
          {typeof fine === 'number' && ` · ${t('orders.fine', { yuan: fine })}`}
        </p>
      )}
      <div className="no-print">
        <MoveButtons actions={actions} start={desk.start} busy={desk.busy} shown={2} />
      </div>
    </li>
  )
}
