import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { readAlarm, readAlarms } from '@/shared/api/alarms'
import { shortTime } from '@/shared/time'
import { alarmKey } from '../alarms/AlarmPanel'
import { colourOf, valueOf } from '../alarms/AlarmRow'
import '../alarms/alarms.css'
import { NormalPicture } from '../alarms/NormalPicture'
import { ErrorNote } from '../app/ErrorNote'

const NEWEST = 5

/** What rang here lately; of an anomaly that still rings the picture of normal. */
export function ThingAlarms({ thing }: { thing: number }) {
  const { t } = useTranslation('console')
  const { data, error, refetch } = useQuery({ queryKey: ['alarms', 'thing', thing], queryFn: ({ signal }) => readAlarms({ thing, limit: NEWEST }, signal) })
  const odd = data?.items.find((alarm) => alarm.kind === 'anomaly' && alarm.level > 0)
  return (
    <section data-testid="thing-alarms">
      <h2>{t('alarms.title')}</h2>
      {error ? <ErrorNote error={error} retry={() => void refetch()} /> : null}
      {data?.items.length === 0 && <p className="meta">{t('alarms.thingNone')}</p>}
      <ul className="thing-alarms">
        {data?.items.map((alarm) => (
          <li key={alarm.id}>
            <span className={`chip chip-${alarm.level ? colourOf(alarm.level) : 'done'}`}>{alarm.level ? t(`alarms.level.${alarm.level}`) : t('alarms.state.cleared')}</span>{' '}
            <Link to="/alarms" search={{ at: alarm.id }}>{alarm.sign_name}</Link> {valueOf(alarm, t('alarms.noValue'))}{' '}
            <span className="meta">{t(`alarms.kind.${alarm.kind}`)} · {t('alarms.began', { time: shortTime(alarm.began) })}</span>
          </li>
        ))}
      </ul>
      {odd && <Odd id={odd.id} />}
    </section>
  )
}

function Odd({ id }: { id: number }) {
  const { data } = useQuery({ queryKey: alarmKey(id), queryFn: () => readAlarm(id) })
  if (!data?.picture) return null
  return (
    <>
      <p>{data.why}</p>
      <NormalPicture picture={data.picture} unit={data.alarm.unit} />
    </>
  )
}
