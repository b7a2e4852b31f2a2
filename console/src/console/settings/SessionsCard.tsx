import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { endSession, listSessions } from '@/shared/api/identity'
import { fullTime } from '@/shared/time'
import { Ask } from '../app/Ask'
import { ErrorNote } from '../app/ErrorNote'
import { agentWords } from './agent'

/** Browsers that are signed in as this person; any can be ended. */
export function SessionsCard() {
  const { t } = useTranslation('console')
  const client = useQueryClient()
  const { data, error, refetch } = useQuery({ queryKey: ['sessions'], queryFn: listSessions })
  const end = useMutation({ mutationFn: endSession, onSettled: () => client.invalidateQueries({ queryKey: ['sessions'] }) })
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('settings.sessions')}</h2>
      </div>
      {error ? <ErrorNote error={error} retry={() => void refetch()} /> : !data && <Skeleton active title={false} />}
      {end.error && <ErrorNote error={end.error} />}
      <ul className="settings-list">
        {data?.map((session) => (
          <li key={session.id}>
            <span className="settings-agent" title={session.agent}>
              {agentWords(session.agent) || session.agent || t('settings.unknownAgent')}
            </span>
            <span className="meta">
              {session.address} · {t('settings.seen', { time: fullTime(session.seen_at).slice(0, 16) })}
            </span>
            {session.current ? (
              <span className="chip chip-done">{t('settings.thisOne')}</span>
            ) : (
              <span className="actions">
                <Button size="small" loading={end.isPending && end.variables.id === session.id} onClick={() => end.mutate({ id: session.id, lost: false })}>
                  {t('settings.end')}
                </Button>
                <Ask title={t('signin.lostAsk')} okText={t('signin.lost')} cancelText={t('moves.cancel')} onConfirm={() => end.mutate({ id: session.id, lost: true })}>
                  <Button size="small" danger>
                    {t('signin.lost')}
                  </Button>
                </Ask>
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
