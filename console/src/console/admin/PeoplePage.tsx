import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Checkbox, Input, Select, Space } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listRoles, readDirectory, type StaffRow } from '@/shared/api/admin'
import { fullTime } from '@/shared/time'
import { CardTable } from '../app/CardTable'
import { ErrorNote } from '../app/ErrorNote'
import { notRead } from '../app/notRead'
import { useDebounced } from '@/shared/useDebounced'
import { RegionSelect } from '../moves/RegionSelect'
import { ImportPeople } from './ImportPeople'
import { NewPerson } from './NewPerson'
import { PersonPanel } from './PersonPanel'
import type { PeopleSearch } from './search'

/** Everybody of one's jurisdiction; the filters and the person that is open lie in the address. */
export function PeoplePage() {
  const { t } = useTranslation('console')
  const asked = useSearch({ from: '/shell/admin/people' })
  const navigate = useNavigate({ from: '/admin/people' })
  const [adding, setAdding] = useState(false)
  const [importing, setImporting] = useState(false)
  const set = (change: PeopleSearch) => void navigate({ search: (now: PeopleSearch) => ({ ...now, page: undefined, ...change }) })
  const { off, person, page, ...rest } = asked
  const found = useQuery({
    queryKey: ['directory', asked.q, asked.role, asked.unit, asked.region, off, page],
    queryFn: () => readDirectory({ ...rest, page, active: off ? undefined : true }),
    placeholderData: keepPreviousData,
  })
  return (
    <>
      <header className="admin-head">
        <h1>{t('admin.nav.people')}</h1>
        <Space>
          <Button onClick={() => setImporting(true)} data-testid="people-import">
            {t('people.import.open')}
          </Button>
          <Button type="primary" onClick={() => setAdding(true)} data-testid="person-new">
            {t('admin.person.new')}
          </Button>
        </Space>
      </header>
      <Filters asked={asked} set={set} />
      {found.error && <ErrorNote error={found.error} retry={() => void found.refetch()} />}
      <CardTable<StaffRow>
        rowKey={(row) => row.person.id}
        dataSource={found.data?.rows}
        loading={found.isPending}
        columns={useColumns((id) => set({ person: id, page }))}
        pagination={{
          current: (page ?? 0) + 1, pageSize: found.data?.size ?? 50, total: found.data?.total ?? 0, showSizeChanger: false,
          onChange: (next) => set({ page: next - 1 || undefined }),
        }}
        locale={{ emptyText: t('admin.person.none') }}
        scroll={{ x: 720 }}
      />
      {adding && <NewPerson close={(id) => { setAdding(false); if (id) set({ q: undefined, person: id }) }} />}
      {importing && <ImportPeople close={() => setImporting(false)} />}
      {person !== undefined && <PersonPanel id={person} close={() => set({ person: undefined, page })} />}
    </>
  )
}

function useColumns(open: (id: number) => void) {
  const { t } = useTranslation('console')
  return [
    {
      key: 'name', title: t('admin.person.name'),
      render: (row: StaffRow) => (
        <Button type="link" size="small" onClick={() => open(row.person.id)} data-testid={`person-${row.person.login}`}>
          {row.person.name}
        </Button>
      ),
    },
    { key: 'login', title: t('admin.person.login'), render: (row: StaffRow) => row.person.login },
    {
      key: 'posts', title: t('admin.person.posts'),
      render: (row: StaffRow) => (row.person.posts ?? []).map((post) => `${post.unit.name} ${post.role_name}`).join('、') || <span className="meta">{t('admin.person.noPost')}</span>,
    },
    {
      key: 'state', title: t('admin.person.state'),
      render: (row: StaffRow) => (
        <>
          <span className={row.person.active ? 'chip chip-done' : 'chip'}>{t(row.person.active ? 'admin.person.active' : 'admin.person.inactive')}</span>{' '}
          {row.second_factor && <span className="chip chip-brand">{t('factor.on')}</span>}
        </>
      ),
    },
    { key: 'seen', title: t('admin.person.seen'), render: (row: StaffRow) => (row.seen_at ? fullTime(row.seen_at).slice(0, 16) : '—') },
  ]
}

function Filters({ asked, set }: { asked: PeopleSearch; set: (change: PeopleSearch) => void }) {
  const { t } = useTranslation('console')
  const [typed, setTyped] = useState(asked.q ?? '')
  const settled = useDebounced(typed.trim(), 250)
  const roles = useQuery({ queryKey: ['roles'], queryFn: listRoles, staleTime: Infinity })
  useEffect(() => {
    if (settled !== (asked.q ?? '')) set({ q: settled || undefined })
    // only what was typed moves the address, not the address itself
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [settled])
  return (
    <div className="admin-filters" role="search">
      <Input allowClear value={typed} onChange={(event) => setTyped(event.target.value)} placeholder={t('admin.person.search')} aria-label={t('admin.person.search')} data-testid="people-q" />
      <Select allowClear value={asked.role} onChange={(role?: string) => set({ role })} placeholder={t('admin.person.role')} aria-label={t('admin.person.role')} notFoundContent={notRead(roles)} options={roles.data?.map((role) => ({ value: role.key, label: role.name }))} />
      <RegionSelect value={asked.region} onChange={(region) => set({ region })} />
      <Checkbox checked={asked.off ?? false} onChange={(event) => set({ off: event.target.checked || undefined })}>
        {t('admin.person.withInactive')}
      </Checkbox>
    </div>
  )
}
