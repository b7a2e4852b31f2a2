import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Input, Select, Space } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { exportAddress, listKinds, listThings, type ThingRow } from '@/shared/api/things'
import { useDebounced } from '@/shared/useDebounced'
import { CardTable } from '../app/CardTable'
import { ErrorNote } from '../app/ErrorNote'
import { notRead } from '../app/notRead'
import { useMay } from '../app/session'
import { RegionSelect } from '../moves/RegionSelect'
import { UnitSelect } from '../moves/UnitSelect'
import { ImportThings } from './ImportThings'
import { queryOf, type ThingsSearch } from './search'
import { ThingForm } from './ThingForm'
import { ThingPanel } from './ThingPanel'
import '../admin/admin.css'
import './things.css'

/** Things of one's jurisdiction; the filters and the thing that is open lie in the address. */
export function ThingsPage() {
  const { t } = useTranslation('console')
  const asked = useSearch({ from: '/shell/things' })
  const navigate = useNavigate({ from: '/things' })
  const writes = useMay()('thing.write')
  const [adding, setAdding] = useState(false)
  const [importing, setImporting] = useState(false)
  const set = (change: ThingsSearch) => void navigate({ search: (now: ThingsSearch) => ({ ...now, page: undefined, ...change }) })
  const query = queryOf(asked)
  const found = useQuery({ queryKey: ['things', query, asked.page], queryFn: () => listThings({ ...query, page: asked.page }), placeholderData: keepPreviousData })
  const filtered = Object.values(query).some((value) => value !== undefined)
  return (
    <div className="admin-page things">
      <header className="admin-head">
        <h1>
          {t('things.title')} <span className="meta">{found.data && t('things.total', { count: found.data.total })}</span>
        </h1>
        <Space wrap>
          <Button href={exportAddress(query)} download data-testid="things-export">
            {t('things.export')}
          </Button>
          {writes && (
            <Button onClick={() => setImporting(true)} data-testid="things-import">
              {t('things.import.open')}
            </Button>
          )}
          {writes && (
            <Button type="primary" onClick={() => setAdding(true)} data-testid="thing-new">
              {t('things.new')}
            </Button>
          )}
        </Space>
      </header>
      <Filters asked={asked} set={set} />
      {found.error && <ErrorNote error={found.error} retry={() => void found.refetch()} />}
      <CardTable<ThingRow>
        rowKey="id"
        dataSource={found.data?.rows}
        loading={found.isPending}
        columns={useColumns((thing) => set({ thing, page: asked.page }))}
        pagination={{
          current: (asked.page ?? 0) + 1, pageSize: found.data?.size ?? 50, total: found.data?.total ?? 0, showSizeChanger: false,
          onChange: (next) => set({ page: next - 1 || undefined }),
        }}
        locale={{ emptyText: t(filtered ? 'things.none' : 'things.nowhere') }}
        scroll={{ x: 720 }}
      />
      {adding && <ThingForm close={(thing) => { setAdding(false); if (thing) set({ thing }) }} />}
      {importing && <ImportThings close={() => setImporting(false)} />}
      {asked.thing !== undefined && <ThingPanel id={asked.thing} close={() => set({ thing: undefined, page: asked.page })} />}
    </div>
  )
}

function useColumns(open: (id: number) => void) {
  const { t } = useTranslation('console')
  const text = (key: 'kind_name' | 'code' | 'place', title: string) => ({ key, title, render: (row: ThingRow) => row[key] })
  return [
    {
      key: 'name', title: t('things.name'),
      render: (row: ThingRow) => (
        <Button type="link" size="small" onClick={() => open(row.id)} data-testid={`thing-${row.code}`}>
          {row.name}
        </Button>
      ),
    },
    text('code', t('things.code')),
    text('kind_name', t('things.kind')),
    text('place', t('things.place')),
    { key: 'owner', title: t('things.owner'), render: (row: ThingRow) => row.owner_name || '—' },
    {
      key: 'state', title: t('things.state'),
      render: (row: ThingRow) => (
        <span>
          <span className={row.active ? 'chip chip-done' : 'chip'}>{t(row.active ? 'things.inUse' : 'things.retired')}</span>{' '}
          {row.simulated && <span className="chip">{t('things.simulated')}</span>}
        </span>
      ),
    },
  ]
}

function Filters({ asked, set }: { asked: ThingsSearch; set: (change: ThingsSearch) => void }) {
  const { t, i18n } = useTranslation('console')
  const [typed, setTyped] = useState(asked.q ?? '')
  const settled = useDebounced(typed.trim(), 250)
  const kinds = useQuery({ queryKey: ['thing-kinds'], queryFn: listKinds, staleTime: 600_000 })
  const states = (['on', 'off'] as const).map((value) => ({ value, label: t(value === 'on' ? 'things.inUse' : 'things.retired') }))
  useEffect(() => {
    if (settled !== (asked.q ?? '')) set({ q: settled || undefined })
    // only what was typed moves the address, not the address itself
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [settled])
  return (
    <div className="things-filters" role="search">
      <Input allowClear value={typed} onChange={(event) => setTyped(event.target.value)} placeholder={t('things.search')} aria-label={t('things.search')} data-testid="things-q" />
      <Select allowClear value={asked.kind} onChange={(kind?: string) => set({ kind })} placeholder={t('things.kind')} aria-label={t('things.kind')} notFoundContent={notRead(kinds)} options={kinds.data?.map((kind) => ({ value: kind.code, label: i18n.language === 'en' ? kind.name_en : kind.name_zh }))} />
      <RegionSelect label={t('things.region')} value={asked.region} onChange={(region) => set({ region })} />
      <UnitSelect label={t('things.owner')} value={asked.owner ?? null} onChange={(owner) => set({ owner })} />
      <Select allowClear value={asked.state} onChange={(state?: 'on' | 'off') => set({ state })} placeholder={t('things.state')} aria-label={t('things.state')} options={states} style={{ minWidth: 110 }} />
    </div>
  )
}
