import { Button } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '../app/ErrorNote'
import type { Filters } from './filters'
import { QueueEmpty } from './QueueEmpty'
import { QueueRow, rowId } from './QueueRow'
import { QueueSkeleton } from './QueueSkeleton'
import type { Queue } from './useQueue'

interface Props {
  queue: Queue
  at: number | undefined
  stand: (id: number) => void
  marked: ReadonlySet<number>
  mark: (id: number) => void
  filters: Filters
  go: (change: Filters) => void
}

export function QueueList({ queue, at, stand, marked, mark, filters, go }: Props) {
  const { t } = useTranslation('console')
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    box.current?.querySelector(`[data-row="${at}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [at])
  const showFresh = () => {
    box.current?.scrollTo({ top: 0 })
    queue.showFresh()
  }
  return (
    <>
      {queue.fresh > 0 && (
        <button type="button" className="new-pill" onClick={showFresh} data-testid="new-pill">
          ↑ {t('queue.fresh', { count: queue.fresh })}
        </button>
      )}
      <div className="queue-list" ref={box} aria-busy={queue.loading}>
        {queue.loading && <QueueSkeleton />}
        {queue.error ? <ErrorNote error={queue.error} retry={queue.refresh} /> : null}
        {queue.rows.length > 0 && (
          <div role="listbox" tabIndex={0} aria-label={t('queue.label')} aria-multiselectable="true" aria-activedescendant={at ? rowId(at) : undefined}>
            {queue.rows.map((row) => (
              <QueueRow
                key={row.id}
                row={row}
                standing={row.id === at}
                marked={marked.has(row.id)}
                gone={queue.gone.has(row.id)}
                stand={stand}
                mark={mark}
              />
            ))}
          </div>
        )}
        {queue.next && (
          <Button type="link" block loading={queue.loadingMore} onClick={queue.more}>
            {t('queue.more')}
          </Button>
        )}
        {!queue.loading && !queue.error && queue.rows.length === 0 && <QueueEmpty filters={filters} go={go} />}
      </div>
    </>
  )
}
