import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import { lazy, Suspense, useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { readSign, type SignPage as Page } from '@/shared/api/vitals'
import { ErrorNote } from '../app/ErrorNote'
import { BelowPart } from './BelowPart'
import { FreshnessNote, LevelChip, Rank, Value } from './Reading'
import { ScopeBar } from './ScopeBar'
import type { SignSearch } from './search'
import { ThresholdsPart } from './ThresholdsPart'
import './vitals.css'
import { WhyPart } from './WhyPart'

const TrendPart = lazy(() => import('./TrendPart').then((module) => ({ default: module.TrendPart })))
const LIVE_MS = 5_000

/** One sign in one region: its value, its past, what lies below, why it is that, and when it rings. */
export function SignPage() {
  const { t } = useTranslation('console')
  const { code } = useParams({ from: '/shell/vitals/$code' })
  const search = useSearch({ from: '/shell/vitals/$code' })
  const navigate = useNavigate({ from: '/vitals/$code' })
  const go = useCallback((change: SignSearch) => void navigate({ search: (old) => ({ ...old, ...change }) }), [navigate])
  const page = useQuery({ queryKey: ['sign', code, search.region], queryFn: ({ signal }) => readSign(code, search.region, signal), refetchInterval: LIVE_MS, placeholderData: (old) => (old?.sign.code === code ? old : undefined) })
  return (
    <div className="vitals sign-page" aria-busy={page.isFetching}>
      <nav aria-label={t('vitals.lookup')} className="sign-back">
        <Link to="/vitals" search={search.region ? { region: search.region } : {}}>
          ← {t('vitals.lookup')}
        </Link>
      </nav>
      {page.error ? <ErrorNote error={page.error} retry={() => void page.refetch()} /> : null}
      {page.isPending && <Skeleton active paragraph={{ rows: 10 }} className="card" />}
      {page.data && (
        <>
          <Head page={page.data} choose={(region) => go({ region })} />
          <div className="sign-parts">
            <div className="sign-main">
              <Suspense fallback={<Skeleton active className="card" paragraph={{ rows: 8 }} />}>
                <TrendPart page={page.data} span={search.span ?? 'day'} choose={(span) => go({ span })} />
              </Suspense>
              <BelowPart page={page.data} choose={(region) => go({ region })} />
            </div>
            <div className="sign-aside">
              <WhyPart page={page.data} />
              <ThresholdsPart key={`${code} ${page.data.scope.region.id}`} page={page.data} />
            </div>
          </div>
        </>
      )}
    </div>
  )
}

function Head({ page, choose }: { page: Page; choose: (region: number | undefined) => void }) {
  const { t } = useTranslation('console')
  return (
    <header className="sign-head card">
      <div>
        <h1 data-testid="sign-name">{page.sign.name}</h1>
        <p className="meta">
          {page.sign.domain_name} · {page.sign.code} {page.sign.generated && <span className="chip">{t('vitals.generated')}</span>}
        </p>
        <ScopeBar scope={page.scope} choose={choose} />
      </div>
      <p className="sign-now" data-testid="sign-now">
        <Value sign={page.sign} reading={page.reading} />
        <span>
          <LevelChip reading={page.reading} always={page.thresholds.thresholds.length > 0} /> <FreshnessNote reading={page.reading} />
        </span>
        <Rank sign={page.sign} rank={page.rank} />
      </p>
    </header>
  )
}
