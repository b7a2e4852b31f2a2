import { useQuery } from '@tanstack/react-query'
import { AutoComplete, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listIncidents } from '@/shared/api/incidents'
import { findPlaces } from '@/shared/api/territory'
import { listThings } from '@/shared/api/things'
import { lookUp } from '@/shared/api/vitals'
import { useDebounced } from '@/shared/useDebounced'
import { useMay } from '../app/session'

/** What was found: a region to go to, a spot to look at, or a sign to open. */
export type Found = { kind: 'region'; region: number } | { kind: 'spot'; lon: number; lat: number; title: string; thing?: number; incident?: number } | { kind: 'sign'; code: string }

interface Option {
  value: string
  label: string
  found: Found
}

const EACH = 5
const REGIONS = ['city', 'district', 'town', 'village', 'grid']

/** Places, things, signs and incidents by a few words; pinyin too where their own search knows it. */
export function FindBox({ region, take }: { region: number | undefined; take: (found: Found) => void }) {
  const { t } = useTranslation('console')
  const [text, setText] = useState('')
  const groups = useGroups(text, region)
  const known = new Map(groups.flatMap((group) => group.options.map((option) => [option.value, option.found] as const)))
  return (
    <AutoComplete
      className="risk-find" value={text} options={groups} defaultActiveFirstOption
      onSearch={setText}
      onSelect={(value: string) => {
        const found = known.get(value)
        setText('')
        if (found) take(found)
      }}
      notFoundContent={text.trim().length > 1 ? t('risk.foundNone') : null}
    >
      <Input aria-label={t('risk.find')} placeholder={t('risk.findHint')} allowClear data-testid="risk-find" />
    </AutoComplete>
  )
}

function useGroups(text: string, region: number | undefined): { label: string; options: Option[] }[] {
  const { t } = useTranslation('console')
  const may = useMay()
  const q = useDebounced(text.trim(), 200)
  const asked = q.length > 1
  const places = useQuery({ queryKey: ['risk-find', 'places', q], queryFn: ({ signal }) => findPlaces(q, undefined, signal), enabled: asked })
  const things = useQuery({ queryKey: ['risk-find', 'things', q], queryFn: () => listThings({ q }), enabled: asked && may('thing.read') })
  const signs = useQuery({ queryKey: ['risk-find', 'signs', q, region], queryFn: ({ signal }) => lookUp(q, region, signal), enabled: asked })
  const incidents = useQuery({ queryKey: ['risk-find', 'incidents', q], queryFn: ({ signal }) => listIncidents({ q, limit: EACH, sort: 'newest' }, signal), enabled: asked && may('incident.read') })
  const groups: [string, Option[]][] = [
    ['place', (places.data ?? []).slice(0, EACH).map((one, at) => ({
      value: `place-${at}`, label: `${one.name} ${one.detail}`,
      found: REGIONS.includes(one.kind) && one.region ? { kind: 'region', region: one.region.id } : { kind: 'spot', lon: one.lon, lat: one.lat, title: one.name },
    }))],
    ['thing', (things.data?.rows ?? []).slice(0, EACH).map((one) => ({ value: `thing-${one.id}`, label: `${one.name} ${one.place}`, found: { kind: 'spot', lon: one.lon, lat: one.lat, title: one.name, thing: one.id } }))],
    ['sign', (signs.data?.rows ?? []).slice(0, EACH).map(({ sign }) => ({ value: `sign-${sign.code}`, label: sign.name, found: { kind: 'sign', code: sign.code } }))],
    ['incident', (incidents.data?.items ?? []).map((one) => ({ value: `incident-${one.id}`, label: `${one.title} ${one.number}`, found: { kind: 'spot', lon: one.lon, lat: one.lat, title: one.title, incident: one.id } }))],
  ]
  return groups.filter(([, options]) => options.length > 0).map(([kind, options]) => ({ label: t(`risk.group.${kind}`), options }))
}
