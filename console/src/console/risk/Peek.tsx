import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { RiskItem } from '@/shared/api/risk'
import { shortTime } from '@/shared/time'
import { levelKey, toneOf } from './tint'

/** A place that was found, or a thing that was clicked. */
export interface Look {
  title: string
  thing?: number
  incident?: number
}

/** What is chosen on the map, with the ways on from it. */
export function Peek({ item, look, close }: { item: RiskItem | undefined; look: Look | undefined; close: () => void }) {
  const { t } = useTranslation('console')
  if (!item && !look) return null
  const thing = item ? item.thing : look?.thing
  const incident = item ? item.incident : look?.incident
  return (
    <aside className="risk-peek" data-testid="risk-peek" aria-label={t('risk.chosen')}>
      <div className="risk-peek-head">
        <b>{item?.title ?? look?.title}</b>
        <Button size="small" type="text" onClick={close} aria-label={t('risk.close')}>✕</Button>
      </div>
      {item && (
        <>
          <p>
            <span className={`chip chip-${toneOf(item.level)}`}>{t(`risk.kind.${item.kind}`)} · {t(`risk.level.${levelKey(item.level)}`)}</span>{' '}
            {item.simulated && <span className="chip">{t('risk.simulated')}</span>}
          </p>
          <p className="meta">{[item.place, item.detail, t('risk.from', { time: shortTime(item.at) })].filter(Boolean).join(' · ')}</p>
          {!item.exact && <p className="meta">{t('risk.inexact')}</p>}
        </>
      )}
      <p className="risk-ways">
        {item?.kind === 'alarm' && <Link to="/alarms" search={{ at: item.id }}>{t('risk.toAlarm')}</Link>}
        {item?.sign && <Link to="/vitals/$code" params={{ code: item.sign }} search={{ region: item.region }}>{t('risk.toSign')}</Link>}
        {thing && <Link to="/things" search={{ thing }}>{t('risk.toThing')}</Link>}
        {incident && <Link to="/incidents/$id" params={{ id: incident }}>{t('risk.toIncident')}</Link>}
      </p>
    </aside>
  )
}
