import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { ring } from '../live/alarm'
import { useAlerts } from './useAlerts'

/** Rings and flashes the title while something urgent is unacknowledged. */
export function AlertWatch() {
  const { t } = useTranslation('console')
  const { total } = useAlerts()
  const alarmed = total > 0
  useEffect(() => {
    ring(alarmed)
    return () => ring(false)
  }, [alarmed])
  useEffect(() => {
    document.title = alarmed ? t('shell.titleAlert', { count: total }) : t('shell.title')
  }, [alarmed, total, t])
  return (
    <div className="visually-hidden" aria-live="assertive">
      {alarmed ? t('alerts.spoken', { count: total }) : ''}
    </div>
  )
}
