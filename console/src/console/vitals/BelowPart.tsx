import { useQuery } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readBelow, type SignBelow, type SignPage, type SignStream } from '@/shared/api/vitals'
import { shortTime } from '@/shared/time'
import { valueText } from '@/shared/numbers'
import { ErrorNote } from '../app/ErrorNote'
import { levelOf } from './format'
import { FreshnessNote, LevelChip, Value } from './Reading'

const BelowMap = lazy(() => import('./BelowMap').then((module) => ({ default: module.BelowMap })))
const LIVE_MS = 10_000

/** Map and list of the regions below in step; of a grid, its datastreams. */
export function BelowPart({ page, choose }: { page: SignPage; choose: (region: number) => void }) {
  const { t } = useTranslation('console')
  const [at, setAt] = useState<number>()
  const { sign, scope } = page
  const found = useQuery({ queryKey: ['sign-below', sign.code, scope.region.id], queryFn: ({ signal }) => readBelow(sign.code, scope.region.id, signal), refetchInterval: LIVE_MS })
  const below = found.data
  const deep = below?.regions.some((child) => child.reading.state !== 'none') ?? false
  const title = scope.region.level === 'grid' ? t('vitals.belowStreams', { count: below?.streams_total ?? 0 }) : t('vitals.below', { level: t(`vitals.lowest.${below?.level ?? 'grid'}`) })
  return (
    <section className="card" data-testid="sign-below">
      <div className="card-head">
        <h2>{title}</h2>
      </div>
      {found.error ? <ErrorNote error={found.error} retry={() => void found.refetch()} /> : null}
      {found.isPending && <Skeleton active paragraph={{ rows: 6 }} />}
      {below && scope.region.level === 'grid' && <Streams below={below} />}
      {below && scope.region.level !== 'grid' && (
        <div className="sign-below">
          <Suspense fallback={<div className="sign-map map-wait" />}>
            <BelowMap page={page} regions={below.regions} at={at} stand={setAt} open={choose} />
          </Suspense>
          {deep ? <List page={page} below={below} at={at} stand={setAt} open={choose} /> : <p className="empty">{t('vitals.belowNone', { level: t(`vitals.lowest.${sign.lowest}`) })}</p>}
        </div>
      )}
    </section>
  )
}

interface ListProps {
  page: SignPage
  below: SignBelow
  at: number | undefined
  stand: (region: number | undefined) => void
  open: (region: number) => void
}

function List({ page, below, at, stand, open }: ListProps) {
  return (
    <ol className="sign-children">
      {below.regions.map(({ region, reading }) => {
        const level = reading.state === 'fresh' ? levelOf(reading) : null
        return (
          <li key={region.id} data-testid="below-row" data-region={region.id}>
            <button
              type="button" className={at === region.id ? 'sign-child sign-child-at' : 'sign-child'} style={{ borderInlineStartColor: level ? `var(--level-${level})` : 'var(--line)' }}
              onClick={() => open(region.id)} onMouseEnter={() => stand(region.id)} onMouseLeave={() => stand(undefined)} onFocus={() => stand(region.id)} onBlur={() => stand(undefined)}
            >
              <span>{region.name}</span>
              <LevelChip reading={reading} />
              {reading.state !== 'fresh' && <FreshnessNote reading={reading} />}
              <Value sign={page.sign} reading={reading} />
            </button>
          </li>
        )
      })}
    </ol>
  )
}

function Streams({ below }: { below: SignBelow }) {
  const { t } = useTranslation('console')
  if (below.streams.length === 0) return <p className="empty">{t('vitals.streamsNone')}</p>
  return (
    <>
      <ul className="sign-streams">
        {below.streams.map((one) => (
          <Stream key={one.stream} one={one} />
        ))}
      </ul>
      {below.streams_total > below.streams.length && <p className="meta">{t('vitals.streamsMore', { count: below.streams.length })}</p>}
    </>
  )
}

function Stream({ one }: { one: SignStream }) {
  const { t } = useTranslation('console')
  return (
    <li data-testid="stream-row">
      <span>
        {one.name} <span className="meta">{one.code}</span> {one.simulated && <span className="chip">{t('vitals.simulated')}</span>}
      </span>
      <b>
        {valueText(one.value, null)} {one.unit}
      </b>
      <span className="meta">{one.at ? shortTime(one.at, true) : t('vitals.atNone')}</span>
    </li>
  )
}
