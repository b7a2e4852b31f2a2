import { useTranslation } from 'react-i18next'
import type { SignBrief, SignTryOut } from '@/shared/api/vitals'
import { shortTime } from '@/shared/time'
import { valueText } from '@/shared/numbers'
import { durationOf, levelKey, LEVELS } from './format'

const SHOWN = 8

/** How often it would have rung, and when. */
export function TriedNote({ sign, tried }: { sign: SignBrief; tried: SignTryOut }) {
  const { t } = useTranslation('console')
  if (tried.points < 2) return <p className="empty">{t('vitals.thresholds.unknown')}</p>
  const [value, unit] = durationOf(tried.step_s)
  return (
    <div className="sign-tried" role="status" data-testid="tried">
      <b>{t('vitals.thresholds.tried', { count: tried.rings })}</b>
      <p>
        {[4, 3, 2, 1].map((level) =>
          tried.by_level[level] ? (
            <span key={level} className={`chip chip-${LEVELS[level] ?? 'blue'}`}>
              {t(`vitals.level.${levelKey(level)}`)} {tried.by_level[level]}
            </span>
          ) : null,
        )}{' '}
        {t('vitals.thresholds.now', { count: tried.now })}
      </p>
      <ol>
        {tried.listed.slice(0, SHOWN).map((ring) => (
          <li key={ring.began} className="meta">
            {shortTime(ring.began)} – {ring.ended ? shortTime(ring.ended) : t('vitals.thresholds.lasting')} · {t('vitals.thresholds.peak', { level: t(`vitals.level.${levelKey(ring.peak)}`), value: valueText(ring.top, sign.decimals) })}
          </li>
        ))}
      </ol>
      <p className="meta">{t('vitals.thresholds.points', { points: tried.points, step: t(`vitals.${unit}`, { value }) })}</p>
    </div>
  )
}
