import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { Button, Form, Input } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listProviders, providerAddress } from '@/shared/api/admin'
import { demoAccounts, readMe, signIn } from '@/shared/api/identity'
import type { Me } from '@/shared/api/types'
import { chooseLanguage } from '@/shared/i18n'
import { ErrorNote } from '../app/ErrorNote'
import { PasswordInput } from '../app/PasswordInput'
import { useSetMe } from '../app/session'
import { reconnectLive } from '../live/live'
import { DemoAccounts } from './DemoAccounts'
import { DemoStories } from './DemoStories'
import { SecondStep, type Waits } from './SecondStep'
import './login.css'

interface Entry {
  login: string
  password: string
}

export function LoginPage() {
  const { t, i18n } = useTranslation('console')
  const [form] = Form.useForm<Entry>()
  const { to, second, problem } = useSearch({ from: '/login' })
  const [waits, setWaits] = useState<Waits | null>(second === 'factor' || second === 'enrolment' ? second : null)
  const navigate = useNavigate()
  const router = useRouter()
  const setMe = useSetMe()
  const accounts = useQuery({ queryKey: ['demo-accounts'], queryFn: demoAccounts, retry: false, staleTime: Infinity })
  const enter = useMutation({
    mutationFn: ({ login, password }: Entry) => signIn(login.trim(), password),
    onSuccess: async (answer) => {
      if ('waits' in answer) setWaits(answer.waits as Waits)
      else await inside(answer)
    },
  })
  const providers = useQuery({ queryKey: ['providers'], queryFn: listProviders, staleTime: Infinity })
  const inside = async (me: Me) => {
    setMe(me)
    reconnectLive()
    if (to?.startsWith('/m/')) location.assign(to) // the phone is another page
    else if (to?.startsWith('/')) router.history.push(to)
    else await navigate({ to: '/' })
  }
  useEffect(() => {
    document.title = t('login.page')
  }, [t])
  const choose = (login: string) => {
    form.setFieldsValue({ login, password: 'chengyun' })
    enter.mutate({ login, password: 'chengyun' })
  }
  return (
    <main className="login">
      <div className="login-side">
      <section className="login-card card">
        <h1>
          <span className="brand">{t('shell.brand')}</span> {t('login.title')}
        </h1>
        <p className="meta">{t('login.subtitle')}</p>
        {problem && (
          <p className="error-note" role="alert" data-testid="login-problem">
            {t([`signin.problem.${problem.replace('.', '_')}`, 'signin.problem.other'])}
          </p>
        )}
        {waits && <SecondStep waits={waits} done={() => void readMe().then(inside)} back={() => setWaits(null)} />}
        {!waits && <Form form={form} layout="vertical" requiredMark={false} onFinish={(entry) => enter.mutate(entry)}>
          <Form.Item name="login" label={t('login.login')} rules={[{ required: true, message: t('login.loginMissing') }]}>
            <Input autoFocus autoComplete="username" data-testid="login" />
          </Form.Item>
          <Form.Item name="password" label={t('login.password')} rules={[{ required: true, message: t('login.passwordMissing') }]}>
            <PasswordInput autoComplete="current-password" data-testid="password" />
          </Form.Item>
          {enter.error && <ErrorNote error={enter.error} />}
          <Button type="primary" htmlType="submit" block loading={enter.isPending}>
            {t('login.enter')}
          </Button>
          {providers.data?.map((one) => (
            <Button key={one.key} block href={providerAddress(one.key, to?.startsWith('/') ? to : '/')} className="login-provider" data-testid={`oidc-${one.key}`}>
              {t('signin.by', { name: one.name })}
            </Button>
          ))}
        </Form>}
        <p className="login-foot">
          <a href="/m/">{t('login.phone')}</a>
          <Button type="link" size="small" onClick={() => chooseLanguage(i18n.language === 'en' ? 'zh' : 'en')}>
            {i18n.language === 'en' ? '中文' : 'English'}
          </Button>
        </p>
      </section>
      {accounts.data && <DemoStories />}
      </div>
      {accounts.data && <DemoAccounts accounts={accounts.data} choose={choose} busy={enter.isPending} />}
    </main>
  )
}
