import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { AlarmPicture } from '@/shared/api/alarms'
import { valueText } from '@/shared/numbers'
import { shortTime } from '@/shared/time'

const NormalChart = lazy(() => import('./NormalChart').then((module) => ({ default: module.NormalChart })))

/** What was usual for this sensor, and the reading that was not; the same in words. */
export function NormalPicture({ picture, unit }: { picture: AlarmPicture; unit: string }) {
  const { t } = useTranslation('console')
  const words = { time: shortTime(picture.at), value: valueText(picture.value, null), expected: valueText(picture.expected, null), low: valueText(picture.low, null), high: valueText(picture.high, null), unit }
  return (
    <figure className="alarm-picture" data-testid="alarm-picture">
      <Suspense fallback={<div className="alarm-chart" />}><NormalChart picture={picture} unit={unit} /></Suspense>
      <figcaption className="meta">
        {t('alarms.picture.told', words)} {picture.points.length === 0 && t('alarms.picture.none')}
      </figcaption>
    </figure>
  )
}
