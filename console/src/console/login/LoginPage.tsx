import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { Button, Form, Input } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { demoAccounts, signIn } from '@/shared/api/identity'
import { chooseLanguage } from '@/shared/i18n'
import { ErrorNote } from '../app/ErrorNote'
import { PasswordInput } from '../app/PasswordInput'
import { useSetMe } from '../app/session'
import { reconnectLive } from '../live/live'
import { DemoAccounts } from './DemoAccounts'
import { DemoStories } from './DemoStories'
import './login.css'

interface Entry {
  login: string
  password: string
}

export function LoginPage() {
  const { t, i18n } = useTranslation('console')
  const [form] = Form.useForm<Entry>()
  const { to } = useSearch({ from: '/login' })
  const navigate = useNavigate()
  const router = useRouter()
  const setMe = useSetMe()
  const accounts = useQuery({ queryKey: ['demo-accounts'], queryFn: demoAccounts, retry: false, staleTime: Infinity })
  const enter = useMutation({
    mutationFn: ({ login, password }: Entry) => signIn(login.trim(), password),
    onSuccess: async (me) => {
      setMe(me)
      reconnectLive()
      if (to?.startsWith('/')) router.history.push(to)
      else await navigate({ to: '/' })
    },
  })
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
        <Form form={form} layout="vertical" requiredMark={false} onFinish={(entry) => enter.mutate(entry)}>
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
        </Form>
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
