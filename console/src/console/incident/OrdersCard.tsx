import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { IncidentDetail } from '@/shared/api/types'
import type { Action } from '../moves/moves'
import type { MoveDesk } from '../moves/useMoveDesk'
import { OrderItem } from './OrderItem'

/** Who works on it: one lead, any number assisting, each with its own clock and moves. */
export function OrdersCard({ detail, desk, actions }: { detail: IncidentDetail; desk: MoveDesk; actions: Action[] }) {
  const { t } = useTranslation('console')
  const add = actions.find((action) => action.key === 'add_order')
  const order = { lead: 0, assist: 1, assigned: 2 }
  const rows = [...detail.orders].sort((a, b) => order[a.role] - order[b.role] || a.id - b.id)
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('orders.title', { count: rows.length })}</h2>
        <span className="grow" />
        {add && (
          <Button type="link" size="small" className="no-print" onClick={() => desk.start(add)}>
            + {t('orders.add')}
          </Button>
        )}
      </div>
      <ul className="orders">
        {rows.map((one) => (
          <OrderItem key={one.id} order={one} desk={desk} />
        ))}
      </ul>
      {rows.length === 0 && <p className="meta">{t('orders.empty')}</p>}
    </section>
  )
}
