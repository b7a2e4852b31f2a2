import { Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../app/Dialog'
import { ErrorNote } from '../app/ErrorNote'
import { useMe } from '../app/session'
import { RegionSelect } from '../moves/RegionSelect'

interface Entry {
  slug: string
  name: string
  region: number
  mapping: string
}

const MAPPING = `text: /content
external: /case/id
category: {at: /type, map: {垃圾: "0102"}}
position: {lon: /x, lat: /y, datum: gcj02}
time: {at: /when, format: "%Y-%m-%d %H:%M:%S"}
`

export function SourceForm({ busy, error, make, close }: { busy: boolean; error: unknown; make: (entry: Entry) => void; close: () => void }) {
  const { t } = useTranslation('console')
  const me = useMe()
  const [form] = Form.useForm<Entry>()
  const required = (label: string) => ({ required: true, message: t('fields.required', { name: label }) })
  const initial = { mapping: MAPPING, region: me.centre?.id ?? me.post?.region.id }
  return (
    <Dialog open title={t('exchange.in.form')} okText={t('exchange.add')} cancelText={t('moves.cancel')} confirmLoading={busy} onOk={form.submit} onCancel={close}>
      <Form form={form} layout="vertical" initialValues={initial} onFinish={make} requiredMark={false}>
        <Form.Item name="name" label={t('exchange.name')} rules={[required(t('exchange.name'))]}>
          <Input maxLength={100} autoFocus />
        </Form.Item>
        <Form.Item name="slug" label={t('exchange.in.slug')} rules={[required(t('exchange.in.slug')), { pattern: /^[a-z0-9][a-z0-9-]{1,49}$/, message: t('exchange.in.slugRule') }]}>
          <Input maxLength={50} />
        </Form.Item>
        <Form.Item name="region" label={t('exchange.region')} rules={[required(t('exchange.region'))]}>
          <RegionSelect />
        </Form.Item>
        <Form.Item name="mapping" label={t('exchange.in.mapping')} rules={[required(t('exchange.in.mapping'))]}>
          <Input.TextArea rows={8} maxLength={20_000} className="exchange-mapping" />
        </Form.Item>
      </Form>
      {!!error && <ErrorNote error={error} />}
    </Dialog>
  )
}
