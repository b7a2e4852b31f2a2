import { useMutation, useQuery } from '@tanstack/react-query'
import { App, Button, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { decidePublication, exportPath, readHistory, undoRules, type RuleEvent } from '@/shared/api/rules'
import { fullTime } from '@/shared/time'
import { ErrorNote } from '../../app/ErrorNote'
import { ReasonDialog } from './ReasonDialog'
import type { Drafting } from './useDraft'

type Asking = { what: 'undo' } | { what: 'approve' | 'refuse'; publication: number }

/** Who made which version current, when and why; undo, approve, begin again from one. */
export function HistoryCard({ scenario, desk }: { scenario: string; desk: Drafting }) {
  const { t } = useTranslation('console')
  const { message } = App.useApp()
  const [asking, setAsking] = useState<Asking | null>(null)
  const { data, error, refetch } = useQuery({ queryKey: ['rules', scenario, 'history'], queryFn: () => readHistory(scenario) })
  const act = useMutation({
    mutationFn: async (reason: string) => {
      if (asking?.what === 'undo') await undoRules(scenario, reason)
      else if (asking) await decidePublication(asking.publication, asking.what === 'approve', reason)
    },
    onSuccess: () => {
      void message.success(asking?.what === 'undo' ? t('rules.history.done') : t('rules.history.decided'))
      setAsking(null)
      desk.fresh()
    },
  })
  const titles = { undo: t('rules.history.undoTitle'), approve: t('rules.history.approve'), refuse: t('rules.history.refuse') }
  return (
    <>
      {error ? <ErrorNote error={error} retry={() => void refetch()} /> : !data && <Skeleton active title={false} />}
      {desk.mayPublish && desk.current?.can_undo && (
        <Button onClick={() => setAsking({ what: 'undo' })} data-testid="rules-undo">
          {t('rules.history.undo')}
        </Button>
      )}
      <ul className="rules-lines" data-testid="history">
        {data?.map((one) => (
          <EventRow key={`${one.what} ${one.number} ${one.at}`} scenario={scenario} event={one} desk={desk} ask={setAsking} />
        ))}
      </ul>
      {asking && (
        <ReasonDialog title={titles[asking.what]} ok={titles[asking.what]} busy={act.isPending} error={act.error} send={act.mutate} close={() => setAsking(null)}>
          {asking.what === 'undo' && <p>{t('rules.history.undoText')}</p>}
        </ReasonDialog>
      )}
    </>
  )
}

function EventRow({ scenario, event, desk, ask }: { scenario: string; event: RuleEvent; desk: Drafting; ask: (asking: Asking) => void }) {
  const { t } = useTranslation('console')
  const waits = event.what === 'waiting' ? event.publication : null
  return (
    <li>
      <span className={`chip ${event.what === 'waiting' ? 'chip-yellow' : ''}`}>{t(`rules.history.what.${event.what}`)}</span>
      <b>{event.version}</b>
      <span>{event.reason}</span>
      <span className="meta">
        {event.by} · {fullTime(event.at).slice(0, 16)} · {t('rules.history.digest', { digest: event.digest.slice(0, 12) })}
      </span>
      <span className="grow" />
      {waits !== null && desk.mayPublish && (
        <>
          <Button size="small" type="primary" onClick={() => ask({ what: 'approve', publication: waits })}>
            {t('rules.history.approve')}
          </Button>
          <Button size="small" danger onClick={() => ask({ what: 'refuse', publication: waits })}>
            {t('rules.history.refuse')}
          </Button>
        </>
      )}
      <Button size="small" href={exportPath(scenario, event.number)} download>
        {t('rules.sheet.export')}
      </Button>
      {desk.mayEdit && !desk.draft.data && (
        <Button size="small" onClick={() => desk.begin.mutate(event.number)}>
          {t('rules.history.from')}
        </Button>
      )}
    </li>
  )
}
