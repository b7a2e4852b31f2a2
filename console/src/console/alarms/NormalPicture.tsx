import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { AlarmPicture } from '@/shared/api/alarms'
import { shortTime } from '@/shared/time'
import { shown } from './AlarmRow'

const NormalChart = lazy(() => import('./NormalChart').then((module) => ({ default: module.NormalChart })))

/** What was usual for this sensor, and the reading that was not; the same in words. */
export function NormalPicture({ picture, unit }: { picture: AlarmPicture; unit: string }) {
  const { t } = useTranslation('console')
  const words = { time: shortTime(picture.at), value: shown(picture.value), expected: shown(picture.expected), low: shown(picture.low), high: shown(picture.high), unit }
  return (
    <figure className="alarm-picture" data-testid="alarm-picture">
      <Suspense fallback={<div className="alarm-chart" />}><NormalChart picture={picture} unit={unit} /></Suspense>
      <figcaption className="meta">
        {t('alarms.picture.told', words)} {picture.close && t('alarms.picture.close')} {picture.points.length === 0 && t('alarms.picture.none')}
      </figcaption>
    </figure>
  )
}
