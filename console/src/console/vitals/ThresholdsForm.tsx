import { useMutation } from '@tanstack/react-query'
import { Button, Checkbox, Input, InputNumber } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { setThresholds, tryOut, type SignPage, type SignThreshold } from '@/shared/api/vitals'
import { useAct } from '../admin/useAct'
import { Ask } from '../app/Ask'
import { ErrorNote } from '../app/ErrorNote'
import { levelKey, LEVELS } from './format'
import { TriedNote } from './TriedNote'

interface Line {
  level: number
  used: boolean
  on: number | null
  off: number | null
}

const ORDER = [4, 3, 2, 1]

/** Levels with their two values, tried out on what was before anything is saved. */
export function ThresholdsForm({ page, close }: { page: SignPage; close: () => void }) {
  const { t } = useTranslation('console')
  const { code } = page.sign
  const { region } = page.scope
  const [lines, setLines] = useState<Line[]>(() => ORDER.map((level) => started(level, page.thresholds.thresholds)))
  const [reason, setReason] = useState('')
  const given = wanted(lines)
  const tried = useMutation({ mutationFn: (thresholds: SignThreshold[]) => tryOut(code, { thresholds, region: region.id, for_s: page.why.for_s, hold_s: page.why.hold_s }) })
  const save = useAct((body: { thresholds: SignThreshold[] | null; reason: string }) => setThresholds(code, region.id, body), { done: t('vitals.thresholds.saved'), then: close })
  const change = (level: number, part: Partial<Line>) => {
    tried.reset()
    setLines((old) => old.map((line) => (line.level === level ? { ...line, ...part } : line)))
  }
  const ready = given !== null && reason.trim().length >= 2
  return (
    <div className="sign-form" data-testid="thresholds-form">
      <p className="meta">{t(page.sign.bad === 'low' ? 'vitals.thresholds.lowBad' : 'vitals.thresholds.high')}</p>
      {lines.map((line) => (
        <LineFields key={line.level} line={line} unit={page.sign.unit} change={(part) => change(line.level, part)} />
      ))}
      <Button onClick={() => given && tried.mutate(given)} disabled={!given} loading={tried.isPending} data-testid="thresholds-try">
        {t('vitals.thresholds.try')}
      </Button>
      {tried.error ? <ErrorNote error={tried.error} /> : null}
      {tried.data && <TriedNote sign={page.sign} tried={tried.data} />}
      <Input.TextArea value={reason} onChange={(event) => setReason(event.target.value)} rows={2} maxLength={500} placeholder={t('vitals.thresholds.whyHint')} aria-label={t('vitals.thresholds.why')} data-testid="thresholds-reason" />
      <p className="meta">{t('vitals.thresholds.holds', { name: region.name })}</p>
      {save.error ? <ErrorNote error={save.error} /> : null}
      {!ready && <p className="meta">{t('vitals.thresholds.missing')}</p>}
      <div className="actions">
        <Button type="primary" disabled={!ready} loading={save.isPending} onClick={() => save.mutate({ thresholds: given, reason: reason.trim() })} data-testid="thresholds-save">
          {t('vitals.thresholds.save')}
        </Button>
        {page.thresholds.own && (
          <Ask title={t('vitals.thresholds.backAsk')} onConfirm={() => save.mutate({ thresholds: null, reason: reason.trim() || t('vitals.thresholds.back') })}>
            <Button data-testid="thresholds-back">{t('vitals.thresholds.back')}</Button>
          </Ask>
        )}
        <Button onClick={close}>{t('vitals.thresholds.cancel')}</Button>
      </div>
    </div>
  )
}

function LineFields({ line, unit, change }: { line: Line; unit: string; change: (part: Partial<Line>) => void }) {
  const { t } = useTranslation('console')
  const name = t(`vitals.level.${levelKey(line.level)}`)
  const field = (part: 'on' | 'off') => (
    <InputNumber
      value={line[part]} disabled={!line.used} onChange={(value) => change({ [part]: value })} aria-label={`${name} ${t(`vitals.thresholds.${part}`)}`} prefix={t(`vitals.thresholds.${part}`)} suffix={unit} controls={false} data-testid={`threshold-${line.level}-${part}`}
    />
  )
  return (
    <div className="sign-line">
      <Checkbox checked={line.used} onChange={(event) => change({ used: event.target.checked })} data-testid={`threshold-${line.level}`}>
        <span className={`chip chip-${LEVELS[line.level] ?? 'blue'}`}>{name}</span>
      </Checkbox>
      {field('on')}
      {field('off')}
    </div>
  )
}

function started(level: number, known: SignThreshold[]): Line {
  const one = known.find((each) => each.level === level)
  return { level, used: one !== undefined, on: one?.on ?? null, off: one?.off ?? null }
}

/** The levels in use, or null while one of them lacks a value. */
function wanted(lines: Line[]): SignThreshold[] | null {
  const used = lines.filter((line) => line.used)
  return used.every((line) => line.on !== null && line.off !== null) ? used.map(({ level, on, off }) => ({ level, on: on ?? 0, off: off ?? 0 })) : null
}
