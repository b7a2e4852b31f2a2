import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Segmented } from 'antd'
import { lazy, Suspense, useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { exportPath, readEvaluation, readTrend } from '@/shared/api/evaluation'
import { dayOf, fullTime } from '@/shared/time'
import { useMinute } from '../app/clock'
import { ErrorNote } from '../app/ErrorNote'
import { useMay, useMe } from '../app/session'
import { AskBar } from './AskBar'
import { BehindDrawer } from './BehindDrawer'
import { Cards, CardsWait } from './Cards'
import './evaluation.css'
import { FigureTable } from './FigureTable'
import { HotTopicList } from './HotTopicList'
import { SHUT, toAsk, VIEWS, type Search, type View } from './search'
import { TrendChart } from './TrendChart'

const HotSpotMap = lazy(() => import('./HotSpotMap').then((module) => ({ default: module.HotSpotMap })))

/** 考核: a period's figures with what is behind each of them, and where and about what it was loud. */
export function EvaluationPage() {
  const { t } = useTranslation('console')
  const may = useMay()
  const search = useSearch({ from: '/shell/evaluation' })
  const navigate = useNavigate({ from: '/evaluation' })
  const today = dayOf(useMinute())
  const ask = useMemo(() => toAsk(search, today), [search, today])
  const view = search.view ?? 'figures'
  const figures = useQuery({ queryKey: ['evaluation', ask], queryFn: ({ signal }) => readEvaluation(ask, signal), placeholderData: (old) => old })
  const whole = useMemo(() => ({ ...ask, by: undefined }), [ask])
  const trend = useQuery({ queryKey: ['evaluation-trend', whole], queryFn: ({ signal }) => readTrend(whole, signal), enabled: view === 'figures', staleTime: 60_000 })
  const go = useCallback(
    (change: Search) => void navigate({ search: (old) => strip({ ...old, ...SHUT, ...change }), replace: !('behind' in change || 'box' in change) }),
    [navigate],
  )
  const found = figures.data
  return (
    <div className="evaluation" aria-busy={figures.isFetching}>
      <PrintHead title={t('evaluation.title')} scope={found ? `${found.scope.name} · ${found.span.first} – ${found.span.last}` : ''} />
      <div className="evaluation-head no-print">
        <h1>{t('evaluation.title')}</h1>
        <Segmented<View> aria-label={t('evaluation.viewLabel')} value={view} options={VIEWS.map((one) => ({ value: one, label: t(`evaluation.view.${one}`) }))} onChange={(one) => go({ view: one })} data-testid="evaluation-view" />
        <span className="grow" />
        {may('evaluation.export') && view === 'figures' && (
          <Button href={exportPath(ask)} disabled={search.by === 'person'} title={search.by === 'person' ? t('evaluation.noPeople') : undefined} download data-testid="evaluation-export">
            {t('evaluation.export')}
          </Button>
        )}
        <Button onClick={() => print()}>{t('incident.print')}</Button>
      </div>
      <AskBar search={search} today={today} found={found} go={go} />
      {view === 'figures' && (
        <>
          {figures.error ? <ErrorNote error={figures.error} retry={() => void figures.refetch()} /> : null}
          {!found && !figures.error && <CardsWait />}
          {found && (
            <>
              <Cards found={found} trend={trend.data} open={(behind, part) => go({ behind, part })} />
              {trend.error ? <ErrorNote error={trend.error} retry={() => void trend.refetch()} /> : null}
              {trend.data && <TrendChart points={trend.data} indicators={found.indicators} />}
              <FigureTable found={found} search={search} go={go} />
            </>
          )}
        </>
      )}
      {view === 'spots' && (
        <Suspense fallback={<div className="evaluation-wait" />}>
          <HotSpotMap ask={whole} search={search} go={go} />
        </Suspense>
      )}
      {view === 'topics' && <HotTopicList ask={whole} />}
      {(search.behind ?? search.box) && <BehindDrawer ask={ask} search={search} found={found} go={go} />}
    </div>
  )
}

/** On paper: what it is, for where and when, who printed it and when. */
function PrintHead({ title, scope }: { title: string; scope: string }) {
  const me = useMe()
  const now = useMinute()
  return (
    <p className="evaluation-print">
      <b>{title}</b> {scope}
      <span>
        {me.name} · {fullTime(now).slice(0, 16)}
      </span>
    </p>
  )
}

const strip = (search: Search): Search => Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== ''))
