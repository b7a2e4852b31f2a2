import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { IncidentDetail } from '@/shared/api/types'
import { fullTime, nearTime } from '@/shared/time'
import { ClosedLoop } from '@/shared/ui/ClosedLoop'
import { DeadlineRing } from '@/shared/ui/DeadlineRing'
import { useMinute } from '../app/clock'
import { distanceWords } from '../app/words'
import { MoveButtons } from '../moves/MoveButtons'
import type { Action } from '../moves/moves'
import type { MoveDesk } from '../moves/useMoveDesk'
import { StateChips } from '../queue/StateChips'
import { useRowActs } from '../queue/useRowActs'
import { SupervisedNote } from './SupervisedNote'

export function IncidentHead({ detail, actions, desk }: { detail: IncidentDetail; actions: Action[]; desk: MoveDesk }) {
  const { t } = useTranslation('console')
  const now = useMinute()
  const { row } = detail
  const acts = useRowActs(row)
  return (
    <section className="card incident-head">
      <div className="incident-title">
        <Link to="/incidents" className="no-print">
          ← {t('rail.incidents')}
        </Link>
        <span className={`chip chip-${row.level}`}>{t(`shared:levelLong.${row.level}`)}</span>
        <h1 data-testid="incident-title">{row.title}</h1>
        <span className="grow" />
        <Button className="no-print" onClick={acts.pin}>{t(row.pinned ? 'peek.unpin' : 'peek.pin')}</Button>
        <Button className="no-print" onClick={() => print()}>{t('incident.print')}</Button>
      </div>
      {row.state === 'merged' && (
        <p className="merged-note" data-testid="merged-note">
          {detail.master ? (
            <>
              {t('duplicates.master')}{' '}
              <Link to="/incidents/$id" params={{ id: detail.master.id }}>
                {detail.master.number} {detail.master.title}
              </Link>
            </>
          ) : (
            t('duplicates.masterHidden')
          )}
        </p>
      )}
      <p className="incident-facts">
        <span data-testid="incident-number">{row.number}</span> · {row.category_name ?? t('incident.noCategory')} · {row.place}
        {row.address && ` · ${row.address}`}
        {detail.transfer_to && ` → ${detail.transfer_to.name}`} · {t('incident.reports', { count: row.reports })}
      </p>
      <p className="meta">
        {t('incident.occurred', { time: fullTime(row.occurred_at) })} · {t('incident.border', { distance: distanceWords(detail.border_m, t), version: detail.territory_version })}
        {detail.schematic && ` · ${t('shared:schematic')}`}
      </p>
      <div className="incident-state">
        <StateChips row={row} />
        <DeadlineRing deadline={row.deadline} now={now} level={row.level} />
      </div>
      {detail.text && <p className="incident-text">{detail.text}</p>}
      {detail.outcome && (
        <p className="incident-outcome" data-testid="outcome">
          <b>{t('incident.outcome')}</b> {detail.outcome}
        </p>
      )}
      <SupervisedNote detail={detail} />
      <ClosedLoop shape="dots" passed={detail.steps_passed} now={detail.step_now} holder={row.holder} since={nearTime(row.changed_at, now)} />
      <div className="no-print incident-actions">
        {row.alert && (
          <Button danger onClick={acts.acknowledge}>
            {t('alerts.acknowledge')}
          </Button>
        )}
        <MoveButtons actions={actions} start={desk.start} busy={desk.busy} shown={20} />
        {actions.length === 0 && <p className="meta">{t('peek.noMoves', { holder: row.holder })}</p>}
      </div>
    </section>
  )
}
