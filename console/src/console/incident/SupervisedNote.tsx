import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { IncidentDetail } from '@/shared/api/types'
import { shortTime } from '@/shared/time'
import '../supervision/supervision.css'

/** What the centre above asked, until when, and what was answered; whether a decision binds. */
export function SupervisedNote({ detail }: { detail: IncidentDetail }) {
  const { t } = useTranslation('console')
  const one = detail.row.supervision
  return (
    <>
      {one && (
        <div className="supervised" data-testid="supervised" data-state={one.state}>
          <p>
            <b>{t('supervision.owed', { centre: one.centre })}</b>
            {one.times > 1 && ` ${t('supervision.times', { count: one.times })}`}
            {one.due && ` · ${t('supervision.due', { time: shortTime(one.due) })}`}
            {one.refusals > 0 && ` · ${t('supervision.refusals', { count: one.refusals })}`}
          </p>
          <p>{one.note}</p>
          {one.reply && one.replied_at && (
            <p>
              <b>{t('supervision.reply')}</b> {shortTime(one.replied_at)} {one.reply}
            </p>
          )}
        </div>
      )}
      {detail.binding && <p><span className="chip chip-done">{t('supervision.binding')}</span></p>}
      {detail.former && (
        <p>
          {t('supervision.former')}{' '}
          <Link to="/incidents/$id" params={{ id: detail.former.id }}>
            {detail.former.number}
          </Link>
        </p>
      )}
    </>
  )
}
