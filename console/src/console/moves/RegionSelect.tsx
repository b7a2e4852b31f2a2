import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { childrenOf, findRegions, readRegion } from '@/shared/api/territory'
import { useDebounced } from '@/shared/useDebounced'
import { notRead } from '../app/notRead'

interface Props {
  id?: string
  /** what the field is called where no label stands beside it */
  label?: string
  value?: number
  onChange?: (value: number | undefined) => void
  /** only regions of this level */
  level?: string
  /** choose among the regions right below this one */
  below?: number
}

/** A region by name or pinyin. */
export function RegionSelect({ id, label, value, onChange, level, below }: Props) {
  const { t } = useTranslation('console')
  const [typed, setTyped] = useState('')
  const asked = useDebounced(typed.trim(), 150)
  const found = useQuery({
    queryKey: ['regions', asked, level, below],
    queryFn: () => (below && !asked ? childrenOf(below) : findRegions(asked, level)),
    enabled: asked.length > 0 || below !== undefined,
    staleTime: 600_000,
  })
  const chosen = useQuery({ queryKey: ['region', value], queryFn: () => readRegion(value ?? 0), enabled: value !== undefined, staleTime: Infinity })
  const known = found.data ?? []
  const list = chosen.data && !known.some((region) => region.id === value) ? [chosen.data.ref, ...known] : known
  return (
    <Select
      id={id}
      value={value}
      onChange={(next: number | undefined) => onChange?.(next)}
      allowClear
      showSearch={{ filterOption: false, onSearch: setTyped }}
      loading={found.isFetching}
      notFoundContent={notRead(found) ?? (asked ? undefined : t('fields.regionHint'))}
      options={list.map((region) => ({ value: region.id, label: region.name }))}
      placeholder={label ?? t('fields.regionHint')}
      aria-label={label ?? t('need.to_centre')}
      style={{ width: '100%' }}
    />
  )
}
