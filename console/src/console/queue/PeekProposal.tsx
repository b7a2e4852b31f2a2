import { useQuery } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { readProposal } from '@/shared/api/incidents'
import { isProblem } from '@/shared/api/problem'
import type { OrderRole } from '@/shared/api/types'

const ROLES: readonly OrderRole[] = ['lead', 'assist', 'assigned']

/** To whom the rules would dispatch it, and why. */
export function PeekProposal({ id, category }: { id: number; category: string | null }) {
  const { t } = useTranslation('console')
  const { data, error } = useQuery({ queryKey: ['proposal', id, category], queryFn: () => readProposal(id) })
  if (error) return <p className="peek-proposal">{isProblem(error) && error.detail ? error.detail : t('shared:error.http')}</p>
  if (!data) return <Skeleton active title={false} paragraph={{ rows: 3 }} />
  return (
    <div className="peek-proposal" data-testid="proposal">
      <p>
        <b>{t('peek.proposed')}</b>{' '}
        {ROLES.flatMap((role) => {
          const units = data.units.filter((one) => one.role === role)
          return units.length > 0 ? [`${t(`shared:role.${role}`)} ${units.map((one) => one.unit.name).join('、')}`] : []
        }).join('；')}
      </p>
      <p>
        {t('peek.basis')} {data.why}
      </p>
      {data.rejected[0] && (
        <p className="meta">
          {t('dispatch.rejected')} {data.rejected[0].unit.name}：{data.rejected[0].why}
        </p>
      )}
    </div>
  )
}
