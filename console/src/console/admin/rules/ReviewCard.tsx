import { useMutation, useQuery } from '@tanstack/react-query'
import { App, Button, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { publishDraft, reviewDraft, type IncidentDifference, type IncidentFate, type Part, type RuleFinding, type RulesComparison } from '@/shared/api/rules'
import { shortTime } from '@/shared/time'
import { CardTable } from '../../app/CardTable'
import { ErrorNote } from '../../app/ErrorNote'
import { ReasonDialog } from './ReasonDialog'
import type { Drafting } from './useDraft'

interface Props {
  scenario: string
  desk: Drafting
  open: (part: Part, key: string) => void
  done: () => void
}

/** What the checker finds, what changes in words, what the last incidents would have met; then publish. */
export function ReviewCard({ scenario, desk, open, done }: Props) {
  const { t, i18n } = useTranslation('console')
  const { message } = App.useApp()
  const [asking, setAsking] = useState(false)
  const revision = desk.draft.data?.revision ?? 0
  const review = useQuery({ queryKey: ['rules', scenario, 'review', revision], queryFn: () => reviewDraft(scenario), enabled: revision > 0 })
  const publish = useMutation({
    mutationFn: (reason: string) => publishDraft(scenario, revision, reason),
    onSuccess: (made) => {
      setAsking(false)
      void message.success(made.state === 'adopted' ? t('rules.review.published', { version: made.version }) : t('rules.review.waiting', { version: made.version }))
      desk.fresh()
      done()
    },
  })
  if (review.error) return <ErrorNote error={review.error} retry={() => void review.refetch()} />
  const seen = review.data
  if (!seen) return <Skeleton active title={false} />
  const able = seen.changes.length > 0 && !seen.findings.some((one) => one.severity === 'error') && !desk.draft.data?.behind
  return (
    <div data-testid="review">
      <h2>{t('rules.review.findings')}</h2>
      {seen.findings.length === 0 ? <p className="chip chip-done">{t('rules.review.fine')}</p> : <Findings findings={seen.findings} open={open} />}
      {seen.proof && <p className="meta">{seen.proof}</p>}
      <h2>{t('rules.review.changes')}</h2>
      {seen.changes.length === 0 && <p className="meta">{t('rules.review.noChanges')}</p>}
      <ul className="rules-lines" data-testid="changes">
        {seen.changes.map((one) => (
          <li key={`${one.part} ${one.key} ${one.kind}`}>
            <span className="chip chip-brand">{t(`rules.review.kind.${one.kind}`)}</span>
            <span>{i18n.language === 'en' ? one.en : one.zh}</span>
          </li>
        ))}
      </ul>
      {seen.effects ? <Effects effects={seen.effects} /> : <p className="meta">{t('rules.review.unknown')}</p>}
      {desk.mayPublish && (
        <Button type="primary" disabled={!able} onClick={() => setAsking(true)} data-testid="publish">
          {t('rules.review.publish')}
        </Button>
      )}
      {asking && <ReasonDialog title={t('rules.review.publishTitle')} ok={t('rules.review.publish')} busy={publish.isPending} error={publish.error} send={publish.mutate} close={() => setAsking(false)} />}
    </div>
  )
}

function Findings({ findings, open }: { findings: RuleFinding[]; open: Props['open'] }) {
  const { t } = useTranslation('console')
  return (
    <ul className="rules-lines">
      {findings.map((one) => (
        <li key={`${one.file}:${one.line}:${one.code}:${one.text}`}>
          <span className={`chip ${one.severity === 'error' ? 'chip-red' : 'chip-yellow'}`}>{t(`rules.review.${one.severity}`)}</span>
          <span>{one.text}</span>
          <span className="meta">
            {one.remedy} {t('rules.sheet.where', { file: one.file, line: one.line })}
          </span>
          {one.part && one.key && (
            <Button size="small" onClick={() => one.part && one.key && open(one.part, one.key)}>
              {t('rules.review.open')}
            </Button>
          )}
        </li>
      ))}
    </ul>
  )
}

function Effects({ effects }: { effects: RulesComparison }) {
  const { t } = useTranslation('console')
  const figures = [
    [effects.elsewhere, t('rules.review.elsewhere')],
    [effects.deadline, t('rules.review.deadline')],
    [effects.uncategorised, t('rules.review.uncategorised')],
  ] as const
  return (
    <>
      <h2>{t('rules.review.effects', { sample: effects.sample })}</h2>
      <div className="rules-figures" data-testid="effects">
        {figures.map(([count, label]) => (
          <span key={label}>
            <b>{count}</b>
            {label}
          </span>
        ))}
      </div>
      {effects.examples.length === 0 ? <p className="meta">{t('rules.review.none')}</p> : <Examples rows={effects.examples} />}
    </>
  )
}

function Examples({ rows }: { rows: IncidentDifference[] }) {
  const { t } = useTranslation('console')
  const words = (fate: IncidentFate | null) => (fate ? `${fate.centre}：${fate.units.map(([, name]) => name).join('、') || t('rules.none')} · ${shortTime(fate.due)}` : t('rules.review.uncategorised'))
  return (
    <CardTable
      size="small"
      rowKey={(row) => `${row.number} ${row.before.due} ${row.category}`}
      pagination={false}
      dataSource={rows}
      scroll={{ x: 'max-content' }}
      columns={[
        { title: t('rules.review.number'), key: 'number', render: (_, row) => row.number || row.category },
        { title: t('rules.review.before'), key: 'before', render: (_, row) => words(row.before) },
        { title: t('rules.review.after'), key: 'after', render: (_, row) => words(row.after) },
      ]}
    />
  )
}
