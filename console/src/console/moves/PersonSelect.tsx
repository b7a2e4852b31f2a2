import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { findPeople } from '@/shared/api/identity'
import { notRead } from '../app/notRead'

interface Props {
  id?: string
  value?: number
  onChange?: (value: number | undefined) => void
  unit: number
}

/** The people of a unit. */
export function PersonSelect({ id, value, onChange, unit }: Props) {
  const { t } = useTranslation('console')
  const found = useQuery({ queryKey: ['people', unit], queryFn: () => findPeople({ unit }) })
  return (
    <Select
      id={id}
      value={value}
      onChange={(next: number | undefined) => onChange?.(next)}
      loading={found.isPending}
      notFoundContent={notRead(found)}
      options={(found.data ?? []).map((person) => ({ value: person.id, label: person.name }))}
      placeholder={t('fields.personHint')}
      aria-label={t('need.person')}
      style={{ width: '100%' }}
    />
  )
}
