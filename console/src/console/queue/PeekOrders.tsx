import { useTranslation } from 'react-i18next'
import type { WorkOrder } from '@/shared/api/types'

/** Who works on it, one line per work order. */
export function PeekOrders({ orders }: { orders: WorkOrder[] }) {
  const { t } = useTranslation('console')
  if (orders.length === 0) return null
  return (
    <ul className="peek-orders">
      {orders.map((order) => (
        <li key={order.id}>
          <span className="chip">{t(`shared:role.${order.role}`)}</span> {order.unit.name}
          {order.person && ` ${order.person}`} <span className="meta">{t(`shared:orderState.${order.state}`)}</span>
        </li>
      ))}
    </ul>
  )
}
