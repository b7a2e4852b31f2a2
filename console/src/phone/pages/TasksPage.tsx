import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { clockTime } from '@/shared/time'
import { go } from '../app/route'
import { isStaff, ownerOf, useSession } from '../app/session'
import { usePosition } from '../app/usePosition'
import { useTasks } from '../app/useTasks'
import { ErrorNote } from '../parts/ErrorNote'
import { MovesWaiting } from '../parts/MovesWaiting'
import { TaskCard } from '../parts/TaskCard'

export function TasksPage() {
  const { t } = useTranslation('phone')
  const { me } = useSession()
  const [sort, setSort] = useState<'due' | 'distance'>('due')
  const { here, ask } = usePosition()
  if (!isStaff(me)) return <button className="button" onClick={() => go('login')}>{t('tasks.login')}</button>
  const choose = (by: 'due' | 'distance') => {
    setSort(by)
    if (by === 'distance' && !here) ask()
  }
  return (
    <div className="stack">
      <div className="row" role="group">
        {(['due', 'distance'] as const).map((by) => (
          <button key={by} className={sort === by ? 'button small' : 'button quiet small'} aria-pressed={sort === by} onClick={() => choose(by)}>{t(`tasks.${by}`)}</button>
        ))}
      </div>
      <MovesWaiting owner={ownerOf(me)} />
      <List owner={ownerOf(me)} here={here} sort={sort} />
    </div>
  )
}

function List({ owner, here, sort }: { owner: string; here: { lon: number; lat: number } | null; sort: 'due' | 'distance' }) {
  const { t } = useTranslation('phone')
  const { data, error, refetch } = useTasks(owner, here, sort)
  if (error && !data) return <ErrorNote error={error} retry={() => void refetch()} />
  if (!data) return <div className="card skeleton" aria-busy="true" />
  return (
    <>
      {data.stale && <p className="note">{t('tasks.offline', { time: clockTime(data.at, false) })}</p>}
      {data.tasks.length === 0 && <p className="calm">{t('tasks.empty')}</p>}
      {data.tasks.map((task) => (
        <TaskCard key={task.order.id} task={task} act={(move) => go(`task/${task.order.id}?move=${move}`)} />
      ))}
    </>
  )
}
