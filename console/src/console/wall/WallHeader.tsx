import { useTranslation } from 'react-i18next'
import type { TerritoryVersion } from '@/shared/api/types'
import { clockTime, longDay } from '@/shared/time'
import { useNow } from '../app/clock'
import { useLinkUp } from '../live/live'

export function WallHeader({ name, version }: { name: string; version: TerritoryVersion | undefined }) {
  const { t, i18n } = useTranslation('console')
  const now = useNow()
  const up = useLinkUp()
  const counts = version?.counts
  return (
    <header className="wall-header">
      <h1>{t('wall.title', { name })}</h1>
      <span className="mode-chip">{t('shell.normalMode')}</span>
      {!up && <span className="chip chip-yellow">{t('shell.linkDown')}</span>}
      <span className="grow" />
      {counts && <span>{t('wall.territory', { districts: counts.district ?? 0, towns: counts.town ?? 0, grids: (counts.grid ?? 0).toLocaleString('en').replace(/,/g, ' ') })}</span>}
      <time>
        {longDay(now, i18n.language)} {clockTime(now)}
      </time>
    </header>
  )
}
