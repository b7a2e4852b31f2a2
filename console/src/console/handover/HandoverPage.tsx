import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, type ButtonProps, Checkbox, Input, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listHandovers, readHandover, signHandover } from '@/shared/api/city'
import { shortTime } from '@/shared/time'
import { Ask } from '../app/Ask'
import { ErrorNote } from '../app/ErrorNote'
import { AttentionRow } from './AttentionRow'
import './handover.css'
import { Lines } from './Lines'
import { PastHandovers } from './PastHandovers'

/** The shift as the counts tell it; the officer adds what a number cannot say, and signs. */
export function HandoverPage() {
  const { t } = useTranslation('console')
  const { message } = App.useApp()
  const client = useQueryClient()
  const draft = useQuery({ queryKey: ['handover'], queryFn: readHandover, refetchInterval: 60_000 })
  const past = useQuery({ queryKey: ['handovers'], queryFn: listHandovers })
  const [notes, setNotes] = useState('')
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set())
  const sign = useMutation({
    mutationFn: () => signHandover(notes, (draft.data?.attention ?? []).map((brief) => brief.id).filter((id) => !left.has(id)).slice(0, 50)),
    onSuccess: () => {
      setNotes('')
      void message.success(t('handover.signed'))
      void client.invalidateQueries({ queryKey: ['handover'] })
      void client.invalidateQueries({ queryKey: ['handovers'] })
    },
  })
  const toggle = (id: number) =>
    setLeft((old) => {
      const next = new Set(old)
      if (!next.delete(id)) next.add(id)
      return next
    })
  if (draft.error)
    return (
      <div className="handover">
        <ErrorNote error={draft.error} retry={() => void draft.refetch()} />
      </div>
    )
  const shift = draft.data
  return (
    <div className="handover">
      <section className="card">
        <div className="card-head">
          <h1>{t('handover.title', { centre: shift?.centre_name ?? '' })}</h1>
          {shift && <span className="meta">{t('handover.span', { since: shortTime(shift.since), until: shortTime(shift.until) })}</span>}
          <span className="grow" />
          <Button className="no-print" onClick={() => print()}>
            {t('incident.print')}
          </Button>
        </div>
        {shift ? <Lines lines={shift.lines} /> : <Skeleton active title={false} />}
        <h2>{t('handover.attention')}</h2>
        <p className="meta">{t('handover.attentionHint')}</p>
        <ul className="attention">
          {(shift?.attention ?? []).map((brief) => (
            <li key={brief.id}>
              <Checkbox checked={!left.has(brief.id)} onChange={() => toggle(brief.id)} aria-label={t('handover.take', { title: brief.title })} className="no-print" />
              <AttentionRow brief={brief} />
            </li>
          ))}
        </ul>
        {shift?.attention.length === 0 && <p className="meta">{t('handover.quiet')}</p>}
        <h2>{t('handover.notes')}</h2>
        <Input.TextArea value={notes} onChange={(event) => setNotes(event.target.value)} autoSize={{ minRows: 4 }} maxLength={4000} aria-label={t('handover.notes')} placeholder={t('handover.notesHint')} data-testid="handover-notes" />
        {sign.error && <ErrorNote error={sign.error} />}
        <div className="actions no-print">
          <Ask title={t('handover.confirm')} description={t('handover.confirmText')} okText={t('handover.sign')} cancelText={t('moves.cancel')} onConfirm={() => sign.mutate()} okButtonProps={{ 'data-testid': 'confirm' } as ButtonProps}>
            <Button type="primary" loading={sign.isPending} disabled={!shift} data-testid="handover-sign">
              {t('handover.sign')}
            </Button>
          </Ask>
          {shift && <span className="meta">{t('handover.onDuty', { names: shift.on_duty.join('、') || '—' })}</span>}
        </div>
      </section>
      <PastHandovers rows={past.data} />
    </div>
  )
}
