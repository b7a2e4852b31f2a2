import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addSource, endSource, listSources, rotateSource, setSourceState } from '@/shared/api/exchange'
import type { Source } from '@/shared/api/types'
import { shortTime } from '@/shared/time'
import { ErrorNote } from '../app/ErrorNote'
import { Acts, SecretNote } from './Acts'
import { SourceForm } from './SourceForm'

/** Systems that report by signed messages, and how they fare. */
export function SourcesCard() {
  const { t } = useTranslation('console')
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const [secret, setSecret] = useState<string | null>(null)
  const { data, error, refetch } = useQuery({ queryKey: ['sources'], queryFn: listSources, refetchInterval: 10_000 })
  const again = () => client.invalidateQueries({ queryKey: ['sources'] })
  const make = useMutation({
    mutationFn: addSource,
    onSuccess: (made) => {
      setSecret(made.secret)
      setOpen(false)
    },
    onSettled: again,
  })
  const act = useMutation({ mutationFn: (run: () => Promise<unknown>) => run(), onSettled: again })
  const rotate = useMutation({ mutationFn: rotateSource, onSuccess: (made) => setSecret(made.secret), onSettled: again })
  const failed = act.error ?? rotate.error
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('exchange.in.title')}</h2>
        <span className="meta">{t('exchange.in.hint')}</span>
        <Button onClick={() => setOpen(true)} data-testid="new-source">
          {t('exchange.in.form')}
        </Button>
      </div>
      {error ? <ErrorNote error={error} retry={() => void refetch()} /> : !data && <Skeleton active title={false} />}
      {data?.length === 0 && <p className="meta">{t('exchange.in.none')}</p>}
      <ul className="exchange-list">
        {data?.map((row) => (
          <li key={row.id} data-testid="source">
            <Told row={row} />
            <span className="exchange-acts">
              <Acts
                state={row.state}
                name={row.name}
                busy={act.isPending || rotate.isPending}
                setState={(state) => act.mutate(() => setSourceState(row.id, state))}
                rotate={() => rotate.mutate(row.id)}
                end={() => act.mutate(() => endSource(row.id))}
              />
            </span>
          </li>
        ))}
      </ul>
      <SecretNote secret={secret} />
      {failed && <ErrorNote error={failed} />}
      {open && <SourceForm busy={make.isPending} error={make.error} make={make.mutate} close={() => setOpen(false)} />}
    </section>
  )
}

function Told({ row }: { row: Source }) {
  const { t } = useTranslation('console')
  return (
    <span className="exchange-told">
      <span>
        <b>{row.name}</b> <span className={`chip ${row.state === 'active' ? '' : 'chip-warn'}`}>{t(row.state === 'active' ? 'exchange.active' : 'exchange.paused')}</span>
      </span>
      <span className="exchange-url">
        {location.origin}/api/exchange/in/{row.slug}
      </span>
      <span className="meta">
        {row.region_name} · {t('exchange.in.health', { accepted: row.accepted, refused: row.refused })} ·{' '}
        {row.last_accepted ? t('exchange.in.lastIn', { time: shortTime(row.last_accepted) }) : t('exchange.in.never')}
        {row.last_refused && ` · ${t('exchange.in.refusal', { time: shortTime(row.last_refused) })}`}
      </span>
    </span>
  )
}
