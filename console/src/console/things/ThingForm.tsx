import { useQuery } from '@tanstack/react-query'
import { Form, Input, InputNumber, Select } from 'antd'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { createThing, editThing, listKinds, type ThingDetail } from '@/shared/api/things'
import { useAct } from '../admin/useAct'
import { Dialog } from '../app/Dialog'
import { ErrorNote } from '../app/ErrorNote'
import { notRead } from '../app/notRead'
import { PinMap } from '../hotline/PinMap'
import { UnitSelect } from '../moves/UnitSelect'

interface Entry {
  code: string
  kind: string
  name: string
  lon: number
  lat: number
  datum: 'wgs84' | 'gcj02' | 'bd09'
  owner?: number | null
  address?: string
  quota?: number | null
}

const DATUMS = [['wgs84', 'WGS-84'], ['gcj02', 'GCJ-02'], ['bd09', 'BD-09']] as const
const SHOWN = 6 // decimals of a degree

/** A thing that is registered, or changed: then its code and kind stay. */
export function ThingForm({ known, close }: { known?: ThingDetail; close: (made?: number) => void }) {
  const { t, i18n } = useTranslation('console')
  const [form] = Form.useForm<Entry>()
  const kinds = useQuery({ queryKey: ['thing-kinds'], queryFn: listKinds, staleTime: 600_000 })
  const lon = Form.useWatch('lon', form)
  const lat = Form.useWatch('lat', form)
  const datum = Form.useWatch('datum', form)
  const pick = useCallback((east: number, north: number) => form.setFieldsValue({ lon: Number(east.toFixed(SHOWN)), lat: Number(north.toFixed(SHOWN)), datum: 'wgs84' }), [form])
  const save = useAct((entry: Entry) => saved(entry, known), { done: t(known ? 'things.saved' : 'things.made'), then: (id) => close(id) })
  const required = (name: 'code' | 'kind' | 'name' | 'lon' | 'lat') => [{ required: true, message: t('fields.required', { name: t(`things.${name}`) }) }]
  const pinned = datum === 'wgs84' ? { lon: lon ?? null, lat: lat ?? null } : { lon: null, lat: null }
  const initial = known ? { ...known.thing, datum: 'wgs84' } : { datum: 'wgs84' }
  return (
    <Dialog open width={720} title={t(known ? 'things.edit' : 'things.new')} okText={t('things.save')} cancelText={t('things.cancel')} confirmLoading={save.isPending} okButtonProps={{ 'data-testid': 'thing-save' }} onOk={() => form.submit()} onCancel={() => close()}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={initial} onFinish={(entry) => save.mutate(entry)}>
        {!known && (
          <div className="admin-pair">
            <Form.Item name="code" label={t('things.code')} extra={t('things.codeHint')} rules={required('code')}>
              <Input maxLength={100} autoComplete="off" data-testid="thing-code" />
            </Form.Item>
            <Form.Item name="kind" label={t('things.kind')} rules={required('kind')}>
              <Select notFoundContent={notRead(kinds)} data-testid="thing-kind" options={kinds.data?.map((kind) => ({ value: kind.code, label: i18n.language === 'en' ? kind.name_en : kind.name_zh }))} />
            </Form.Item>
          </div>
        )}
        <Form.Item name="name" label={t('things.name')} rules={required('name')}>
          <Input maxLength={100} data-testid="thing-name" />
        </Form.Item>
        <p className="meta">{t('things.pick')}</p>
        <div className="things-map">
          <PinMap {...pinned} pick={pick} />
        </div>
        <div className="admin-pair">
          <Form.Item name="lon" label={t('things.lon')} rules={required('lon')}>
            <InputNumber min={-180} max={180} style={{ width: '100%' }} data-testid="thing-lon" />
          </Form.Item>
          <Form.Item name="lat" label={t('things.lat')} rules={required('lat')}>
            <InputNumber min={-90} max={90} style={{ width: '100%' }} data-testid="thing-lat" />
          </Form.Item>
          <Form.Item name="datum" label={t('things.datum')}>
            <Select options={DATUMS.map(([value, label]) => ({ value, label }))} />
          </Form.Item>
          <Form.Item name="quota" label={t('things.quota')} extra={known ? undefined : t('things.quotaHint')}>
            <InputNumber min={1} max={1_000_000} precision={0} style={{ width: '100%' }} />
          </Form.Item>
          <Form.Item name="owner" label={t('things.owner')}>
            <UnitSelect region={known?.thing.region} />
          </Form.Item>
          <Form.Item name="address" label={t('things.address')}>
            <Input maxLength={200} />
          </Form.Item>
        </div>
      </Form>
      {save.error && <ErrorNote error={save.error} />}
    </Dialog>
  )
}

async function saved({ code, kind, quota, ...placed }: Entry, known?: ThingDetail): Promise<number> {
  const body = { ...placed, owner: placed.owner ?? null, address: placed.address ?? '' }
  if (!known) return (await createThing({ ...body, code: code.trim(), kind, quota: quota ?? null })).id
  const { thing } = known
  await editThing(thing.id, { ...body, properties: thing.properties as Record<string, string>, quota: quota ?? thing.quota })
  return thing.id
}
