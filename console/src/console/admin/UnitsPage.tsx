import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Form, Input, Select, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { foundUnit, listUnitKinds, mergeUnit, renameUnit } from '@/shared/api/admin'
import { findUnits } from '@/shared/api/identity'
import type { Unit } from '@/shared/api/types'
import { Dialog } from '../app/Dialog'
import { ErrorNote } from '../app/ErrorNote'
import { useMe } from '../app/session'
import { RegionSelect } from '../moves/RegionSelect'
import { UnitSelect } from '../moves/UnitSelect'
import type { UnitsSearch } from './search'
import { useAct } from './useAct'

const useKinds = () => useQuery({ queryKey: ['unit-kinds'], queryFn: listUnitKinds, staleTime: Infinity }).data

type Task = { kind: 'new' } | { kind: 'rename' | 'merge'; unit: Unit }

/** The living units of a region: new ones, other names, mergers. */
export function UnitsPage() {
  const { t } = useTranslation('console')
  const me = useMe()
  const asked = useSearch({ from: '/shell/admin/units' })
  const navigate = useNavigate({ from: '/admin/units' })
  const set = (change: UnitsSearch) => void navigate({ search: (now: UnitsSearch) => ({ ...now, ...change }) })
  const region = asked.region ?? me.centre?.id ?? me.post?.region.id
  const [task, setTask] = useState<Task | null>(null)
  const kinds = useKinds()
  const { data, error, refetch } = useQuery({ queryKey: ['units', 'admin', region, asked.q], queryFn: () => findUnits({ region: asked.q ? undefined : region, q: asked.q }) })
  return (
    <>
      <header className="admin-head">
        <h1>{t('admin.nav.units')}</h1>
        <Button type="primary" onClick={() => setTask({ kind: 'new' })}>
          {t('admin.unit.new')}
        </Button>
      </header>
      <div className="admin-filters" role="search">
        <RegionSelect value={region} onChange={(next) => set({ region: next })} />
        <Input.Search allowClear defaultValue={asked.q} onSearch={(q) => set({ q: q.trim() || undefined })} placeholder={t('admin.unit.search')} aria-label={t('admin.unit.search')} />
      </div>
      <section className="card">
        {error ? <ErrorNote error={error} retry={() => void refetch()} /> : !data && <Skeleton active title={false} />}
        <ul className="admin-list" data-testid="units">
          {data?.map((unit) => (
            <li key={unit.id}>
              <span>
                {unit.name} <span className="meta">{kinds?.find((one) => one.kind === unit.kind)?.name}</span>
              </span>
              <span className="actions">
                <Link to="/admin/people" search={{ unit: unit.id }}>
                  {t('admin.unit.members')}
                </Link>
                <Button size="small" onClick={() => setTask({ kind: 'rename', unit })}>
                  {t('admin.unit.rename')}
                </Button>
                {unit.kind !== 'centre' && (
                  <Button size="small" onClick={() => setTask({ kind: 'merge', unit })}>
                    {t('admin.unit.merge')}
                  </Button>
                )}
              </span>
            </li>
          ))}
        </ul>
        {data?.length === 0 && <p className="meta">{t('admin.unit.none')}</p>}
      </section>
      {task && <UnitDialog task={task} region={region} close={() => setTask(null)} />}
    </>
  )
}

interface Entry {
  name?: string
  kind?: string
  region?: number
  into?: number
}

function UnitDialog({ task, region, close }: { task: Task; region: number | undefined; close: () => void }) {
  const { t } = useTranslation('console')
  const [form] = Form.useForm<Entry>()
  const kinds = useKinds()
  const act = useAct<Entry, unknown>(
    ({ name = '', kind = '', region: where = 0, into = 0 }) => {
      if (task.kind === 'new') return foundUnit({ name, kind, region: where })
      return task.kind === 'rename' ? renameUnit(task.unit.id, name) : mergeUnit(task.unit.id, into)
    },
    { done: t('admin.saved'), then: close },
  )
  const must = (name: string) => [{ required: true, message: t('fields.required', { name: t(`admin.unit.${name}`) }) }]
  const initial = task.kind === 'new' ? { region } : { name: task.unit.name }
  return (
    <Dialog open title={t(`admin.unit.${task.kind}`)} okText={t('admin.save')} cancelText={t('moves.cancel')} confirmLoading={act.isPending} onOk={() => form.submit()} onCancel={close}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={initial} onFinish={(entry) => act.mutate(entry)}>
        {task.kind === 'merge' ? (
          <>
            <p>{t('admin.unit.mergeHint', { name: task.unit.name })}</p>
            <Form.Item name="into" label={t('admin.unit.into')} rules={must('into')}>
              <UnitSelect region={task.unit.region_id} />
            </Form.Item>
          </>
        ) : (
          <Form.Item name="name" label={t('admin.unit.name')} rules={must('name')}>
            <Input maxLength={80} />
          </Form.Item>
        )}
        {task.kind === 'new' && (
          <>
            <Form.Item name="kind" label={t('admin.unit.kind')} rules={must('kind')}>
              <Select aria-label={t('admin.unit.kind')} showSearch={{ optionFilterProp: 'label' }} options={kinds?.filter((kind) => kind.kind !== 'centre').map((kind) => ({ value: kind.kind, label: kind.name }))} />
            </Form.Item>
            <Form.Item name="region" label={t('admin.unit.region')} rules={must('region')}>
              <RegionSelect />
            </Form.Item>
          </>
        )}
      </Form>
      {act.error && <ErrorNote error={act.error} />}
    </Dialog>
  )
}
