import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { lazy, Suspense, useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readRiskItems, readRiskRegions, readRiskWhy, type RiskItem, type RiskRegions, type RiskWhy } from '@/shared/api/risk'
import { isProblem } from '@/shared/api/problem'
import { nearTime } from '@/shared/time'
import { useMinute } from '../app/clock'
import { ErrorNote } from '../app/ErrorNote'
import { QueueSkeleton } from '../queue/QueueSkeleton'
import { FindBox, type Found } from './FindBox'
import { ItemList, keyOf } from './ItemList'
import { LayerSwitch } from './LayerSwitch'
import { Peek, type Look } from './Peek'
import { RegionList } from './RegionList'
import './risk.css'
import type { Spot } from './RiskMap'
import { layersOf, TABS, type RiskSearch, type Tab } from './search'
import { TimeBrush } from './TimeBrush'
import { levelKey, toneOf } from './tint'
import { useFresh } from './useFresh'
import { WhyPart } from './WhyPart'

const RiskMap = lazy(() => import('./RiskMap').then((module) => ({ default: module.RiskMap })))
const LIVE_MS = 15_000
const MOST = 1000

/** 风险一张图: regions in four colours, what presses in them, and why; list and map in step. */
export function RiskPage() {
  const { t } = useTranslation('console')
  const search = useSearch({ from: '/shell/risk' })
  const navigate = useNavigate({ from: '/risk' })
  const go = useCallback((change: RiskSearch) => void navigate({ search: (old) => Object.fromEntries(Object.entries({ ...old, ...change }).filter(([, value]) => value !== undefined)), replace: !('region' in change) }), [navigate])
  const fresh = useFresh()
  const layers = useMemo(() => layersOf(search.layers), [search.layers])
  const data = useRisk(search)
  const items = useMemo(() => (data.items.data?.items ?? []).filter((item) => layers.includes(item.kind === 'alarm' ? 'alarms' : 'incidents')), [data.items.data, layers])
  const [hover, stand] = useState<string>()
  const [regionAt, standRegion] = useState<number>()
  const [found, setFound] = useState<Look & Spot>()
  const choose = useCallback(
    (key: string) => {
      setFound(undefined)
      go({ at: key, tab: undefined })
    },
    [go],
  )
  const look = useCallback(
    (one: Look & Spot) => {
      go({ at: undefined })
      setFound(one)
    },
    [go],
  )
  const open = useCallback(
    (region: number) => {
      setFound(undefined)
      standRegion(undefined)
      go({ region, at: undefined })
    },
    [go],
  )
  const take = (one: Found) => {
    if (one.kind === 'region') return open(one.region)
    if (one.kind === 'sign') return void navigate({ to: '/vitals/$code', params: { code: one.code }, search: { region: data.region } })
    const own = one.incident && items.find((item) => item.kind === 'incident' && item.id === one.incident)
    if (own) return go({ at: keyOf(own), tab: undefined })
    look({ ...one, sought: true })
  }
  return (
    <div className="risk">
      <header className="risk-head">
        <h1>{t('risk.title')}</h1>
        <Crumbs why={data.why.data} open={open} />
        <span className="grow" />
        <FindBox region={data.region} take={take} />
      </header>
      <aside className="risk-side" aria-label={t('risk.side')}>
        <Tabs search={search} go={go} regions={data.regions.data} count={data.items.data && data.items.data.alarms + data.items.data.incidents} />
        <Side data={data} search={search} items={items} hover={hover} fresh={fresh} regionAt={regionAt} choose={choose} stand={stand} standRegion={standRegion} open={open} />
      </aside>
      <div className="risk-map">
        <Suspense fallback={<div className="map-wait" />}>
          <RiskMap
            here={data.why.data} region={data.region} items={items} layers={layers} kinds={search.kinds} at={search.at} hover={hover} spot={found} fresh={fresh} regionAt={regionAt}
            standRegion={standRegion} openRegion={open} stand={stand} choose={choose} look={look}
          />
        </Suspense>
        <LayerSwitch layers={layers} kinds={search.kinds} counts={{ alarms: data.items.data?.alarms, incidents: data.items.data?.incidents }} go={go} />
        <Peek item={items.find((item) => keyOf(item) === search.at)} look={found} close={() => (found ? setFound(undefined) : go({ at: undefined }))} />
      </div>
      <TimeBrush region={data.region} search={search} go={go} />
    </div>
  )
}

/** What the page reads. Who has no region of their own still reads what they may see. */
function useRisk(search: RiskSearch) {
  const regions = useQuery({ queryKey: ['risk', 'regions', search.region], queryFn: ({ signal }) => readRiskRegions({ parent: search.region }, signal), refetchInterval: LIVE_MS, placeholderData: (old) => old })
  const region = search.region ?? regions.data?.parent.id
  const settled = search.region !== undefined || !regions.isPending
  const why = useQuery({ queryKey: ['risk', 'why', region], queryFn: ({ signal }) => readRiskWhy(region ?? 0, signal), enabled: region !== undefined, refetchInterval: LIVE_MS, placeholderData: (old) => old })
  const asked = { region, since: search.since, until: search.until, limit: MOST }
  const items = useQuery({ queryKey: ['risk', 'items', asked], queryFn: ({ signal }) => readRiskItems(asked, signal), enabled: settled, refetchInterval: LIVE_MS, placeholderData: (old) => old })
  return { regions, region, why, items }
}

type Data = ReturnType<typeof useRisk>

function Crumbs({ why, open }: { why: RiskWhy | undefined; open: (region: number) => void }) {
  const { t } = useTranslation('console')
  if (!why) return null
  const { risk } = why
  return (
    <nav className="risk-crumbs" aria-label={t('risk.crumbs')} data-testid="risk-crumbs">
      {why.chain.map((one, at) =>
        at < why.chain.length - 1 ? (
          <span key={one.id}><button type="button" className="chip chip-button" onClick={() => open(one.id)}>{one.name}</button> ›</span>
        ) : (
          <b key={one.id} aria-current="location">{one.name}</b>
        ),
      )}
      <span className={`chip chip-${toneOf(risk.level)}`} data-testid="risk-here">{t(`risk.level.${levelKey(risk.level)}`)}</span>
      {!why.live && <Still beat={why.beat} />}
    </nav>
  )
}

/** Nobody computes: signs do not count, and that is said. */
function Still({ beat }: { beat: string | null }) {
  const { t } = useTranslation('console')
  const now = useMinute()
  return <span className="chip chip-yellow" role="status">{beat ? t('risk.still', { time: nearTime(beat, now) }) : t('risk.never')}</span>
}

function Tabs({ search, go, regions, count }: { search: RiskSearch; go: (change: RiskSearch) => void; regions: RiskRegions | undefined; count: number | undefined }) {
  const { t } = useTranslation('console')
  const label = (tab: Tab) => {
    const number = { items: count, regions: regions?.regions.length, why: undefined }[tab]
    return number === undefined ? t(`risk.tab.${tab}`) : `${t(`risk.tab.${tab}`)} ${number}`
  }
  return <Segmented<Tab> block aria-label={t('risk.tabs')} value={search.tab ?? 'items'} options={TABS.map((one) => ({ value: one, label: label(one) }))} onChange={(tab) => go({ tab: tab === 'items' ? undefined : tab })} data-testid="risk-tabs" />
}

interface SideProps {
  data: Data
  search: RiskSearch
  items: RiskItem[]
  hover: string | undefined
  fresh: ReadonlySet<string>
  regionAt: number | undefined
  choose: (key: string) => void
  stand: (key: string | undefined) => void
  standRegion: (region: number | undefined) => void
  open: (region: number) => void
}

function Side({ data, search, items, hover, fresh, regionAt, choose, stand, standRegion, open }: SideProps) {
  const { t } = useTranslation('console')
  const tab = search.tab ?? 'items'
  const found = { items: data.items, regions: data.regions, why: data.why }[tab]
  const bare = tab !== 'items' && isProblem(data.regions.error) && data.regions.error.code === 'vitals.no_region'
  const failed = found.error ?? (tab === 'why' ? data.regions.error : null)
  return (
    <div className="risk-scroll" aria-busy={found.isPending}>
      {bare ? <p className="empty">{t('risk.noRegion')}</p> : failed ? <ErrorNote error={failed} retry={() => void found.refetch()} /> : found.isPending && <QueueSkeleton />}
      {tab === 'items' && data.items.data && <ItemList key={`${search.since}${data.region}`} found={{ ...data.items.data, items }} timed={search.since !== undefined} at={search.at} hover={hover} fresh={fresh} choose={choose} stand={stand} />}
      {tab === 'regions' && data.regions.data && <RegionList found={data.regions.data} at={regionAt} stand={standRegion} open={open} />}
      {tab === 'why' && data.why.data && <WhyPart why={data.why.data} />}
    </div>
  )
}
