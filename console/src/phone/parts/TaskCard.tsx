import { useTranslation } from 'react-i18next'
import type { Task } from '@/shared/api/types'
import { DeadlineRing } from '@/shared/ui/DeadlineRing'
import { go } from '../app/route'
import { metres, navigateTo } from '../app/navigate'
import { useNow } from '../app/useNow'

/** One task: how urgent, what, where, how far, how long is left. */
export function TaskCard({ task, act }: { task: Task; act?: (move: string) => void }) {
  const { t } = useTranslation(['phone', 'shared'])
  const { incident, order } = task
  const now = useNow()
  const first = order.allowed.find((item) => item.proposed)
  return (
    <article className={`card task level-${incident.level}`} data-testid="task-card" data-number={incident.number}>
      <button className="task-open" onClick={() => go(`task/${order.id}`)}>
        <span className="task-title">{incident.title}</span>
        <span className="chip">{t(`shared:level.${incident.level}`)}</span>
        {incident.simulated && <span className="chip">{t('shared:simulated')}</span>}
      </button>
      <p className="meta">{[incident.place, incident.address, task.distance_m === null ? '' : metres(task.distance_m)].filter(Boolean).join(' · ')}</p>
      <p>
        <DeadlineRing deadline={order.deadline} now={now} size={20} />
        {incident.reports > 1 && <span> · {t('phone:tasks.reports', { count: incident.reports })}</span>}
      </p>
      <div className="row">
        <button className="button quiet" onClick={() => navigateTo(incident)}>{t('phone:tasks.navigate')}</button>
        {first && act && <button className="button" data-testid={`move-${first.move}`} onClick={() => act(first.move)}>{first.label}</button>}
      </div>
    </article>
  )
}
