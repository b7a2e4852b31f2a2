import { Checkbox, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../app/Dialog'
import { ErrorNote } from '../app/ErrorNote'
import { useMe } from '../app/session'
import { RegionSelect } from '../moves/RegionSelect'
import { shortType } from './log'

interface Entry {
  name: string
  url: string
  types: string[]
  region: number
}

const TYPES = ['chengyun.incident.opened.v1', 'chengyun.incident.moved.v1', 'chengyun.incident.closed.v1']

export function SubscriptionForm({ busy, error, make, close }: { busy: boolean; error: unknown; make: (entry: Entry) => void; close: () => void }) {
  const { t } = useTranslation('console')
  const me = useMe()
  const [form] = Form.useForm<Entry>()
  const required = (label: string) => [{ required: true, message: t('fields.required', { name: label }) }]
  const initial = { types: TYPES, region: me.centre?.id ?? me.post?.region.id }
  return (
    <Dialog open title={t('exchange.out.form')} okText={t('exchange.add')} cancelText={t('moves.cancel')} confirmLoading={busy} onOk={form.submit} onCancel={close}>
      <Form form={form} layout="vertical" initialValues={initial} onFinish={make} requiredMark={false}>
        <Form.Item name="name" label={t('exchange.name')} rules={required(t('exchange.name'))}>
          <Input maxLength={100} autoFocus data-testid="subscription-name" />
        </Form.Item>
        <Form.Item name="url" label={t('exchange.out.url')} rules={required(t('exchange.out.url'))}>
          <Input maxLength={2000} inputMode="url" placeholder="https://" data-testid="subscription-url" />
        </Form.Item>
        <Form.Item name="types" label={t('exchange.out.types')} rules={required(t('exchange.out.types'))}>
          <Types />
        </Form.Item>
        <Form.Item name="region" label={t('exchange.region')} rules={required(t('exchange.region'))}>
          <RegionSelect />
        </Form.Item>
      </Form>
      {!!error && <ErrorNote error={error} />}
    </Dialog>
  )
}

/** A group of boxes may not carry `aria-required`, which the form would give it. */
function Types({ id, value, onChange }: { id?: string; value?: string[]; onChange?: (value: string[]) => void }) {
  const { t } = useTranslation('console')
  return (
    <div id={id}>
      <Checkbox.Group value={value} onChange={onChange} options={TYPES.map((name) => ({ value: name, label: t(`exchange.type.${shortType(name)}`) }))} />
    </div>
  )
}
