import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { listChanges, type ChangeView } from '@/shared/api/admin'
import { fullTime } from '@/shared/time'
import { ErrorNote } from '../app/ErrorNote'
import { useUndo } from './useAct'

const PAGE = 50

/** What was changed by whom, newest first, each with 撤销 as long as it stands. */
export function ChangesPage() {
  const { t } = useTranslation('console')
  const undo = useUndo()
  const found = useInfiniteQuery({
    queryKey: ['changes'],
    queryFn: ({ pageParam }) => listChanges({ limit: PAGE, before: pageParam || undefined }),
    initialPageParam: 0,
    getNextPageParam: (last) => (last.length === PAGE ? last.at(-1)?.change.id : undefined),
  })
  const rows = found.data?.pages.flat() ?? []
  return (
    <>
      <header className="admin-head">
        <h1>{t('admin.nav.changes')}</h1>
      </header>
      <section className="card">
        {found.error ? <ErrorNote error={found.error} retry={() => void found.refetch()} /> : found.isPending && <Skeleton active title={false} />}
        <ul className="admin-list" data-testid="changes">
          {rows.map((row) => (
            <ChangeItem key={row.change.id} row={row} busy={undo.isPending && undo.variables === row.change.id} undo={undo.mutate} />
          ))}
        </ul>
        {found.isSuccess && rows.length === 0 && <p className="meta">{t('admin.change.none')}</p>}
        {found.hasNextPage && (
          <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
            {t('admin.more')}
          </Button>
        )}
      </section>
    </>
  )
}

function ChangeItem({ row, busy, undo }: { row: ChangeView; busy: boolean; undo: (id: number) => void }) {
  const { t } = useTranslation('console')
  const { change } = row
  return (
    <li>
      <span>
        <b>{row.name}</b> {change.label} {change.undoes !== null && <span className="chip">{t('admin.change.isUndo')}</span>}
        <span className="meta">
          {' '}
          {fullTime(change.at)} · {change.actor_name}
        </span>
      </span>
      {change.undone_by !== null ? (
        <span className="chip">{t('admin.change.undone')}</span>
      ) : (
        <Button size="small" loading={busy} onClick={() => undo(change.id)} data-testid={`undo-${change.kind}`}>
          {t('admin.undo')}
        </Button>
      )}
    </li>
  )
}
