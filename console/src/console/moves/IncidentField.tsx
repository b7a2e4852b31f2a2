import { useQuery } from '@tanstack/react-query'
import { Input, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listIncidents, readNearby } from '@/shared/api/incidents'
import type { IncidentDetail, IncidentRow } from '@/shared/api/types'
import { useDebounced } from '@/shared/useDebounced'
import { MergePreviewNote } from './MergePreviewNote'

interface Props {
  detail: IncidentDetail
  id?: string
  value?: number
  onChange?: (value: number) => void
}

const NUMBER = /^\d{8}-\d{1,6}$/

/** Into which incident: one of those that may be the same, or one whose number is known; and what would follow. */
export function IncidentField({ detail, id, value, onChange }: Props) {
  const { t } = useTranslation('console')
  const [typed, setTyped] = useState('')
  const q = useDebounced(typed.trim(), 300)
  const nearby = useQuery({ queryKey: ['nearby', detail.row.id], queryFn: () => readNearby(detail.row.id) })
  const found = useQuery({ queryKey: ['by-number', q], queryFn: ({ signal }) => listIncidents({ q, limit: 3 }, signal), enabled: NUMBER.test(q) })
  const near = nearby.data?.incidents ?? []
  const others = (found.data?.items ?? []).filter((row) => row.id !== detail.row.id && !near.some((match) => match.row.id === row.id))
  const option = (row: IncidentRow, why: string) => (
    <Radio key={row.id} value={row.id} data-testid="merge-choice" data-number={row.number}>
      <b>{row.title}</b> <span className="meta">{row.number} · {t(`shared:state.${row.state}`)} · {t('queue.reports', { count: row.reports })}</span>
      <br />
      <span className="meta">{why}</span>
    </Radio>
  )
  return (
    <div id={id} className="incident-field">
      <Radio.Group value={value} onChange={(event) => onChange?.(event.target.value as number)}>
        {near.map((match) => option(match.row, match.reasons.map((why) => why.text).join(' · ')))}
        {others.map((row) => option(row, row.place))}
      </Radio.Group>
      {nearby.data && near.length === 0 && <p className="meta">{t('duplicates.none')}</p>}
      <Input value={typed} onChange={(event) => setTyped(event.target.value)} placeholder={t('duplicates.searchHint')} aria-label={t('duplicates.search')} data-testid="merge-number" />
      {value !== undefined && <MergePreviewNote incident={detail.row.id} into={value} />}
    </div>
  )
}
