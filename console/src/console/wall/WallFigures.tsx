import { useTranslation } from 'react-i18next'
import type { Counts } from '@/shared/api/types'

const SHOWN = ['to_accept', 'to_verify', 'to_dispatch', 'handling', 'to_check', 'closed_today'] as const

/** The figures of the moment; grey when they could not be read again. */
export function WallFigures({ counts, stale }: { counts: Counts | undefined; stale: boolean }) {
  const { t } = useTranslation('console')
  const share = counts?.on_time_share
  return (
    <>
      <h2>{t('wall.figures')}</h2>
      <dl className={`wall-figures${stale ? ' wall-stale' : ''}`}>
        <div className={counts?.overdue ? 'wall-loud' : ''}>
          <dt>{t('counts.overdue')}</dt>
          <dd>{counts?.overdue ?? '—'}</dd>
        </div>
        <div>
          <dt>
            {t('counts.on_time')} · {t('counts.thisMonth')}
          </dt>
          <dd>{share === null || share === undefined ? '—' : `${(share * 100).toFixed(1)}%`}</dd>
        </div>
        {SHOWN.map((name) => (
          <div key={name}>
            <dt>{t(`counts.${name}`)}</dt>
            <dd>{counts ? counts[name].toLocaleString('en').replace(/,/g, ' ') : '—'}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}
