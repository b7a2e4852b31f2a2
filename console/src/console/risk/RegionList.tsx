import { useTranslation } from 'react-i18next'
import type { RiskRegion, RiskRegions } from '@/shared/api/risk'
import { levelKey, toneOf } from './tint'

interface Props {
  found: RiskRegions
  at: number | undefined
  stand: (region: number | undefined) => void
  open: (region: number) => void
}

const MOST = 300

/** The regions below, the worst first; going in is going down. */
export function RegionList({ found, at, stand, open }: Props) {
  const { t } = useTranslation('console')
  const calm = found.regions.filter((one) => one.level === 0).length
  return (
    <>
      <p className="meta risk-rest">{t('risk.regionsHow', { count: found.regions.length, level: t(`risk.region.${found.level}`), calm })}</p>
      <ol className="risk-items" aria-label={t('risk.tab.regions')}>
        {found.regions.slice(0, MOST).map((one) => (
          <li key={one.region.id}>
            <button
              type="button" className={`risk-item risk-bar-${toneOf(one.level)}${at === one.region.id ? ' risk-hover' : ''}`} data-testid="risk-region" data-region={one.region.id} data-level={one.level}
              onClick={() => open(one.region.id)} onMouseEnter={() => stand(one.region.id)} onMouseLeave={() => stand(undefined)} onFocus={() => stand(one.region.id)} onBlur={() => stand(undefined)}
            >
              <span className="risk-what">
                <b>{one.region.name}</b>
                <span className="meta"><Counted risk={one} /></span>
              </span>
              <span className="risk-marks">
                <span className={`chip chip-${toneOf(one.level)}`}>{t(`risk.level.${levelKey(one.level)}`)}</span>
                <span className="meta">{t('risk.points', { points: one.score })}</span>
              </span>
            </button>
          </li>
        ))}
      </ol>
      {found.regions.length > MOST && <p className="meta risk-rest">{t('risk.rest', { shown: MOST, total: found.regions.length })}</p>}
    </>
  )
}

/** What is open in a region, in words. */
export function Counted({ risk }: { risk: RiskRegion }) {
  const { t } = useTranslation('console')
  const all = (counts: number[]) => counts.reduce((sum, one) => sum + one, 0)
  const { alarms, signs, red, orange, overdue, shelved } = risk.counts
  const parts = [
    all(alarms) && t('risk.nAlarms', { count: all(alarms) }), all(signs) && t('risk.nSigns', { count: all(signs) }), red && t('risk.nRed', { count: red }),
    orange && t('risk.nOrange', { count: orange }), overdue && t('risk.nOverdue', { count: overdue }), shelved && t('risk.nShelved', { count: shelved }),
  ]
  return parts.filter(Boolean).join(' · ') || t('risk.nothing')
}
