import { Link, Outlet } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import './rules.css'

const PAGES = [
  { to: '/admin/rules', name: 'overview', exact: true },
  { to: '/admin/rules/try-out', name: 'tryOut', exact: true },
  { to: '/admin/rules/calendar', name: 'calendar', exact: true },
] as const

/** The pages about rules, with their own little navigation. */
export function RulesLayout() {
  const { t } = useTranslation('console')
  return (
    <div className="rules">
      <nav className="rules-nav" aria-label={t('rules.label')}>
        {PAGES.map((page) => (
          <Link key={page.to} to={page.to} activeOptions={{ exact: page.exact, includeSearch: false }} className="rules-tab" activeProps={{ className: 'rules-tab rules-tab-active', 'aria-current': 'page' }} data-testid={`rules-${page.name}`}>
            {t(`rules.${page.name}`)}
          </Link>
        ))}
      </nav>
      <Outlet />
    </div>
  )
}
