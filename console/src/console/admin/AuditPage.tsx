import { useInfiniteQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { AUDIT_EXPORT, searchAudit, type AuditRow } from '@/shared/api/admin'
import { fullTime } from '@/shared/time'
import { CardTable } from '../app/CardTable'
import { ErrorNote } from '../app/ErrorNote'
import { useMay } from '../app/session'
import { AuditFilters } from './AuditFilters'
import { subjectText } from './subjects'
import { dayBegins, type AuditSearch } from './search'

const DAY = 86_400_000

/** Who did what to what, and when; what is asked lies in the address, and on the record. */
export function AuditPage() {
  const { t } = useTranslation('console')
  const may = useMay()
  const asked = useSearch({ from: '/shell/admin/audit' })
  const found = useInfiniteQuery({
    queryKey: ['audit', asked],
    queryFn: ({ pageParam }) => searchAudit({ ...queryOf(asked), before: pageParam || undefined }),
    initialPageParam: 0,
    getNextPageParam: (last) => (last.more ? last.rows.at(-1)?.id : undefined),
    staleTime: 60_000,
  })
  const rows = found.data?.pages.flatMap((page) => page.rows) ?? []
  const columns = useColumns()
  return (
    <>
      <header className="admin-head">
        <h1>{t('admin.nav.audit')}</h1>
        {may('audit.verify') && <a href={AUDIT_EXPORT}>{t('admin.audit.export')}</a>}
      </header>
      <p className="meta">{t('admin.audit.hint')}</p>
      <AuditFilters key={JSON.stringify(asked)} asked={asked} />
      {found.error && <ErrorNote error={found.error} retry={() => void found.refetch()} />}
      {!found.isError && <CardTable<AuditRow> rowKey="id" size="small" dataSource={rows} loading={found.isPending} columns={columns} pagination={false} locale={{ emptyText: t('admin.audit.none') }} scroll={{ x: 860 }} />}
      {found.hasNextPage && (
        <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
          {t('admin.more')}
        </Button>
      )}
    </>
  )
}

function queryOf({ subject, since, until, ...rest }: AuditSearch) {
  const [kind, id] = (subject ?? '').split(':')
  const end = until ? new Date(Date.parse(dayBegins(until)) + DAY).toISOString() : undefined
  return { ...rest, subject_kind: kind, subject_id: id, since: since ? dayBegins(since) : undefined, until: end }
}

function useColumns() {
  const { t } = useTranslation('console')
  const subject = (row: AuditRow) => subjectText(row.subject_kind ?? '', row.subject_id ?? '', t)
  return [
    { key: 'at', title: t('admin.audit.at'), width: 160, render: (row: AuditRow) => fullTime(row.at) },
    { key: 'who', title: t('admin.audit.who'), render: (row: AuditRow) => (row.actor_kind === 'system' ? <span title={row.actor_name}>{t('admin.audit.system')}</span> : row.actor_name) },
    { key: 'what', title: t('admin.audit.action'), render: (row: AuditRow) => (row.name ? <span title={row.action}>{row.name}</span> : <code>{row.action}</code>) },
    { key: 'subject', title: t('admin.audit.subject'), render: (row: AuditRow) => (row.subject_kind ? <span title={`${row.subject_kind}:${row.subject_id}`}>{subject(row)}</span> : '—') },
    {
      key: 'detail', title: t('admin.audit.detail'),
      render: (row: AuditRow) => (
        <details className="audit-detail">
          <summary>{row.seq === null ? t('admin.audit.unsealed') : t('admin.audit.sealed', { seq: row.seq })}</summary>
          <pre>{JSON.stringify(row.detail, null, 1)}</pre>
        </details>
      ),
    },
  ]
}
