import { useNavigate, useSearch } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { Catalogue } from './Catalogue'
import { LookupPart } from './LookupPart'
import { VIEWS, type View, type VitalsSearch } from './search'
import './vitals.css'

/** 城市体征: 一键查 and the catalogue. */
export function VitalsPage() {
  const { t } = useTranslation('console')
  const search = useSearch({ from: '/shell/vitals' })
  const navigate = useNavigate({ from: '/vitals' })
  const view = search.view ?? 'lookup'
  const go = useCallback(
    (change: VitalsSearch) => void navigate({ search: (old) => Object.fromEntries(Object.entries({ ...old, ...change }).filter(([, value]) => value !== undefined && value !== '')), replace: 'q' in change }),
    [navigate],
  )
  return (
    <div className="vitals">
      <header className="vitals-head">
        <h1>{t('vitals.title')}</h1>
        <Segmented<View> aria-label={t('vitals.viewLabel')} value={view} options={VIEWS.map((one) => ({ value: one, label: t(`vitals.${one}`) }))} onChange={(one) => go({ view: one === 'lookup' ? undefined : one, page: undefined })} data-testid="vitals-view" />
      </header>
      {view === 'lookup' ? <LookupPart search={search} go={go} /> : <Catalogue search={search} go={go} />}
    </div>
  )
}
