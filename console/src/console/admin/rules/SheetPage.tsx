import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Button, Skeleton, Tabs } from 'antd'
import { useTranslation } from 'react-i18next'
import { exportPath, PARTS } from '@/shared/api/rules'
import { shortTime } from '@/shared/time'
import { Ask } from '../../app/Ask'
import { ErrorNote } from '../../app/ErrorNote'
import { HistoryCard } from './HistoryCard'
import { PartTable } from './PartTable'
import { ReviewCard } from './ReviewCard'
import type { SheetSearch, Tab } from './search'
import { useDraft, type Drafting } from './useDraft'

/** One scenario as tables: in force or, while it is changed, its draft; checks before publishing; versions. */
export function SheetPage() {
  const { t } = useTranslation('console')
  const { scenario } = useParams({ from: '/shell/admin/ruleset/rules/$scenario' })
  const search: SheetSearch = useSearch({ from: '/shell/admin/ruleset/rules/$scenario' })
  const navigate = useNavigate()
  const desk = useDraft(scenario)
  const sheet = desk.draft.data?.sheet ?? desk.sheet.data
  const error = desk.sheet.error ?? desk.draft.error
  const go = (change: SheetSearch) => void navigate({ to: '/admin/rules/$scenario', params: { scenario }, search: { ...search, ...change }, replace: true })
  if (error)
    return (
      <section className="card rules-card">
        <ErrorNote error={error} retry={desk.fresh} />
      </section>
    )
  if (!sheet || desk.draft.data === undefined) return <Skeleton active className="card" />
  const tab = search.tab === 'review' && !desk.draft.data ? 'limits' : (search.tab ?? 'limits')
  const counts = (part: Tab) => (part === 'review' ? desk.draft.data?.changes.length : part === 'history' ? undefined : sheet.parts[part].length)
  const tabs: Tab[] = [...PARTS, ...(desk.draft.data ? (['review'] as const) : []), 'history']
  const name = (part: Tab): string => (part === 'review' ? t('rules.review.title') : part === 'history' ? t('rules.history.title') : t(`rules.part.${part}`))
  return (
    <section className="card rules-card">
      <SheetHead scenario={scenario} desk={desk} />
      <Tabs
        activeKey={tab}
        onChange={(next) => go({ tab: next as Tab, q: undefined })}
        items={tabs.map((part) => ({ key: part, label: <span data-testid={`tab-${part}`}>{`${name(part)}${counts(part) === undefined ? '' : ` ${counts(part)}`}`}</span> }))}
      />
      {tab === 'history' ? (
        <HistoryCard scenario={scenario} desk={desk} />
      ) : tab === 'review' ? (
        <ReviewCard scenario={scenario} desk={desk} open={(part, key) => go({ tab: part, q: key })} done={() => go({ tab: 'history', q: undefined })} />
      ) : (
        <PartTable key={tab} part={tab} sheet={sheet} desk={desk} filter={search.q ?? ''} setFilter={(q) => go({ q })} />
      )}
    </section>
  )
}

function SheetHead({ scenario, desk }: { scenario: string; desk: Drafting }) {
  const { t, i18n } = useTranslation('console')
  const draft = desk.draft.data
  const sheet = draft?.sheet ?? desk.sheet.data
  return (
    <>
      <div className="card-head rules-head">
        <h1>{i18n.language === 'en' ? sheet?.name_en : sheet?.name_zh}</h1>
        <span className="chip" data-testid="rules-version">
          {t('rules.sheet.inForce', { version: desk.current?.version ?? '' })}
        </span>
        {draft && (
          <span className="chip chip-yellow" data-testid="rules-draft">
            {t('rules.sheet.draft', { version: draft.sheet.version })} · {t('rules.sheet.changedBy', { who: draft.changed_by, time: shortTime(draft.changed_at) })}
          </span>
        )}
        <span className="grow" />
        <Button href={exportPath(scenario)} download>
          {t('rules.sheet.export')}
        </Button>
        {desk.mayEdit && !draft && (
          <Button type="primary" loading={desk.begin.isPending} onClick={() => desk.begin.mutate(undefined)} data-testid="draft-begin">
            {t('rules.sheet.begin')}
          </Button>
        )}
        {desk.mayEdit && draft && (
          <Ask title={t('rules.sheet.discardAsk')} okText={t('rules.sheet.discard')} cancelText={t('rules.cancel')} onConfirm={() => desk.discard.mutate()}>
            <Button danger loading={desk.discard.isPending} data-testid="draft-discard">
              {t('rules.sheet.discard')}
            </Button>
          </Ask>
        )}
      </div>
      {draft?.behind && <p className="rules-note" role="alert">{t('rules.sheet.behind')}</p>}
      {(desk.begin.error ?? desk.discard.error) && <ErrorNote error={desk.begin.error ?? desk.discard.error} />}
    </>
  )
}
