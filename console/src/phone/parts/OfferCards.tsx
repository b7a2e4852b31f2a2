import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { readOffers } from '@/shared/api/incidents'
import type { Offer } from '@/shared/api/types'
import { shortTime } from '@/shared/time'

interface Props {
  about: { lon: number; lat: number; text: string; category?: string; address?: string }
  busy: boolean
  follow: (offer: Offer) => void
}

/** What neighbours have reported already, before another report of it is sent. Without a network there is none. */
export function OfferCards({ about, busy, follow }: Props) {
  const { t } = useTranslation('phone')
  const { data } = useQuery({
    queryKey: ['offers', about],
    queryFn: () => readOffers(about),
    staleTime: 60_000,
    retry: false, // a report can be sent without it
    placeholderData: (old) => old,
  })
  if (!data || data.length === 0) return null
  return (
    <section className="card offers" aria-live="polite" data-testid="offers">
      {data.map((offer) => (
        <article key={offer.ticket} data-testid="offer">
          <p className="big">{offer.mine ? t('offers.mine') : t('offers.title', { count: offer.reports })}</p>
          <p>{t('offers.about', { category: offer.category, within: offer.within_m, place: offer.place })}</p>
          <p className="meta">
            {t('offers.state', { state: offer.state_label, time: shortTime(offer.since) })}
            {offer.promised_at && ` · ${t('offers.promised', { time: shortTime(offer.promised_at) })}`}
          </p>
          <button type="button" className="button" disabled={busy} onClick={() => follow(offer)} data-testid="offer-follow">
            {t(offer.mine ? 'offers.again' : 'offers.follow')}
          </button>
        </article>
      ))}
      <p className="meta">
        {t('offers.hint')} {t('offers.other')}
      </p>
    </section>
  )
}
