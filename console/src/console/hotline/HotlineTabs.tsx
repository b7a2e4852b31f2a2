import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useMay } from '../app/session'

/** Taking calls and making them, for whoever may do both. */
export function HotlineTabs() {
  const { t } = useTranslation('console')
  const may = useMay()
  if (!may('reporter.contact')) return null
  const on = { className: 'chip chip-button chip-brand' }
  return (
    <nav className="filter-chips" aria-label={t('callbacks.title')}>
      <Link to="/hotline" className="chip chip-button" activeOptions={{ exact: true }} activeProps={on}>
        {t('callbacks.take')}
      </Link>
      <Link to="/hotline/callbacks" className="chip chip-button" activeProps={on} data-testid="to-callbacks">
        {t('callbacks.title')}
      </Link>
    </nav>
  )
}
