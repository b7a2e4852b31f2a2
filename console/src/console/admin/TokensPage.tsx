import { useTranslation } from 'react-i18next'
import { TokensCard } from '../settings/TokensCard'
import '../settings/settings.css'

export function TokensPage() {
  const { t } = useTranslation('console')
  return (
    <>
      <header className="admin-head">
        <h1>{t('admin.nav.tokens')}</h1>
      </header>
      <TokensCard />
    </>
  )
}
