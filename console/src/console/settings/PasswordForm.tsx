import { useMutation } from '@tanstack/react-query'
import { App, Button, Form } from 'antd'
import { useTranslation } from 'react-i18next'
import { changePassword } from '@/shared/api/identity'
import { ErrorNote } from '../app/ErrorNote'
import { PasswordInput } from '../app/PasswordInput'

interface Entry {
  old: string
  fresh: string
}

export function PasswordForm() {
  const { t } = useTranslation('console')
  const { message } = App.useApp()
  const [form] = Form.useForm<Entry>()
  const change = useMutation({
    mutationFn: ({ old, fresh }: Entry) => changePassword(old, fresh),
    onSuccess: () => {
      form.resetFields()
      void message.success(t('settings.passwordChanged'))
    },
  })
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('settings.password')}</h2>
        <span className="meta">{t('settings.passwordHint')}</span>
      </div>
      <Form form={form} layout="inline" requiredMark={false} onFinish={(entry) => change.mutate(entry)}>
        <Form.Item name="old" label={t('settings.oldPassword')} rules={[{ required: true, message: t('login.passwordMissing') }]}>
          <PasswordInput autoComplete="current-password" />
        </Form.Item>
        <Form.Item name="fresh" label={t('settings.newPassword')} rules={[{ required: true, message: t('login.passwordMissing') }]}>
          <PasswordInput autoComplete="new-password" />
        </Form.Item>
        <Button htmlType="submit" loading={change.isPending}>
          {t('settings.change')}
        </Button>
      </Form>
      {change.error && <ErrorNote error={change.error} />}
    </section>
  )
}
