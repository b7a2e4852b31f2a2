import { Button, Form, Input, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useMe } from '../app/session'
import { RegionSelect } from '../moves/RegionSelect'

interface Entry {
  name: string
  permissions: string[]
  region: number
  days: number
}

/** What a machine may be given; the server refuses anything beyond. */
const GRANTABLE = ['incident.read', 'incident.report', 'incident.urge', 'attachment.read', 'attachment.write', 'region.read', 'unit.read', 'workorder.read']

export function TokenForm({ busy, issue }: { busy: boolean; issue: (entry: Entry) => void }) {
  const { t } = useTranslation('console')
  const me = useMe()
  const [form] = Form.useForm<Entry>()
  const required = (name: string) => [{ required: true, message: t('fields.required', { name: t(`settings.${name}`) }) }]
  return (
    <Form form={form} layout="vertical" className="token-form" initialValues={{ days: 90, region: me.centre?.id ?? me.post?.region.id }} onFinish={issue} requiredMark={false}>
      <Form.Item name="name" label={t('settings.tokenName')} rules={required('tokenName')}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="permissions" label={t('settings.tokenPermissions')} rules={required('tokenPermissions')}>
        <Select mode="multiple" options={GRANTABLE.map((value) => ({ value, label: t(`permission.${value.replace('.', '_')}`) }))} />
      </Form.Item>
      <Form.Item name="region" label={t('settings.tokenRegion')} rules={required('tokenRegion')}>
        <RegionSelect />
      </Form.Item>
      <Form.Item name="days" label={t('settings.tokenDays')} rules={required('tokenDays')}>
        <InputNumber min={1} max={730} />
      </Form.Item>
      <Button htmlType="submit" loading={busy}>
        {t('settings.issue')}
      </Button>
    </Form>
  )
}
