import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { findUnits } from '@/shared/api/identity'
import type { UnitBrief } from '@/shared/api/types'
import { useDebounced } from '@/shared/useDebounced'
import { notRead } from '../app/notRead'

interface Props {
  id?: string
  /** what the field is called where no label stands beside it */
  label?: string
  /** null: always empty, each choice is handed on */
  value?: number | null
  onChange?: (value: number | undefined, unit?: UnitBrief) => void
  region?: number
}

/** A unit by name, pinyin or kind, first those around the place. */
export function UnitSelect({ id, label, value, onChange, region }: Props) {
  const { t } = useTranslation('console')
  const [typed, setTyped] = useState('')
  const asked = useDebounced(typed.trim(), 150)
  const found = useQuery({
    queryKey: ['units', asked, region],
    queryFn: () => findUnits({ q: asked || undefined, region: asked ? undefined : region }),
    enabled: asked.length > 0 || region !== undefined,
    staleTime: 60_000,
  })
  const units = found.data ?? []
  return (
    <Select
      id={id}
      value={value}
      onChange={(next: number | undefined) => onChange?.(next, units.find((unit) => unit.id === next))}
      allowClear
      showSearch={{ filterOption: false, onSearch: setTyped }}
      loading={found.isFetching}
      notFoundContent={notRead(found)}
      options={units.map((unit) => ({ value: unit.id, label: unit.name }))}
      placeholder={label ?? t('fields.unitHint')}
      aria-label={label ?? t('need.unit')}
      data-testid="unit-select"
      style={{ width: '100%' }}
    />
  )
}
