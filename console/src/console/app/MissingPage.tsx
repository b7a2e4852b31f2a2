import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

export function MissingPage() {
  const { t } = useTranslation('console')
  return (
    <main className="lone-page">
      <h1>{t('missing.title')}</h1>
      <p>{t('missing.text')}</p>
      <Link to="/">{t('missing.home')}</Link>
    </main>
  )
}
