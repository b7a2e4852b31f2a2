import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, DatePicker, Input, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readRules, tryOut } from '@/shared/api/rules'
import type { Channel, Level } from '@/shared/api/types'
import { ErrorNote } from '../../app/ErrorNote'
import { PlaceSearch } from '../../hotline/PlaceSearch'
import { CategorySelect } from '../../moves/CategorySelect'
import { TrialResult } from './TrialResult'
import { useWords } from './words'

const PinMap = lazy(() => import('../../hotline/PinMap').then((module) => ({ default: module.PinMap })))

interface Asked {
  lon: number | null
  lat: number | null
  text: string
  category?: string
  level?: Level
  channel: Channel
  at: Dayjs | null
  draft?: string
}

/** Where would this report go, and why: by the rules in force or by a draft. Nothing is stored. */
export function TryOutPage() {
  const { t } = useTranslation('console')
  const words = useWords()
  const [asked, setAsked] = useState<Asked>({ lon: null, lat: null, text: '', channel: 'resident', at: null })
  const rules = useQuery({ queryKey: ['rules', 'list'], queryFn: readRules })
  const drafts = (rules.data ?? []).filter((one) => one.draft_by)
  const set = (change: Partial<Asked>) => setAsked((old) => ({ ...old, ...change }))
  const run = useMutation({
    // the picker shows the city's time wherever the browser is
    mutationFn: ({ lon, lat, at, ...rest }: Asked) => tryOut({ ...rest, lon: lon ?? 0, lat: lat ?? 0, at: at ? `${at.format('YYYY-MM-DDTHH:mm')}:00+08:00` : undefined }),
  })
  const placed = asked.lon !== null && asked.lat !== null
  return (
    <div className="trial">
      <form
        className="card trial-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (placed) run.mutate(asked)
        }}
      >
        <div className="card-head">
          <h1>{t('rules.trial.title')}</h1>
          <span className="meta">{t('rules.trial.hint')}</span>
        </div>
        <label>
          <span>{t('rules.trial.place')}</span>
          <PlaceSearch set={({ lon, lat }) => lon !== undefined && set({ lon, lat: lat ?? null })} />
        </label>
        <div className="trial-map">
          <Suspense fallback={<div className="map-wait" />}>
            <PinMap lon={asked.lon} lat={asked.lat} pick={(lon, lat) => set({ lon, lat })} />
          </Suspense>
        </div>
        <label>
          <span>{t('rules.trial.text')}</span>
          <Input.TextArea value={asked.text} onChange={(event) => set({ text: event.target.value })} autoSize={{ minRows: 2 }} maxLength={4000} data-testid="trial-text" />
        </label>
        <label>
          <span>{t('rules.trial.category')}</span>
          <CategorySelect value={asked.category} onChange={(category) => set({ category })} />
        </label>
        <div className="rules-two">
          <label>
            <span>{t('rules.trial.level')}</span>
            <Select allowClear value={asked.level} onChange={(level: Level | undefined) => set({ level })} options={(words.vocabulary?.levels ?? []).map((one) => ({ value: one, label: words.level(one) }))} aria-label={t('rules.trial.level')} />
          </label>
          <label>
            <span>{t('rules.trial.channel')}</span>
            <Select value={asked.channel} onChange={(channel: Channel) => set({ channel })} options={(words.vocabulary?.channels ?? []).map((one) => ({ value: one, label: words.channel(one) }))} aria-label={t('rules.trial.channel')} />
          </label>
          <label>
            <span>{t('rules.trial.at')}</span>
            <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" value={asked.at} onChange={(at: Dayjs | null) => set({ at })} aria-label={t('rules.trial.at')} placeholder="" />
          </label>
          <label>
            <span>{t('rules.trial.rules')}</span>
            <Select
              value={asked.draft ?? ''}
              onChange={(draft: string) => set({ draft: draft || undefined })}
              options={[{ value: '', label: t('rules.trial.inForce') }, ...drafts.map((one) => ({ value: one.scenario, label: t('rules.trial.draftOf', { name: words.english ? one.name_en : one.name_zh }) }))]}
              aria-label={t('rules.trial.rules')}
            />
          </label>
        </div>
        <Button type="primary" htmlType="submit" loading={run.isPending} disabled={!placed} data-testid="trial-run">
          {t('rules.trial.run')}
        </Button>
        {!placed && <p className="meta">{t('rules.trial.noPoint')}</p>}
        {run.error && <ErrorNote error={run.error} />}
      </form>
      {run.data && <TrialResult view={run.data} />}
    </div>
  )
}
