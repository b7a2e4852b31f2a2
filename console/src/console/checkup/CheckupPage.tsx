import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { App, Button, Skeleton } from 'antd'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { listCheckups, makeCheckup, paperPath, readCheckup, type Checkup } from '@/shared/api/checkup'
import { dayOf } from '@/shared/time'
import { useMinute } from '../app/clock'
import { ErrorNote } from '../app/ErrorNote'
import { useMay, useMe } from '../app/session'
import { AskBar } from './AskBar'
import './checkup.css'
import { DomainPanel } from './DomainPanel'
import { Report } from './Report'
import { toAsk, type Ask, type Search } from './search'

/** 体检表: how a region fared in a period, by a published method, with the source of every number. */
export function CheckupPage() {
  const search = useSearch({ from: '/shell/checkup' })
  const navigate = useNavigate({ from: '/checkup' })
  const me = useMe()
  const today = dayOf(useMinute())
  const region = search.region ?? me.centre?.id ?? me.post?.region.id
  const ask = useMemo(() => (region === undefined ? null : toAsk(search, region, today)), [search, region, today])
  const go = useCallback((change: Search) => void navigate({ search: (old) => strip({ ...old, domain: undefined, ...change }), replace: !('domain' in change) }), [navigate])
  const { versions, report, id } = useReport(search, ask)
  const error = report.error ?? versions.error
  const found = id === undefined || error ? undefined : report.data
  return (
    <div className="checkup" aria-busy={versions.isFetching || report.isFetching}>
      <Head ask={ask} found={found} first={id === undefined} go={go} />
      <AskBar search={search} ask={ask} today={today} found={found} versions={versions.data ?? []} go={go} />
      {error ? <ErrorNote error={error} retry={() => void (report.error ? report : versions).refetch()} /> : null}
      {!error && <Body ask={ask} waiting={versions.isLoading || report.isLoading} none={versions.isSuccess && id === undefined} />}
      {found && <Report found={found} open={(domain) => go({ domain })} />}
      {found && search.domain && <DomainPanel found={found} code={search.domain} close={() => go({ domain: undefined })} />}
    </div>
  )
}

/** The versions of the period, and the one that is shown. */
function useReport(search: Search, ask: Ask | null) {
  const versions = useQuery({ queryKey: ['checkups', ask], queryFn: ({ signal }) => listCheckups(ask ?? {}, signal), enabled: ask !== null })
  const id = search.version ?? versions.data?.[0]?.id
  const report = useQuery({ queryKey: ['checkup', id], queryFn: ({ signal }) => readCheckup(id ?? 0, signal), enabled: id !== undefined, staleTime: 60_000 })
  return { versions, report, id }
}

function Head({ ask, found, first, go }: { ask: Ask | null; found: Checkup | undefined; first: boolean; go: (change: Search) => void }) {
  const { t } = useTranslation('console')
  return (
    <div className="checkup-head no-print">
      <h1>{t('checkup.title')}</h1>
      <span className="grow" />
      {ask && <MakeButton ask={ask} first={first} go={go} />}
      <Button onClick={() => print()} disabled={!found}>
        {t('checkup.print')}
      </Button>
      <Button type="primary" href={found ? paperPath(found.line.id) : undefined} disabled={!found} download data-testid="checkup-pdf">
        {t('checkup.download')}
      </Button>
    </div>
  )
}

/** What stands in the report's place while there is none. */
function Body({ ask, waiting, none }: { ask: Ask | null; waiting: boolean; none: boolean }) {
  const { t } = useTranslation('console')
  const may = useMay()
  if (!ask)
    return (
      <div className="card empty">
        <b>{t('checkup.noRegion')}</b>
        <p>{t('checkup.noRegionText')}</p>
      </div>
    )
  if (waiting)
    return (
      <div className="card checkup-wait" aria-hidden="true">
        <Skeleton active paragraph={{ rows: 10 }} />
      </div>
    )
  if (!none) return null
  return (
    <div className="card empty" data-testid="checkup-none">
      <b>{t('checkup.none')}</b>
      <p>{t('checkup.noneText')}</p>
      <p>{may('evaluation.export') ? t('checkup.noneMake') : t('checkup.noneWait')}</p>
    </div>
  )
}

function MakeButton({ ask, first, go }: { ask: Ask; first: boolean; go: (change: Search) => void }) {
  const { t } = useTranslation('console')
  const { message } = App.useApp()
  const may = useMay()
  const cache = useQueryClient()
  const make = useMutation({
    mutationFn: () => makeCheckup(ask),
    onSuccess: (made) => {
      cache.setQueryData(['checkup', made.line.id], made)
      void cache.invalidateQueries({ queryKey: ['checkups'] })
      void message.success(t('checkup.made'))
      go({ version: undefined })
    },
    onError: (error) => void message.error(error.message),
  })
  if (!may('evaluation.export')) return null
  return (
    <Button onClick={() => make.mutate()} loading={make.isPending} title={make.isPending ? t('checkup.making') : undefined} data-testid="checkup-make">
      {first ? t('checkup.makeFirst') : t('checkup.make')}
    </Button>
  )
}

const strip = (search: Search): Search => Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== ''))
