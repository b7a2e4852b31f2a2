import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { rateIncident, readTracking, reopenIncident, urgeIncident } from '@/shared/api/incidents'
import { isProblem } from '@/shared/api/problem'
import type { Tracking } from '@/shared/api/types'
import { shortTime } from '@/shared/time'
import { go } from '../app/route'
import { SpeakHint } from '../parts/ElderHelp'
import { ErrorNote } from '../parts/ErrorNote'
import { TrackView } from '../parts/TrackView'

/** What became of one report, for whoever holds its link: signed in or not. */
export function TrackPage({ token }: { token: string }) {
  const { t } = useTranslation(['phone', 'shared'])
  const key = ['tracking', token]
  const { data, error, refetch } = useQuery({ queryKey: key, queryFn: () => readTracking(token), refetchInterval: 10_000 })
  if (isProblem(error) && error.status === 404) return <p className="calm">{t('track.missing')}</p>
  if (error && !data) return <ErrorNote error={error} retry={() => void refetch()} />
  if (!data) return <p className="calm">{t('loading')}</p>
  return (
    <div className="stack">
      <TrackView data={data} />
      <ShareLink token={token} number={data.number} />
      <Urge token={token} data={data} />
      {data.stars && <p className="card big" data-testid="rated">{t('track.rated', { count: data.stars })}{data.can_rate && data.rate_until && <span className="meta">{t('track.rateUntil', { time: shortTime(data.rate_until) })}</span>}</p>}
      {data.can_rate && <Rating key={data.stars ?? 0} token={token} again={data.stars !== null} />}
      {data.can_reopen && <Reopen token={token} until={data.reopen_until} />}
      {data.closed_at && data.reopen_until && !data.can_reopen && <Anew token={token} data={data} />}
    </div>
  )
}

/** The phone's own sharing where it has one, else the clipboard. */
function ShareLink({ token, number }: { token: string; number: string }) {
  const { t } = useTranslation('phone')
  const [copied, setCopied] = useState(false)
  const url = `${location.origin}/m/track/${token}`
  if (typeof navigator.share === 'function')
    return <button className="button quiet" data-testid="share" onClick={() => void navigator.share({ title: number, url }).catch(() => undefined)}>{t('track.share')}</button>
  if (!navigator.clipboard) return <p className="meta">{url}</p>
  const copy = () => void navigator.clipboard.writeText(url).then(() => setCopied(true))
  return <button className="button quiet" data-testid="share" onClick={copy}>{copied ? t('track.copied') : t('track.copy')}</button>
}

function useAct<T>(token: string, act: (input: T) => Promise<Tracking>) {
  const client = useQueryClient()
  return useMutation({ mutationFn: act, onSuccess: (seen) => client.setQueryData(['tracking', token], seen) })
}

function Urge({ token, data }: { token: string; data: Tracking }) {
  const { t } = useTranslation('phone')
  const urge = useAct(token, () => urgeIncident(token))
  const open = !['closed', 'rated', 'voided', 'suspended'].includes(data.state)
  if (!open) return null
  return (
    <section className="card">
      {data.can_urge ? (
        <button className="button quiet" data-testid="urge" disabled={urge.isPending} onClick={() => urge.mutate(undefined as never)}>{t('track.urge')}</button>
      ) : (
        data.urge_from && <p data-testid="urged">{t('track.urged', { count: data.urges, time: shortTime(data.urge_from) })}</p>
      )}
      {urge.error && <ErrorNote error={urge.error} />}
    </section>
  )
}

function Rating({ token, again }: { token: string; again: boolean }) {
  const { t } = useTranslation('phone')
  const [open, setOpen] = useState(!again)
  const [stars, setStars] = useState(0)
  const [solved, setSolved] = useState(true)
  const [comment, setComment] = useState('')
  const rate = useAct(token, () => rateIncident(token, { stars, solved, comment: comment || undefined }))
  if (!open) return <button className="button quiet" data-testid="rate-again" onClick={() => setOpen(true)}>{t('track.rateAgain')}</button>
  return (
    <section className="card" aria-label={t('track.rate')}>
      <h2>{t('track.rate')}</h2>
      <div className="stars" role="radiogroup" aria-label={t('track.rate')}>
        {[1, 2, 3, 4, 5].map((count) => (
          <button key={count} type="button" role="radio" aria-checked={stars === count} aria-label={t('track.star', { count })} data-testid={`star-${count}`} className={count <= stars ? 'lit' : ''} onClick={() => setStars(count)}>{count <= stars ? '★' : '☆'}</button>
        ))}
      </div>
      <div className="row">
        <button type="button" className={solved ? 'button' : 'button quiet'} aria-pressed={solved} onClick={() => setSolved(true)}>{solved && '✓ '}{t('track.solved')}</button>
        <button type="button" className={solved ? 'button quiet' : 'button'} aria-pressed={!solved} data-testid="unsolved" onClick={() => setSolved(false)}>{!solved && '✓ '}{t('track.unsolved')}</button>
      </div>
      <textarea className="input" aria-label={t('track.comment')} placeholder={t('track.comment')} rows={2} value={comment} onChange={(event) => setComment(event.target.value)} />
      <SpeakHint />
      {rate.error && <ErrorNote error={rate.error} />}
      <button className="button" data-testid="rating-submit" disabled={!stars || rate.isPending} onClick={() => rate.mutate(undefined as never)}>{t('track.send')}</button>
    </section>
  )
}

function Reopen({ token, until }: { token: string; until: string | null | undefined }) {
  const { t } = useTranslation('phone')
  const [open, setOpen] = useState(false)
  const [reason, setReason] = useState('')
  const reopen = useAct(token, () => reopenIncident(token, reason))
  if (!open) return <button className="button quiet" data-testid="reopen" onClick={() => setOpen(true)}>{t('track.reopen')}</button>
  return (
    <section className="card">
      <label className="label" htmlFor="reopen">{t('track.reopenReason')}</label>
      {until && <p className="meta">{t('track.reopenUntil', { time: shortTime(until) })}</p>}
      <textarea id="reopen" data-testid="reopen-reason" className="input" rows={3} value={reason} onChange={(event) => setReason(event.target.value)} />
      <SpeakHint />
      {reopen.error && <ErrorNote error={reopen.error} />}
      <button className="button" data-testid="reopen-submit" disabled={reason.trim().length < 2 || reopen.isPending} onClick={() => reopen.mutate(undefined as never)}>{t('track.reopen')}</button>
    </section>
  )
}

/** Too late to reopen: a new report that names the former one. */
function Anew({ token, data }: { token: string; data: Tracking }) {
  const { t } = useTranslation('phone')
  const query = new URLSearchParams({ former: token, number: data.number, lon: String(data.lon), lat: String(data.lat) })
  return (
    <section className="card" data-testid="too-late">
      <p>{t('track.tooLate', { time: shortTime(data.reopen_until ?? '') })}</p>
      <button className="button quiet" data-testid="report-anew" onClick={() => go(`?${query}`)}>{t('track.anew')}</button>
    </section>
  )
}
