import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { rateIncident, readTracking, reopenIncident } from '@/shared/api/incidents'
import { isProblem } from '@/shared/api/problem'
import type { Tracking } from '@/shared/api/types'
import { shortTime } from '@/shared/time'
import { ErrorNote } from '../parts/ErrorNote'

/** Like a parcel: named steps, promised time, who has it now; then the verdict. */
export function TrackPage({ token }: { token: string }) {
  const { t } = useTranslation(['phone', 'shared'])
  const key = ['tracking', token]
  const { data, error, refetch } = useQuery({ queryKey: key, queryFn: () => readTracking(token), refetchInterval: 10_000 })
  if (isProblem(error) && error.status === 404) return <p className="calm">{t('track.missing')}</p>
  if (error && !data) return <ErrorNote error={error} retry={() => void refetch()} />
  if (!data) return <p className="calm">{t('loading')}</p>
  return (
    <div className="stack">
      <section className="card">
        <h2>{data.title} {data.simulated && <span className="chip">{t('shared:simulated')}</span>}</h2>
        <p className="meta">{data.place}</p>
        <p className="meta">{t('track.number')} {data.number}</p>
        <p><span className="chip strong" data-testid="tracking-state" data-state={data.state}>{data.state_label}</span></p>
        {data.promised_at && <p>{t('track.promised', { time: shortTime(data.promised_at) })}</p>}
        {data.holder && <p>{t('track.holder', { holder: data.holder })}</p>}
        <CopyLink token={token} />
      </section>
      <section className="card">
        <ol className="parcel">
          {data.steps.map((step) => (
            <li key={step.name} data-testid="tracking-step" data-done={step.done} className={step.done ? 'done' : ''}>
              <strong>{step.label}</strong>
              {step.at && <span className="meta">{shortTime(step.at)}</span>}
              {step.text && <p>{step.text}</p>}
            </li>
          ))}
        </ol>
      </section>
      {data.merged_into && <p className="card" data-testid="merged-into">{t('track.merged', { number: data.merged_into, count: data.reports })}</p>}
      {data.messages.length > 0 && (
        <section className="card">
          <h2>{t('track.messages')}</h2>
          <ul className="messages">{data.messages.map((text, place) => <li key={place}>{text}</li>)}</ul>
        </section>
      )}
      {data.stars && <p className="card big">{t('track.rated', { count: data.stars })}</p>}
      {data.can_rate && <Rating token={token} />}
      {data.can_reopen && <Reopen token={token} />}
    </div>
  )
}

function CopyLink({ token }: { token: string }) {
  const { t } = useTranslation('phone')
  const [copied, setCopied] = useState(false)
  const copy = () => void navigator.clipboard?.writeText(`${location.origin}/m/track/${token}`).then(() => setCopied(true))
  if (!navigator.clipboard) return null
  return <button className="button quiet small" onClick={copy}>{copied ? t('track.copied') : t('track.copy')}</button>
}

function useAct<T>(token: string, act: (input: T) => Promise<Tracking>) {
  const client = useQueryClient()
  return useMutation({ mutationFn: act, onSuccess: (seen) => client.setQueryData(['tracking', token], seen) })
}

function Rating({ token }: { token: string }) {
  const { t } = useTranslation('phone')
  const [stars, setStars] = useState(0)
  const [solved, setSolved] = useState(true)
  const [comment, setComment] = useState('')
  const rate = useAct(token, () => rateIncident(token, { stars, solved, comment: comment || undefined }))
  return (
    <section className="card" aria-label={t('track.rate')}>
      <h2>{t('track.rate')}</h2>
      <div className="stars" role="radiogroup" aria-label={t('track.rate')}>
        {[1, 2, 3, 4, 5].map((count) => (
          <button key={count} type="button" role="radio" aria-checked={stars === count} aria-label={t('track.star', { count })} data-testid={`star-${count}`} className={count <= stars ? 'lit' : ''} onClick={() => setStars(count)}>★</button>
        ))}
      </div>
      <div className="row">
        <button type="button" className={solved ? 'button' : 'button quiet'} aria-pressed={solved} onClick={() => setSolved(true)}>{t('track.solved')}</button>
        <button type="button" className={solved ? 'button quiet' : 'button'} aria-pressed={!solved} onClick={() => setSolved(false)}>{t('track.unsolved')}</button>
      </div>
      <textarea className="input" aria-label={t('track.comment')} placeholder={t('track.comment')} rows={2} value={comment} onChange={(event) => setComment(event.target.value)} />
      {rate.error && <ErrorNote error={rate.error} />}
      <button className="button" data-testid="rating-submit" disabled={!stars || rate.isPending} onClick={() => rate.mutate(undefined as never)}>{t('track.send')}</button>
    </section>
  )
}

function Reopen({ token }: { token: string }) {
  const { t } = useTranslation('phone')
  const [open, setOpen] = useState(false)
  const [reason, setReason] = useState('')
  const reopen = useAct(token, () => reopenIncident(token, reason))
  if (!open) return <button className="button quiet" onClick={() => setOpen(true)}>{t('track.reopen')}</button>
  return (
    <section className="card">
      <label className="label" htmlFor="reopen">{t('track.reopenReason')}</label>
      <textarea id="reopen" className="input" rows={3} value={reason} onChange={(event) => setReason(event.target.value)} />
      {reopen.error && <ErrorNote error={reopen.error} />}
      <button className="button" data-testid="reopen-submit" disabled={reason.trim().length < 2 || reopen.isPending} onClick={() => reopen.mutate(undefined as never)}>{t('track.reopen')}</button>
    </section>
  )
}
