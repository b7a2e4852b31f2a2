import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { pagesFor } from '../admin/pages'
import { useMay } from '../app/session'

/** Only pages that exist and that this post may open. */
const PAGES = [
  { to: '/incidents', name: 'incidents', permission: 'incident.read' },
  { to: '/alarms', name: 'alarms', permission: 'sign.read' },
  { to: '/risk', name: 'risk', permission: 'sign.read' },
  { to: '/supervision', name: 'supervision', permission: 'incident.supervise' },
  { to: '/hotline', name: 'hotline', permission: 'incident.report' },
  { to: '/handover', name: 'handover', permission: 'handover.write' },
  { to: '/evaluation', name: 'evaluation', permission: 'evaluation.read' },
  { to: '/things', name: 'things', permission: 'thing.read' },
  { to: '/vitals', name: 'vitals', permission: 'sign.read' },
  { to: '/checkup', name: 'checkup', permission: 'sign.read' },
  { to: '/wall', name: 'wall', permission: 'incident.read' },
  { to: '/exchange', name: 'exchange', permission: 'exchange.manage' },
  { to: '/admin', name: 'admin', permission: null },
  { to: '/settings', name: 'settings', permission: null },
] as const

export function Rail() {
  const { t } = useTranslation('console')
  const may = useMay()
  return (
    <nav className="rail" aria-label={t('rail.label')}>
      {PAGES.filter((page) => (page.name === 'admin' ? pagesFor(may).length > 0 : page.permission === null || may(page.permission))).map((page) => (
        <Link key={page.to} to={page.to} className="rail-item" activeProps={{ className: 'rail-item rail-active' }}>
          <span className="rail-mark" aria-hidden="true">
            {t(`rail.mark.${page.name}`)}
          </span>
          {t(`rail.${page.name}`)}
        </Link>
      ))}
    </nav>
  )
}
