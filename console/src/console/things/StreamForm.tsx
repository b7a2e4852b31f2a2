import { Form, Input, InputNumber } from 'antd'
import { useTranslation } from 'react-i18next'
import { editStream, type Datastream, type StreamIn } from '@/shared/api/things'
import { dayOf } from '@/shared/time'
import { dayBegins } from '../admin/search'
import { useAct } from '../admin/useAct'
import { Dialog } from '../app/Dialog'
import { ErrorNote } from '../app/ErrorNote'
import { sentinelsOf } from './search'

type Numbers = Pick<Datastream, 'low' | 'high' | 'interval_s' | 'scale' | 'shift'>
type Entry = Numbers & { unit: string; sentinels: string; day: string }

/** Range, interval, sentinels and calibration of one datastream, for the readings to come. */
export function StreamForm({ stream, name, unit, close }: { stream: Datastream; name: string; unit: string; close: () => void }) {
  const { t } = useTranslation('console')
  const [form] = Form.useForm<Entry>()
  const save = useAct((body: StreamIn) => editStream(stream.id, body), { done: t('things.stream.saved'), then: close })
  const day = stream.calibrated_at ? dayOf(stream.calibrated_at) : ''
  const initial = { ...stream, sentinels: stream.sentinels.join(' '), day }
  const finish = ({ sentinels, day: typed, ...rest }: Entry) =>
    save.mutate({ ...rest, sentinels: sentinelsOf(sentinels) ?? [], calibrated_at: typed === day ? stream.calibrated_at : typed ? dayBegins(typed) : null })
  const number = (key: keyof Numbers, label: string) => (
    <Form.Item name={key} label={label} rules={[{ required: true, message: t('fields.required', { name: label }) }]}>
      <InputNumber style={{ width: '100%' }} data-testid={`stream-${key}`} />
    </Form.Item>
  )
  const checkSentinels = (_: unknown, typed: string) => (sentinelsOf(typed) ? Promise.resolve() : Promise.reject(new Error(t('things.stream.wrongSentinels'))))
  return (
    <Dialog open title={t('things.stream.title2', { name })} okText={t('things.save')} cancelText={t('things.cancel')} confirmLoading={save.isPending} okButtonProps={{ 'data-testid': 'stream-save' }} onOk={() => form.submit()} onCancel={close}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={initial} onFinish={finish}>
        <div className="admin-pair">
          {number('low', t('things.stream.low'))}
          {number('high', t('things.stream.high'))}
          {number('interval_s', t('things.stream.intervalSeconds'))}
          <Form.Item name="unit" label={t('things.stream.unit')} extra={t('things.stream.unitHint', { unit })} rules={[{ required: true, message: t('fields.required', { name: t('things.stream.unit') }) }]}>
            <Input maxLength={40} />
          </Form.Item>
          {number('scale', t('things.stream.scale'))}
          {number('shift', t('things.stream.shift'))}
          <Form.Item name="day" label={t('things.stream.day')} extra={t('things.stream.dayHint')}>
            <Input type="date" />
          </Form.Item>
          <Form.Item name="sentinels" label={t('things.stream.sentinels')} extra={t('things.stream.sentinelsHint')} rules={[{ validator: checkSentinels }]}>
            <Input maxLength={200} />
          </Form.Item>
        </div>
      </Form>
      {save.error && <ErrorNote error={save.error} />}
    </Dialog>
  )
}
