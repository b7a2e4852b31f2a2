import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Segmented, Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { readBehind, readReported, type Evaluation, type IndicatorText } from '@/shared/api/evaluation'
import type { Query } from '@/shared/api/http'
import type { IncidentRow } from '@/shared/api/types'
import { ErrorNote } from '../app/ErrorNote'
import { StateChips } from '../queue/StateChips'
import { SidePanel } from '../app/SidePanel'
import { PARTS, SHUT, type Part, type Search } from './search'

interface Props {
  ask: Query
  search: Search
  found: Evaluation | undefined
  go: (change: Search) => void
}

/** The incidents behind a number, as many as the number says. */
export function BehindDrawer({ ask, search, found, go }: Props) {
  const { t } = useTranslation('console')
  const part = search.part ?? 'numerator'
  const one = found?.indicators.find((indicator) => indicator.key === search.behind)
  const line = found?.lines.find((known) => known.key === search.key)
  const title = [one?.name ?? t('evaluation.spot'), line?.name].filter(Boolean).join(' · ')
  const asked: Query = search.box ? { ...ask, by: undefined, bbox: search.box } : { ...ask, indicator: search.behind, part, key: search.key }
  return (
    <SidePanel open size={520} onClose={() => go(SHUT)} title={title}>
      {one && <Parts one={one} part={part} choose={(name) => go({ behind: search.behind, key: search.key, part: name })} />}
      <List asked={asked} read={search.box ? readReported : readBehind} />
    </SidePanel>
  )
}

function Parts({ one, part, choose }: { one: IndicatorText; part: Part; choose: (part: Part) => void }) {
  const { t } = useTranslation('console')
  const names: Record<Part, string> = { numerator: one.numerator_name, denominator: one.denominator_name, missed: t('evaluation.missed') }
  return <Segmented<Part> aria-label={t('evaluation.viewLabel')} value={part} options={PARTS.map((name) => ({ value: name, label: names[name] }))} onChange={choose} />
}

function List({ asked, read }: { asked: Query; read: typeof readBehind }) {
  const { t } = useTranslation('console')
  const list = useInfiniteQuery({
    queryKey: ['evaluation-behind', asked],
    queryFn: ({ pageParam, signal }) => read({ ...asked, after: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  if (list.error) return <ErrorNote error={list.error} retry={() => void list.refetch()} />
  if (list.isPending) return <Skeleton active title={false} paragraph={{ rows: 8 }} />
  const { total } = list.data.pages[0] ?? { total: 0 }
  return (
    <>
      <p className="meta" data-testid="behind-total">
        {t('filters.total', { count: total })}
      </p>
      {total === 0 && <p className="empty">{t('evaluation.nobody')}</p>}
      <ul className="evaluation-behind">
        {list.data.pages.flatMap((page) => page.items).map((row) => (
          <Row key={row.id} row={row} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button block type="link" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()} data-testid="behind-more">
          {t('queue.more')}
        </Button>
      )}
    </>
  )
}

function Row({ row }: { row: IncidentRow }) {
  return (
    <li data-testid="behind-row" data-number={row.number}>
      <Link to="/incidents/$id" params={{ id: row.id }}>
        {row.title}
      </Link>
      <p className="meta">
        {row.number} · {row.place}
      </p>
      <StateChips row={row} />
    </li>
  )
}
