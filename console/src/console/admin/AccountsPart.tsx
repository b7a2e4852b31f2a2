import { useQuery } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { linkAccount, listAccounts, listProviders, unlinkAccount } from '@/shared/api/admin'
import { ErrorNote } from '../app/ErrorNote'
import { useAct } from './useAct'

/** Accounts at sign-in providers that are this person; shown where the installation has a provider. */
export function AccountsPart({ person }: { person: number }) {
  const { t } = useTranslation('console')
  const providers = useQuery({ queryKey: ['providers'], queryFn: listProviders, staleTime: Infinity })
  const { data } = useQuery({ queryKey: ['accounts', person], queryFn: () => listAccounts(person), enabled: Boolean(providers.data?.length) })
  const [form] = Form.useForm<{ issuer: string; subject: string }>()
  const link = useAct((entry: { issuer: string; subject: string }) => linkAccount(person, entry), { done: t('admin.account.linked'), then: () => form.resetFields() })
  const unlink = useAct(unlinkAccount, { done: t('admin.account.unlinked') })
  if (!providers.data?.length) return null
  return (
    <section>
      <h2>{t('admin.account.title')}</h2>
      <ul className="admin-list">
        {data?.map((account) => (
          <li key={account.id}>
            <span>
              {account.issuer} <span className="meta">{account.subject}</span>
            </span>
            <Button size="small" loading={unlink.isPending} onClick={() => unlink.mutate(account.id)}>
              {t('admin.account.unlink')}
            </Button>
          </li>
        ))}
      </ul>
      <Form form={form} layout="inline" onFinish={(entry) => link.mutate(entry)}>
        <Form.Item name="issuer" label={t('admin.account.issuer')} rules={[{ required: true, message: t('admin.account.issuer') }]}>
          <Input />
        </Form.Item>
        <Form.Item name="subject" label={t('admin.account.subject')} rules={[{ required: true, message: t('admin.account.subject') }]}>
          <Input />
        </Form.Item>
        <Button htmlType="submit" loading={link.isPending}>
          {t('admin.account.link')}
        </Button>
      </Form>
      {(link.error ?? unlink.error) && <ErrorNote error={link.error ?? unlink.error} />}
    </section>
  )
}
