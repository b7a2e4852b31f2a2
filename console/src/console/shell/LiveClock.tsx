import { useTranslation } from 'react-i18next'
import { clockTime, longDay } from '@/shared/time'
import { useNow } from '../app/clock'

export function LiveClock() {
  const { t, i18n } = useTranslation('console')
  const now = useNow()
  return (
    <time className="live-clock" dateTime={new Date(now).toISOString()} title={t('shell.clockHint')}>
      {longDay(now, i18n.language)} {clockTime(now)}
    </time>
  )
}
