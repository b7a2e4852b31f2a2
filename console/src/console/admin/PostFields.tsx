import { useQuery } from '@tanstack/react-query'
import { Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { listRoles, type NewPost } from '@/shared/api/admin'
import { notRead } from '../app/notRead'
import { useMe } from '../app/session'
import { UnitSelect } from '../moves/UnitSelect'
import { dayBegins } from './search'

export interface PostEntry {
  unit?: number
  role?: string
  from?: string
  to?: string
}

/** Unit, role and dates of a post; days are those of Asia/Shanghai. */
export function PostFields() {
  const { t } = useTranslation('console')
  const me = useMe()
  const roles = useQuery({ queryKey: ['roles'], queryFn: listRoles, staleTime: Infinity })
  return (
    <>
      <Form.Item name="unit" label={t('admin.post.unit')}>
        <UnitSelect region={me.centre?.id ?? me.post?.region.id} />
      </Form.Item>
      <Form.Item name="role" label={t('admin.post.role')} dependencies={['unit']} rules={[({ getFieldValue }) => ({ required: Boolean(getFieldValue('unit')), message: t('fields.required', { name: t('admin.post.role') }) })]}>
        <Select aria-label={t('admin.post.role')} showSearch={{ optionFilterProp: 'label' }} notFoundContent={notRead(roles)} options={roles.data?.map((role) => ({ value: role.key, label: role.name }))} />
      </Form.Item>
      <div className="admin-pair">
        <Form.Item name="from" label={t('admin.post.from')}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="to" label={t('admin.post.to')}>
          <Input type="date" />
        </Form.Item>
      </div>
    </>
  )
}

export const postOf = ({ unit, role, from, to }: PostEntry): NewPost => ({
  unit: unit ?? 0,
  role: role ?? '',
  ...(from ? { valid_from: dayBegins(from) } : {}),
  ...(to ? { valid_to: dayBegins(to) } : {}),
})
