import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Alarm } from '@/shared/api/alarms'
import { LEVELS } from '@/shared/levels'
import { withUnit } from '@/shared/numbers'
import { shortTime } from '@/shared/time'
import { useMay } from '../app/session'

/** The name of a level's colour: 4 is red. */
export const colourOf = (level: number): string => LEVELS[4 - level] ?? 'done'

interface Props {
  alarm: Alarm
  standing: boolean
  open: () => void
  acknowledge: () => void
  shelve: () => void
}

/** One alarm: what, where, since when, and the two things that can be done about it. */
export function AlarmRow({ alarm, standing, open, acknowledge, shelve }: Props) {
  const { t } = useTranslation('console')
  const may = useMay()
  const level = alarm.level || alarm.peak
  return (
    <li className={`alarm-row alarm-${colourOf(level)}${standing ? ' alarm-on' : ''}`} data-testid="alarm" data-alarm={alarm.id}>
      <button type="button" className="alarm-what" onClick={open}>
        <b>{alarm.sign_name}</b> <span className="alarm-value">{valueOf(alarm, t('alarms.noValue'))}</span>
        <span className="meta">
          {alarm.region_name}
          {alarm.thing_name && ` · ${alarm.thing_name}`} · {t('alarms.began', { time: shortTime(alarm.began) })}
        </span>
      </button>
      <span className="alarm-chips">
        <span className={`chip chip-${colourOf(level)}`}>{t(`alarms.level.${level}`)}</span>
        <span className="chip">{t(`alarms.kind.${alarm.kind}`)}</span>
        {alarm.state !== 'raised' && <span className="chip chip-done">{t(`alarms.state.${alarm.state}`)}</span>}
        {alarm.simulated && <span className="chip">{t('alarms.simulated')}</span>}
        {alarm.incident && (
          <Link to="/incidents/$id" params={{ id: alarm.incident }} className="chip chip-brand">
            {t('alarms.incident')} →
          </Link>
        )}
      </span>
      {may('alarm.handle') && alarm.level > 0 && (
        <span className="alarm-acts">
          {alarm.state === 'raised' && <Button size="small" type="primary" onClick={acknowledge} data-testid="acknowledge">{t('alarms.acknowledge')}</Button>}
          {alarm.state !== 'shelved' && <Button size="small" onClick={shelve} data-testid="shelve">{t('alarms.shelve')}</Button>}
        </span>
      )}
    </li>
  )
}

/** The value with its unit, as far as there is one. */
export const valueOf = (alarm: Alarm, none: string): string => (alarm.value === null ? none : withUnit(alarm.value, alarm.decimals, alarm.unit))
