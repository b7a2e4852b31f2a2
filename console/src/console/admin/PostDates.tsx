import { Button, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { datePost } from '@/shared/api/admin'
import { fullTime } from '@/shared/time'
import { ErrorNote } from '../app/ErrorNote'
import { dayBegins } from './search'
import { useAct } from './useAct'

interface Entry {
  from: string
  to?: string
}

/** From when to when a running post lasts; an empty end leaves it open. A day that was not changed keeps its hour. */
export function PostDates({ post, close }: { post: { id: number; valid_from: string; valid_to?: string | null }; close: () => void }) {
  const { t } = useTranslation('console')
  const save = useAct((body: { valid_from: string; valid_to: string | null }) => datePost(post.id, body), { done: t('people.dates.saved'), then: close })
  const from = day(post.valid_from)
  const to = post.valid_to ? day(post.valid_to) : ''
  const send = (entry: Entry) =>
    save.mutate({
      valid_from: entry.from === from ? post.valid_from : dayBegins(entry.from),
      valid_to: !entry.to ? null : entry.to === to ? (post.valid_to ?? null) : dayBegins(entry.to),
    })
  return (
    <Form layout="inline" initialValues={{ from, to }} onFinish={send} data-testid="post-dates">
      <Form.Item name="from" label={t('admin.post.from')} rules={[{ required: true, message: t('fields.required', { name: t('admin.post.from') }) }]}>
        <Input type="date" data-testid="post-from" />
      </Form.Item>
      <Form.Item name="to" label={t('admin.post.to')}>
        <Input type="date" data-testid="post-to" />
      </Form.Item>
      <Button htmlType="submit" type="primary" loading={save.isPending} data-testid="post-dates-save">
        {t('people.dates.save')}
      </Button>
      {save.error && <ErrorNote error={save.error} />}
    </Form>
  )
}

const day = (moment: string) => fullTime(moment).slice(0, 10)
