import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { enterFactor, listProviders, providerAddress } from '@/shared/api/admin'
import { demoAccounts, readMe, residentSignIn, sendCode, signIn } from '@/shared/api/identity'
import type { Me } from '@/shared/api/types'
import { go } from '../app/route'
import { useSession } from '../app/session'
import { EnrolFactor } from '../parts/EnrolFactor'
import { ErrorNote } from '../parts/ErrorNote'

export function LoginPage() {
  const { t } = useTranslation('phone')
  const [who, setWho] = useState<'staff' | 'resident'>('staff')
  return (
    <div className="stack">
      <div className="row" role="tablist">
        {(['staff', 'resident'] as const).map((kind) => (
          <button key={kind} role="tab" aria-selected={who === kind} data-testid={`login-${kind}`} className={who === kind ? 'button' : 'button quiet'} onClick={() => setWho(kind)}>{t(`login.${kind}`)}</button>
        ))}
      </div>
      {who === 'staff' ? <StaffLogin /> : <ResidentLogin />}
    </div>
  )
}

function useEnter() {
  const { set } = useSession()
  return async (me: Me) => {
    await set(me)
    go(me.kind === 'person' ? 'tasks' : '', true)
  }
}

function StaffLogin() {
  const { t } = useTranslation('phone')
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const enter = useEnter()
  // Whoever comes back from a provider has done the first step already.
  const [waits, setWaits] = useState(() => new URLSearchParams(location.search).get('second'))
  const act = useMutation({
    mutationFn: () => signIn(login.trim(), password),
    onSuccess: async (answer) => ('waits' in answer ? setWaits(answer.waits) : enter(answer)),
  })
  const providers = useQuery({ queryKey: ['providers'], queryFn: listProviders, retry: false, staleTime: Infinity })
  const demo = useQuery({ queryKey: ['demo-accounts'], queryFn: demoAccounts, retry: false, staleTime: Infinity })
  if (waits === 'factor') return <SecondStep enter={enter} />
  if (waits) return <EnrolFactor done={() => readMe().then(enter)} back={() => setWaits(null)} />
  return (
    <>
      <form className="card" onSubmit={(event) => { event.preventDefault(); act.mutate() }}>
        <label className="label" htmlFor="login">{t('login.account')}</label>
        <input id="login" data-testid="login" className="input" autoComplete="username" autoCapitalize="none" value={login} onChange={(event) => setLogin(event.target.value)} />
        <label className="label" htmlFor="password">{t('login.password')}</label>
        <input id="password" data-testid="password" className="input" type="password" autoComplete="current-password" value={password} onChange={(event) => setPassword(event.target.value)} />
        {act.error && <ErrorNote error={act.error} />}
        <button className="button" data-testid="login-submit" disabled={act.isPending || !login || !password}>{t('login.submit')}</button>
        {providers.data?.map((one) => <a key={one.key} className="button quiet" href={providerAddress(one.key, '/m/')}>{t('login.by', { name: one.name })}</a>)}
      </form>
      {demo.data && (
        <section className="card">
          <h2>{t('login.demo')}</h2>
          <ul className="options">
            {demo.data.map((account) => (
              <li key={account.login}>
                <button type="button" onClick={() => { setLogin(account.login); setPassword('chengyun') }}>{account.unit_name} · {account.role_name} <span className="meta">{account.login}</span></button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

function SecondStep({ enter }: { enter: (me: Me) => Promise<void> }) {
  const { t } = useTranslation('phone')
  const [code, setCode] = useState('')
  const act = useMutation({ mutationFn: () => enterFactor(code.trim()).then(readMe), onSuccess: enter })
  return (
    <form className="card" onSubmit={(event) => { event.preventDefault(); act.mutate() }}>
      <label className="label" htmlFor="second">{t('login.second')}</label>
      <input id="second" data-testid="second-code" className="input" inputMode="numeric" autoComplete="one-time-code" value={code} onChange={(event) => setCode(event.target.value)} />
      {act.error && <ErrorNote error={act.error} />}
      <button className="button" data-testid="second-submit" disabled={act.isPending || code.length < 6}>{t('login.submit')}</button>
    </form>
  )
}

function ResidentLogin() {
  const { t } = useTranslation('phone')
  const [phone, setPhone] = useState('')
  const [code, setCode] = useState('')
  const enter = useEnter()
  const ask = useMutation({ mutationFn: () => sendCode(phone.trim()) })
  const act = useMutation({ mutationFn: () => residentSignIn(phone.trim(), code.trim()), onSuccess: enter })
  return (
    <form className="card" onSubmit={(event) => { event.preventDefault(); act.mutate() }}>
      <label className="label" htmlFor="phone">{t('login.phone')}</label>
      <div className="row">
        <input id="phone" data-testid="resident-phone" className="input" inputMode="tel" value={phone} onChange={(event) => setPhone(event.target.value)} />
        <button type="button" className="button quiet small" data-testid="code-request" disabled={ask.isPending || phone.length < 11} onClick={() => ask.mutate()}>{t('login.sendCode')}</button>
      </div>
      {ask.data?.demo_code && <p className="note" data-testid="demo-code">{t('login.demoCode', { code: ask.data.demo_code })}</p>}
      <label className="label" htmlFor="code">{t('login.code')}</label>
      <input id="code" data-testid="code" className="input" inputMode="numeric" autoComplete="one-time-code" value={code} onChange={(event) => setCode(event.target.value)} />
      {(ask.error ?? act.error) && <ErrorNote error={ask.error ?? act.error} />}
      <button className="button" data-testid="code-submit" disabled={act.isPending || code.length < 4}>{t('login.submit')}</button>
    </form>
  )
}
