import { useTranslation } from 'react-i18next'
import type { SignBrief, SignRank, SignReading } from '@/shared/api/vitals'
import { nearTime } from '@/shared/time'
import { valueText } from '@/shared/numbers'
import { useMinute } from '../app/clock'
import { levelKey, levelOf } from './format'

/** The number with its unit; grey once it is no longer current. */
export function Value({ sign, reading }: { sign: SignBrief; reading: SignReading }) {
  return (
    <span className={`sign-value sign-${reading.state}`}>
      <b>{valueText(reading.value, sign.decimals)}</b>
      {reading.value !== null && <span className="sign-unit">{sign.unit}</span>}
    </span>
  )
}

/** The level in words and colour; nothing where there is neither a level nor a threshold to have one. */
export function LevelChip({ reading, always = false }: { reading: SignReading; always?: boolean }) {
  const { t } = useTranslation('console')
  const level = levelOf(reading)
  if (reading.value !== null && reading.level === null) return <span className="chip">{t('vitals.unknownLevel')}</span>
  if (!level) return always && reading.value !== null ? <span className="chip">{t('vitals.level.none')}</span> : null
  const tone = reading.state === 'fresh' ? ` chip-${level}` : ''
  return <span className={`chip${tone}`}>{t('vitals.levelAt', { level: t(`vitals.level.${levelKey(reading.level)}`) })}</span>
}

/** Live, as of when, or no data at all. */
export function FreshnessNote({ reading }: { reading: SignReading }) {
  const { t } = useTranslation('console')
  const now = useMinute()
  if (reading.state === 'fresh') return <span className="sign-fresh">{t('vitals.fresh')}</span>
  if (reading.state === 'none') return <span className="meta">{t('vitals.noValue')}</span>
  return <span className="meta">{reading.at ? t('vitals.stale', { time: nearTime(reading.at, now) }) : t('vitals.staleNever')}</span>
}

export function Rank({ sign, rank }: { sign: SignBrief; rank: SignRank | null }) {
  const { t } = useTranslation('console')
  if (!rank) return null
  return <span className="meta">{t(sign.bad ? 'vitals.rank' : 'vitals.rankHigh', { place: rank.place, of: rank.of })}</span>
}
