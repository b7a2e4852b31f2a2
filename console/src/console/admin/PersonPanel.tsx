import { useQuery } from '@tanstack/react-query'
import { Button, Form, Input, Skeleton, Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { editPerson, endPost, givePost, readPerson, resetFactor, resetPassword, setActive } from '@/shared/api/admin'
import { fullTime } from '@/shared/time'
import { Ask } from '../app/Ask'
import { ErrorNote } from '../app/ErrorNote'
import { PasswordInput } from '../app/PasswordInput'
import { SidePanel } from '../app/SidePanel'
import { AccountsPart } from './AccountsPart'
import { PostDates } from './PostDates'
import { PostFields, postOf, type PostEntry } from './PostFields'
import { SeatList } from './SeatList'
import { useAct } from './useAct'

type Shown = Awaited<ReturnType<typeof readPerson>>

/** One person: name, posts, access, sessions. Every act here can be undone. */
export function PersonPanel({ id, close }: { id: number; close: () => void }) {
  const { t } = useTranslation('console')
  const { data, error, refetch } = useQuery({ queryKey: ['person', id], queryFn: () => readPerson(id) })
  return (
    <SidePanel open title={data?.name ?? t('admin.nav.people')} size={560} onClose={close} closable={{ 'aria-label': t('moves.cancel') }}>
      {error ? <ErrorNote error={error} retry={() => void refetch()} /> : !data && <Skeleton active />}
      {data && (
        <div className="admin-panel" data-testid="person-panel">
          <NamePart key={`${data.name} ${data.login}`} person={data} />
          <PostsPart person={data} />
          <AccessPart person={data} />
          <AccountsPart person={id} />
          <section>
            <h2>{t('admin.nav.sessions')}</h2>
            <SeatList person={id} />
          </section>
        </div>
      )}
    </SidePanel>
  )
}

function NamePart({ person }: { person: Shown }) {
  const { t } = useTranslation('console')
  const save = useAct((entry: { login: string; name: string }) => editPerson(person.id, entry), { done: t('admin.saved') })
  return (
    <section>
      <Form layout="inline" initialValues={person} onFinish={(entry: { login: string; name: string }) => save.mutate(entry)}>
        <Form.Item name="name" label={t('admin.person.name')}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="login" label={t('admin.person.login')}>
          <Input maxLength={63} />
        </Form.Item>
        <Button htmlType="submit" loading={save.isPending}>
          {t('admin.save')}
        </Button>
      </Form>
      {save.error && <ErrorNote error={save.error} />}
    </section>
  )
}

function PostsPart({ person }: { person: Shown }) {
  const { t } = useTranslation('console')
  const [form] = Form.useForm<PostEntry>()
  const give = useAct((entry: PostEntry) => givePost(person.id, postOf(entry)), { done: t('admin.post.given'), then: () => form.resetFields() })
  const posts = person.posts ?? []
  const [dating, setDating] = useState<number | null>(null)
  const end = useAct(endPost, { done: t('admin.post.ended') })
  return (
    <section>
      <h2>{t('admin.person.posts')}</h2>
      <ul className="admin-list">
        {posts.map((post) => (
          <li key={post.id}>
            <span>
              {post.unit.name} · {post.role_name}
              <span className="meta">
                {' '}
                {fullTime(post.valid_from).slice(0, 10)} – {post.valid_to ? fullTime(post.valid_to).slice(0, 10) : t('people.dates.open')}
              </span>
            </span>
            <Button size="small" aria-expanded={dating === post.id} onClick={() => setDating(dating === post.id ? null : post.id)} data-testid={`post-date-${post.id}`}>
              {t('people.dates.edit')}
            </Button>
            <Ask title={t('admin.post.endAsk')} okText={t('admin.post.end')} cancelText={t('moves.cancel')} onConfirm={() => end.mutate(post.id)}>
              <Button size="small">{t('admin.post.end')}</Button>
            </Ask>
            {dating === post.id && <PostDates post={post} close={() => setDating(null)} />}
          </li>
        ))}
      </ul>
      {posts.length === 0 && <p className="meta">{t('admin.person.noPost')}</p>}
      <Form form={form} layout="vertical" onFinish={(entry) => entry.unit && give.mutate(entry)}>
        <PostFields />
        <Button htmlType="submit" loading={give.isPending}>
          {t('admin.post.give')}
        </Button>
      </Form>
      {(give.error ?? end.error) && <ErrorNote error={give.error ?? end.error} />}
    </section>
  )
}

function AccessPart({ person }: { person: Shown }) {
  const { t } = useTranslation('console')
  const [form] = Form.useForm<{ fresh: string }>()
  const active = useAct((on: boolean) => setActive(person.id, on), { done: t('admin.saved') })
  const password = useAct(({ fresh }: { fresh: string }) => resetPassword(person.id, fresh), { done: t('admin.person.passwordSet'), then: () => form.resetFields() })
  const factor = useAct(() => resetFactor(person.id), { done: t('admin.person.factorReset') })
  const error = active.error ?? password.error ?? factor.error
  return (
    <section>
      <h2>{t('admin.person.access')}</h2>
      <label className="admin-switch">
        <Switch checked={person.active} loading={active.isPending} onChange={(on) => active.mutate(on)} aria-label={t('admin.person.active')} /> {t('admin.person.active')}
      </label>
      <Form form={form} layout="inline" onFinish={(entry) => password.mutate(entry)}>
        <Form.Item name="fresh" label={t('admin.person.newPassword')} rules={[{ required: true, message: t('login.passwordMissing') }]}>
          <PasswordInput autoComplete="new-password" />
        </Form.Item>
        <Button htmlType="submit" loading={password.isPending}>
          {t('admin.person.setPassword')}
        </Button>
      </Form>
      <Ask title={t('admin.person.factorAsk')} okText={t('admin.person.resetFactor')} cancelText={t('moves.cancel')} onConfirm={() => factor.mutate(undefined)}>
        <Button loading={factor.isPending}>{t('admin.person.resetFactor')}</Button>
      </Ask>
      {error && <ErrorNote error={error} />}
    </section>
  )
}
