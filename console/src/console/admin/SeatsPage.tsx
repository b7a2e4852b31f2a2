import { useTranslation } from 'react-i18next'
import { SeatList } from './SeatList'

export function SeatsPage() {
  const { t } = useTranslation('console')
  return (
    <>
      <header className="admin-head">
        <h1>{t('admin.nav.sessions')}</h1>
      </header>
      <p className="meta">{t('admin.seat.hint')}</p>
      <section className="card">
        <SeatList />
      </section>
    </>
  )
}
