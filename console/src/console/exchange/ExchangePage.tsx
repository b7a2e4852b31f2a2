import { useTranslation } from 'react-i18next'
import { DeliveriesCard } from './DeliveriesCard'
import './exchange.css'
import { PublishedCard } from './PublishedCard'
import { SourcesCard } from './SourcesCard'
import { SubscriptionsCard } from './SubscriptionsCard'

/** What goes between this installation and other systems, and how it fares. */
export function ExchangePage() {
  const { t } = useTranslation('console')
  return (
    <div className="exchange" data-testid="exchange">
      <h1 className="visually-hidden">{t('exchange.title')}</h1>
      <SubscriptionsCard />
      <DeliveriesCard />
      <SourcesCard />
      <PublishedCard />
    </div>
  )
}
