import { Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { createPerson, givePost } from '@/shared/api/admin'
import { Dialog } from '../app/Dialog'
import { ErrorNote } from '../app/ErrorNote'
import { PasswordInput } from '../app/PasswordInput'
import { PostFields, postOf, type PostEntry } from './PostFields'
import { useAct } from './useAct'

interface Entry extends PostEntry {
  login: string
  name: string
  password?: string
}

/** A person with a first post, both or neither: without the post nobody could sign in. */
export function NewPerson({ close }: { close: (made?: number) => void }) {
  const { t } = useTranslation('console')
  const [form] = Form.useForm<Entry>()
  const required = (name: string) => [{ required: true, message: t('fields.required', { name: t(`admin.person.${name}`) }) }]
  const make = useAct(
    async ({ login, name, password, ...post }: Entry) => {
      const { id } = await createPerson({ login, name, password })
      if (post.unit) await givePost(id, postOf(post))
      return id
    },
    { done: t('admin.person.made'), then: (id) => close(id) },
  )
  return (
    <Dialog open title={t('admin.person.new')} okText={t('admin.save')} cancelText={t('moves.cancel')} confirmLoading={make.isPending} onOk={() => form.submit()} onCancel={() => close()}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(entry) => make.mutate(entry)}>
        <Form.Item name="name" label={t('admin.person.name')} rules={required('name')}>
          <Input maxLength={100} data-testid="person-name" />
        </Form.Item>
        <Form.Item name="login" label={t('admin.person.login')} rules={required('login')}>
          <Input maxLength={63} autoComplete="off" data-testid="person-login" />
        </Form.Item>
        <Form.Item name="password" label={t('admin.person.firstPassword')} extra={t('admin.person.passwordHint')}>
          <PasswordInput autoComplete="new-password" data-testid="person-password" />
        </Form.Item>
        <PostFields />
      </Form>
      {make.error && <ErrorNote error={make.error} />}
    </Dialog>
  )
}
