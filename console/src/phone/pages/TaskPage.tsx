import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Allowed, MoveIn, Task } from '@/shared/api/types'
import { DeadlineRing } from '@/shared/ui/DeadlineRing'
import { metres, navigateTo } from '../app/navigate'
import { ownerOf, useSession } from '../app/session'
import { useNow } from '../app/useNow'
import { useTasks } from '../app/useTasks'
import { flush, save } from '../drafts/queue'
import type { TakenPhoto } from '../drafts/photos'
import { ErrorNote } from '../parts/ErrorNote'
import { MovesWaiting } from '../parts/MovesWaiting'
import { MoveSheet } from '../parts/MoveSheet'

const PinMap = lazy(() => import('../parts/PinMap'))

export function TaskPage({ order }: { order: number }) {
  const { t } = useTranslation('phone')
  const { me } = useSession()
  const { data, error, refetch } = useTasks(ownerOf(me), null, 'due')
  if (error && !data) return <ErrorNote error={error} retry={() => void refetch()} />
  if (!data) return <p className="calm">{t('loading')}</p>
  const task = data.tasks.find((item) => item.order.id === order)
  return (
    <div className="stack">
      <MovesWaiting owner={ownerOf(me)} />
      {task ? <Sheet task={task} owner={ownerOf(me)} /> : <p className="calm" data-testid="task-gone">{t('tasks.empty')}</p>}
    </div>
  )
}

function Sheet({ task, owner }: { task: Task; owner: string }) {
  const { t } = useTranslation(['phone', 'shared'])
  const client = useQueryClient()
  const now = useNow()
  const wanted = new URLSearchParams(location.search).get('move')
  const [open, setOpen] = useState<Allowed | null>(task.order.allowed.find((item) => item.move === wanted) ?? null)
  const [queued, setQueued] = useState(false)
  const { incident, order } = task
  const make = async (move: MoveIn, label: string, photos: TakenPhoto[]) => {
    setOpen(null)
    await save({ owner, kind: 'moves', order: order.id, label: `${label} · ${incident.title}`, body: [move], photos })
    setQueued(!navigator.onLine)
    await flush(owner, undefined, true)
    await client.invalidateQueries({ queryKey: ['tasks'] })
  }
  return (
    <>
      <section className={`card task level-${incident.level}`}>
        <h2>{incident.title}</h2>
        <p className="meta">{incident.number} · {t('phone:tasks.role', { role: t(`shared:role.${order.role}`), unit: order.unit.name })}{order.person ? ` · ${order.person}` : ''}</p>
        <p>{task.text}</p>
        <p className="meta">{[incident.place, incident.address, task.distance_m === null ? '' : metres(task.distance_m)].filter(Boolean).join(' · ')}</p>
        <p><span className="chip" data-testid="order-state" data-state={order.state}>{t(`shared:orderState.${order.state}`)}</span> <DeadlineRing deadline={order.deadline} now={now} size={20} /></p>
        {task.evidence.length > 0 && <div className="photos">{task.evidence.map((item) => <a key={item.id} className="photo" href={item.url}><img src={item.thumb_url} alt={t('phone:tasks.photos')} /></a>)}</div>}
        <Suspense fallback={<div className="pin-map" />}><PinMap at={incident} label={incident.place} /></Suspense>
        <button className="button quiet" onClick={() => navigateTo(incident)}>{t('phone:tasks.navigate')}</button>
      </section>
      {queued && <p className="note">{t('phone:tasks.queued')}</p>}
      <section className="card moves">
        {order.allowed.map((item) => (
          <button key={item.move} data-testid={`move-${item.move}`} className={item.proposed ? 'button' : 'button quiet'} onClick={() => setOpen(item)}>{item.label}</button>
        ))}
      </section>
      {open && <MoveSheet allowed={open} task={task} cancel={() => setOpen(null)} make={make} />}
    </>
  )
}
