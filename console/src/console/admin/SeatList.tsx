import { useQuery } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { endStaffSession, listStaffSessions } from '@/shared/api/admin'
import { fullTime } from '@/shared/time'
import { Ask } from '../app/Ask'
import { ErrorNote } from '../app/ErrorNote'
import { agentWords } from '../settings/agent'
import { useAct } from './useAct'

/** Open sessions of one's jurisdiction, or of one person: end one, or cut a lost device off. */
export function SeatList({ person }: { person?: number }) {
  const { t } = useTranslation('console')
  const { data, error, refetch } = useQuery({ queryKey: ['seats', person], queryFn: () => listStaffSessions(person), refetchInterval: 30_000 })
  const end = useAct(({ id, lost }: { id: number; lost: boolean }) => endStaffSession(id, lost), { done: t('admin.seat.ended') })
  return (
    <>
      {error ? <ErrorNote error={error} retry={() => void refetch()} /> : !data && <Skeleton active title={false} />}
      {end.error && <ErrorNote error={end.error} />}
      <ul className="admin-list" data-testid="seats">
        {data?.map((seat) => (
          <li key={seat.id}>
            <span>
              {person === undefined && <b>{seat.name} </b>}
              {agentWords(seat.agent) || t('settings.unknownAgent')} {seat.offline && <span className="chip chip-brand">{t('admin.seat.offline')}</span>}{' '}
              {seat.waits && <span className="chip">{t('admin.seat.waits')}</span>}
              <span className="meta">
                {' '}
                {seat.address} · {t('settings.seen', { time: fullTime(seat.seen_at).slice(0, 16) })}
              </span>
            </span>
            <span className="actions">
              <Button size="small" onClick={() => end.mutate({ id: seat.id, lost: false })} data-testid={`end-${seat.login}`}>
                {t('settings.end')}
              </Button>
              <Ask title={t('admin.seat.lostAsk')} okText={t('admin.seat.lost')} cancelText={t('moves.cancel')} onConfirm={() => end.mutate({ id: seat.id, lost: true })}>
                <Button size="small" danger>
                  {t('admin.seat.lost')}
                </Button>
              </Ask>
            </span>
          </li>
        ))}
      </ul>
      {data?.length === 0 && <p className="meta">{t('admin.seat.none')}</p>}
    </>
  )
}
