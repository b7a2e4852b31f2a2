import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { readAnalysis, type AlarmAnalysis } from '@/shared/api/alarms'
import { dayOf } from '@/shared/time'
import { CardTable } from '../app/CardTable'
import { ErrorNote } from '../app/ErrorNote'
import { QueueSkeleton } from '../queue/QueueSkeleton'
import { colourOf } from './AlarmRow'
import { alarmQuery, type AlarmSearch } from './filters'

/** What the last thirty days say: how many, how fast they were heard, which ring too often. */
export function AnalysisPart({ search }: { search: AlarmSearch }) {
  const { t } = useTranslation('console')
  const query = alarmQuery({ ...search, tab: 'analysis' })
  const { data, error, refetch } = useQuery({ queryKey: ['alarms', 'analysis', query], queryFn: () => readAnalysis(query) })
  if (error) return <ErrorNote error={error} retry={() => void refetch()} />
  if (!data) return <QueueSkeleton />
  return (
    <div className="board-list alarm-analysis" data-testid="alarm-analysis">
      <p className="meta">{t('alarms.analysis.period', { count: 30 })}</p>
      <Figures data={data} />
      <h2>{t('alarms.analysis.byDay')}</h2>
      <Days days={data.by_day} />
      <h2>{t('alarms.analysis.noisy')}</h2>
      <CardTable<Noisy>
        size="small"
        pagination={false}
        rowKey={(row) => `${row.sign} ${row.region}`}
        dataSource={data.noisy}
        columns={[
          { title: t('alarms.analysis.sign'), key: 'sign', render: (_, row) => <Link to="/alarms" search={{ tab: 'cleared', sign: row.sign, region: row.region }}>{row.sign_name}</Link> },
          { title: t('alarms.analysis.region'), dataIndex: 'region_name' },
          { title: t('alarms.analysis.count'), dataIndex: 'count', align: 'right' },
          { title: t('alarms.analysis.chattering'), dataIndex: 'chattering', align: 'right' },
          { title: t('alarms.analysis.median'), key: 'median', align: 'right', render: (_, row) => minutesOf(row.median_minutes, t) },
        ]}
      />
    </div>
  )
}

type Noisy = AlarmAnalysis['noisy'][number]

const minutesOf = (value: number | null, t: TFunction<'console'>): string => (value === null ? '—' : t('alarms.analysis.minutes', { count: Math.round(value) }))

function Figures({ data }: { data: AlarmAnalysis }) {
  const { t } = useTranslation('console')
  return (
    <dl className="alarm-figures">
      <div><dt>{t('alarms.analysis.raised')}</dt><dd>{data.raised}</dd></div>
      {[4, 3, 2, 1].map((level) => (
        <div key={level}><dt className={`chip chip-${colourOf(level)}`}>{t(`alarms.level.${level}`)}</dt><dd>{data.by_level[level - 1]}</dd></div>
      ))}
      <div><dt>{t('alarms.analysis.incidents')}</dt><dd>{data.incidents}</dd></div>
      <div><dt>{t('alarms.analysis.heard')}</dt><dd>{minutesOf(data.acknowledged_minutes, t)}</dd></div>
      <div><dt>{t('alarms.analysis.cleared')}</dt><dd>{minutesOf(data.cleared_minutes, t)}</dd></div>
    </dl>
  )
}

function Days({ days }: { days: AlarmAnalysis['by_day'] }) {
  const { t } = useTranslation('console')
  const most = Math.max(1, ...days.map(([, count]) => count))
  const ends = [days[0], days.at(-1)].map((one) => one && dayOf(one[0]))
  return (
    <figure className="alarm-figure">
      <ol className="alarm-days">
        {days.map(([day, count]) => (
          <li key={day} title={`${dayOf(day)} ${count}`}>
            {count > 0 && <span className="alarm-bar" style={{ height: `${(count / most) * 100}%` }} aria-hidden="true" />}
            <span className="visually-hidden">{dayOf(day)} {count}</span>
          </li>
        ))}
      </ol>
      <figcaption className="alarm-ends meta"><span>{ends[0]}</span><span>{t('alarms.analysis.most', { count: most })}</span><span>{ends[1]}</span></figcaption>
    </figure>
  )
}
