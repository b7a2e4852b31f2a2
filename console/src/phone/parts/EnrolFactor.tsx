import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { confirmFactor, enrolFactor, type Enrolment } from '@/shared/api/admin'
import { ErrorNote } from './ErrorNote'

/** A phone cannot scan its own screen: a link opens the authenticator, the key can be copied, then a code proves it. */
export function EnrolFactor({ done, back }: { done: () => Promise<void>; back: () => void }) {
  const { t } = useTranslation('phone')
  // A new key replaces the one before: asked for once, and never again behind somebody's back.
  const drawn = useQuery({ queryKey: ['enrolment'], queryFn: enrolFactor, staleTime: Infinity, gcTime: 0, retry: false, refetchOnReconnect: false, refetchOnWindowFocus: false })
  const [codes, setCodes] = useState<string[] | null>(null)
  if (codes) return <RecoveryCodes codes={codes} done={done} />
  return (
    <section className="card" data-testid="enrol">
      <h2>{t('enrol.title')}</h2>
      <p>{t('enrol.why')}</p>
      {drawn.isPending && <p className="meta">{t('loading')}</p>}
      {drawn.error && (
        <>
          <ErrorNote error={drawn.error} />
          <button type="button" className="button" onClick={() => void drawn.refetch()}>{t('enrol.again')}</button>
        </>
      )}
      {drawn.data && <Proof drawn={drawn.data} proven={setCodes} />}
      <button type="button" className="button quiet" onClick={back}>{t('enrol.back')}</button>
    </section>
  )
}

function Proof({ drawn, proven }: { drawn: Enrolment; proven: (codes: string[]) => void }) {
  const { t } = useTranslation('phone')
  const [code, setCode] = useState('')
  const [copied, setCopied] = useState(false)
  const act = useMutation({ mutationFn: () => confirmFactor(code.trim()), onSuccess: (answer) => proven(answer.codes) })
  const copy = () => void navigator.clipboard.writeText(drawn.secret).then(() => setCopied(true), () => setCopied(false))
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); act.mutate() }}>
      <p className="meta">{t('enrol.install')}</p>
      <a className="button enrol-open" href={drawn.uri} data-testid="enrol-open">{t('enrol.open')}</a>
      <p className="meta">{t('enrol.none')}</p>
      <code className="enrol-key" data-testid="factor-secret">{drawn.secret}</code>
      {'clipboard' in navigator && <button type="button" className="button quiet" onClick={copy} data-testid="enrol-copy">{t(copied ? 'enrol.copied' : 'enrol.copy')}</button>}
      <label className="label" htmlFor="enrol-code">{t('enrol.code')}</label>
      <input id="enrol-code" data-testid="enrol-code" className="input" inputMode="numeric" autoComplete="one-time-code" maxLength={10} value={code} onChange={(event) => setCode(event.target.value)} />
      {act.error && <ErrorNote error={act.error} />}
      <button className="button" data-testid="enrol-submit" disabled={act.isPending || code.trim().length < 6}>{t('enrol.confirm')}</button>
    </form>
  )
}

function RecoveryCodes({ codes, done }: { codes: string[]; done: () => Promise<void> }) {
  const { t } = useTranslation('phone')
  const go = useMutation({ mutationFn: done })
  return (
    <section className="card">
      <h2>{t('enrol.recovery')}</h2>
      <p>{t('enrol.recoveryHint')}</p>
      <ul className="enrol-codes" data-testid="recovery">{codes.map((code) => <li key={code}><code>{code}</code></li>)}</ul>
      {go.error && <ErrorNote error={go.error} />}
      <button type="button" className="button" data-testid="recovery-kept" disabled={go.isPending} onClick={() => go.mutate()}>{t('enrol.kept')}</button>
    </section>
  )
}
