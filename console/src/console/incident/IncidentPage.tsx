import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { readIncident } from '@/shared/api/incidents'
import { Why } from '@/shared/ui/Why'
import { ErrorNote } from '../app/ErrorNote'
import { useMay } from '../app/session'
import { actionsOf } from '../moves/moves'
import { incidentKey, useIncidentNews, useMoveDesk } from '../moves/useMoveDesk'
import { EvidenceCard } from './EvidenceCard'
import { IncidentHead } from './IncidentHead'
import { NearbyCard } from './NearbyCard'
import { OrdersCard } from './OrdersCard'
import { ReportersCard } from './ReportersCard'
import { Timeline } from './Timeline'
import './incident.css'

export function IncidentPage() {
  const { t } = useTranslation('console')
  const { id } = useParams({ from: '/shell/incidents/$id' })
  const may = useMay()
  const { data: detail, error, refetch } = useQuery({ queryKey: incidentKey(id), queryFn: () => readIncident(id) })
  useIncidentNews(id)
  const desk = useMoveDesk(detail)
  if (error)
    return (
      <div className="incident-page">
        <ErrorNote error={error} retry={() => void refetch()} />
      </div>
    )
  if (!detail)
    return (
      <div className="incident-page" aria-busy="true">
        <div className="incident-main">
          <section className="card"><Skeleton active title={false} /></section>
          <section className="card"><Skeleton active title={false} paragraph={{ rows: 8 }} /></section>
        </div>
        <div className="incident-aside">
          <section className="card"><Skeleton active title={false} /></section>
        </div>
      </div>
    )
  const actions = actionsOf(detail, may, t('moves.forward'))
  return (
    <div className="incident-page" data-testid="incident-page">
      <div className="incident-main">
        <IncidentHead detail={detail} actions={actions} desk={desk} />
        <Timeline steps={detail.history} orders={detail.orders} />
        <EvidenceCard detail={detail} />
        <ReportersCard detail={detail} />
      </div>
      <div className="incident-aside">
        <OrdersCard detail={detail} desk={desk} actions={actions} />
        <section className="card">
          <div className="card-head">
            <h2>{t('shared:why.title')}</h2>
          </div>
          <Why reasons={detail.why} />
          <p className="meta rulebook">{t('incident.rulebook', { versions: Object.entries(detail.rulebook).map(([name, version]) => `${name} ${version}`).join('、') })}</p>
        </section>
        <NearbyCard detail={detail} actions={actions} desk={desk} />
      </div>
      {desk.dialog}
    </div>
  )
}
