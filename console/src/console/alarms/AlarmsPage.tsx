import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { App, Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { acknowledgeAlarm, readAlarms, readStorms, unshelveAlarm, type AlarmPage } from '@/shared/api/alarms'
import { ErrorNote } from '../app/ErrorNote'
import { useLive } from '../live/live'
import { QueueSkeleton } from '../queue/QueueSkeleton'
import '../queue/queue.css'
import '../supervision/supervision.css'
import { AlarmPanel, alarmKey } from './AlarmPanel'
import { AlarmRow, colourOf } from './AlarmRow'
import './alarms.css'
import { alarmQuery, KINDS, TABS, type AlarmSearch } from './filters'
import { ShelveDialog } from './ShelveDialog'

const AnalysisPart = lazy(() => import('./AnalysisPart').then((module) => ({ default: module.AnalysisPart })))
const KEY = 'alarms'
const LEVELS = [1, 2, 3, 4] as const

/** What rings, what was heard, what is shelved, what came in storms, and what a month says about it. */
export function AlarmsPage() {
  const { t } = useTranslation('console')
  const search = useSearch({ from: '/shell/alarms' })
  const navigate = useNavigate({ from: '/alarms' })
  const client = useQueryClient()
  const go = (change: AlarmSearch) => void navigate({ search: (old) => ({ ...old, at: undefined, ...change }), replace: true })
  useLive((news) => {
    if (news.type !== 'alarm' && news.type !== 'reset') return
    void client.invalidateQueries({ queryKey: [KEY] })
    if (search.at) void client.invalidateQueries({ queryKey: alarmKey(search.at) })
  })
  const tab = search.tab ?? 'raised'
  return (
    <div className="board-page">
      <div className="count-strip" role="group" aria-label={t('alarms.tabs')}>
        <h1 className="visually-hidden">{t('alarms.title')}</h1>
        {TABS.map((name) => (
          <button key={name} type="button" className={`count${name === tab ? ' count-on' : ''}`} aria-pressed={name === tab} onClick={() => go({ tab: name, group: undefined })} data-testid={`alarm-tab-${name}`}>
            <span className="count-name">{t(`alarms.tab.${name}`)}</span>
          </button>
        ))}
      </div>
      <Levels search={search} go={go} />
      {tab === 'analysis' ? (
        <Suspense fallback={<QueueSkeleton />}><AnalysisPart search={search} /></Suspense>
      ) : tab === 'storms' && !search.group ? (
        <Storms search={search} go={go} />
      ) : (
        <List search={search} go={go} />
      )}
      {search.at && <AlarmPanel id={search.at} close={() => go({})} />}
    </div>
  )
}

function Levels({ search, go }: { search: AlarmSearch; go: (change: AlarmSearch) => void }) {
  const { t } = useTranslation('console')
  return (
    <div className="board-narrow">
      <span role="group" aria-label={t('alarms.levels')} className="filter-chips">
        <span className="meta">{t('alarms.levels')}</span>
        <button type="button" className="chip chip-button" aria-pressed={!search.level} onClick={() => go({ level: undefined })}>{t('alarms.all')}</button>
        {LEVELS.map((level) => (
          <button key={level} type="button" className="chip chip-button" aria-pressed={search.level === level} onClick={() => go({ level })}>
            {t(`alarms.level.${level}`)}
          </button>
        ))}
      </span>
      <span role="group" aria-label={t('alarms.kinds')} className="filter-chips">
        <span className="meta">{t('alarms.kinds')}</span>
        <button type="button" className="chip chip-button" aria-pressed={!search.kind} onClick={() => go({ kind: undefined })}>{t('alarms.all')}</button>
        {KINDS.map((kind) => (
          <button key={kind} type="button" className="chip chip-button" aria-pressed={search.kind === kind} onClick={() => go({ kind })} data-testid={`alarm-kind-${kind}`}>
            {t(`alarms.kind.${kind}`)}
          </button>
        ))}
      </span>
      {search.group && <Button size="small" onClick={() => go({ group: undefined })}>← {t('alarms.stormBack')}</Button>}
    </div>
  )
}

function List({ search, go }: { search: AlarmSearch; go: (change: AlarmSearch) => void }) {
  const { t } = useTranslation('console')
  const { message } = App.useApp()
  const client = useQueryClient()
  const [shelving, setShelving] = useState<number | null>(null)
  const query = alarmQuery(search)
  const pages = useInfiniteQuery({
    queryKey: [KEY, query],
    queryFn: ({ pageParam, signal }) => readAlarms({ ...query, after: pageParam }, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page: AlarmPage) => page.after ?? undefined,
  })
  const again = () => void client.invalidateQueries({ queryKey: [KEY] })
  const act = useMutation({ mutationFn: (run: () => Promise<unknown>) => run(), onSuccess: again, onError: (error) => void message.error(error.message) })
  const rows = pages.data?.pages.flatMap((page) => page.items) ?? []
  const first = pages.data?.pages[0]
  return (
    <div className="board-list" aria-busy={pages.isPending}>
      {first && <Open page={first} />}
      {pages.isPending && <QueueSkeleton />}
      {pages.error ? <ErrorNote error={pages.error} retry={again} /> : null}
      <ul aria-label={t('alarms.label')}>
        {rows.map((alarm) => (
          <AlarmRow
            key={alarm.id}
            alarm={alarm}
            standing={alarm.id === search.at}
            open={() => go({ at: alarm.id })}
            acknowledge={() => act.mutate(() => acknowledgeAlarm(alarm.id))}
            shelve={() => (alarm.state === 'shelved' ? act.mutate(() => unshelveAlarm(alarm.id)) : setShelving(alarm.id))}
          />
        ))}
      </ul>
      {pages.hasNextPage && <Button type="link" block loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>{t('alarms.more')}</Button>}
      {first && rows.length === 0 && (
        <div className="empty" data-testid="alarms-empty"><b>{t('alarms.none')}</b><p>{t('alarms.noneText')}</p></div>
      )}
      {shelving && <ShelveDialog id={shelving} close={() => setShelving(null)} done={() => { setShelving(null); again() }} />}
    </div>
  )
}

/** How many of each level are open, and how many ring for each officer. */
function Open({ page }: { page: AlarmPage }) {
  const { t } = useTranslation('console')
  return (
    <p className="alarm-open" data-testid="alarm-open">
      {[...LEVELS].reverse().map((level) => (
        <span key={level} className={`chip chip-${colourOf(level)}`}>{t(`alarms.level.${level}`)} {page.open[level - 1]}</span>
      ))}
      {page.per_operator_hour !== null && (
        <span className="meta" title={t('alarms.perHourHint')}>{t('alarms.perHour', { count: Math.round(page.per_operator_hour * 10) / 10 })}</span>
      )}
    </p>
  )
}

function Storms({ search, go }: { search: AlarmSearch; go: (change: AlarmSearch) => void }) {
  const { t } = useTranslation('console')
  const query = alarmQuery(search)
  const { data, error, isPending, refetch } = useQuery({ queryKey: [KEY, 'storms', query], queryFn: () => readStorms(query) })
  return (
    <div className="board-list" aria-busy={isPending}>
      {isPending && <QueueSkeleton />}
      {error ? <ErrorNote error={error} retry={() => void refetch()} /> : null}
      <ul aria-label={t('alarms.tab.storms')}>
        {data?.map((storm) => (
          <li key={storm.group} className={`alarm-row alarm-${colourOf(storm.level)}`} data-testid="storm">
            <button type="button" className="alarm-what" onClick={() => go({ tab: 'storms', group: storm.group })}>
              <b>{storm.title}</b> {t('alarms.storm', { count: storm.count })}
              <span className="meta">{storm.first.sign_name} · {storm.first.region_name}</span>
            </button>
            <span className={`chip chip-${colourOf(storm.level)}`}>{t(`alarms.level.${storm.level}`)}</span>
          </li>
        ))}
      </ul>
      {data?.length === 0 && <div className="empty"><b>{t('alarms.noStorm')}</b></div>}
    </div>
  )
}
