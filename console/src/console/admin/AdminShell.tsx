import { Link, Navigate, Outlet, useLocation } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { MissingPage } from '../app/MissingPage'
import { useMay } from '../app/session'
import { pagesFor } from './pages'
import './admin.css'

/** Side navigation and the page beside it; `/admin` itself leads to the first page that this post may open. */
export function AdminShell() {
  const { t } = useTranslation('console')
  const pages = pagesFor(useMay())
  const { pathname } = useLocation()
  const first = pages[0]
  if (!first) return <MissingPage />
  if (/^\/admin\/?$/.test(pathname)) return <Navigate to={first.to} replace />
  return (
    <div className="admin">
      <nav className="admin-nav" aria-label={t('admin.label')}>
        {pages.map((page) => (
          <Link key={page.to} to={page.to} className="admin-nav-item" activeProps={{ className: 'admin-nav-item admin-nav-on', 'aria-current': 'page' }}>
            {t(`admin.nav.${page.name}`)}
          </Link>
        ))}
      </nav>
      <div className="admin-page">
        <Outlet />
      </div>
    </div>
  )
}
