import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { readAlarm, type AlarmStep } from '@/shared/api/alarms'
import { fullTime } from '@/shared/time'
import { ErrorNote } from '../app/ErrorNote'
import { SidePanel } from '../app/SidePanel'
import { colourOf, valueOf } from './AlarmRow'
import { NormalPicture } from './NormalPicture'

export const alarmKey = (id: number) => ['alarm', id] as const

/** Why it rang, and everything that happened to it since. */
export function AlarmPanel({ id, close }: { id: number; close: () => void }) {
  const { t } = useTranslation('console')
  const { data, error, refetch } = useQuery({ queryKey: alarmKey(id), queryFn: () => readAlarm(id) })
  return (
    <SidePanel open title={data?.alarm.sign_name ?? t('alarms.title')} onClose={close} size={440}>
      {error ? <ErrorNote error={error} retry={() => void refetch()} /> : null}
      {!data && !error && <Skeleton active />}
      {data && (
        <div className="alarm-panel" data-testid="alarm-panel">
          <p>
            <span className={`chip chip-${colourOf(data.alarm.peak)}`}>{t('alarms.peak', { level: t(`alarms.level.${data.alarm.peak}`) })}</span>{' '}
            <b className="alarm-value">{valueOf(data.alarm, t('alarms.noValue'))}</b>
          </p>
          <h3>{t('alarms.why')}</h3>
          <p data-testid="alarm-why">{data.why}</p>
          {data.picture && <NormalPicture picture={data.picture} unit={data.alarm.unit} />}
          <p className="meta">
            {data.alarm.region_name}
            {data.alarm.thing_name && ` · ${t('alarms.thing')} ${data.alarm.thing_name}`}
          </p>
          {data.alarm.incident && <Link to="/incidents/$id" params={{ id: data.alarm.incident }}>{t('alarms.incident')} →</Link>}
          <h3>{t('alarms.history')}</h3>
          <ol className="alarm-steps">
            {data.steps.map((step) => <Step key={`${step.at}${step.what}${step.level}`} step={step} />)}
          </ol>
        </div>
      )}
    </SidePanel>
  )
}

function Step({ step }: { step: AlarmStep }) {
  const { t } = useTranslation('console')
  return (
    <li className={`alarm-step alarm-${colourOf(step.level)}`}>
      <span className="meta">{fullTime(step.at)}</span>
      <b>
        {t(`alarms.what.${step.what}`)}
        {step.level > 0 && ` · ${t(`alarms.level.${step.level}`)}`}
      </b>
      {step.by && <span className="meta">{t('alarms.by', { name: step.by })}</span>}
      {step.note && <span>{step.note}</span>}
    </li>
  )
}
