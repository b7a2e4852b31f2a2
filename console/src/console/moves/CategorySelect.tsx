import { Select } from 'antd'
import PinyinMatch from 'pinyin-match'
import { useTranslation } from 'react-i18next'
import { notRead } from '../app/notRead'
import { useCategories } from './useCategories'

interface Props {
  id?: string
  value?: string
  onChange?: (value: string | undefined) => void
}

/** Categories by group; found by name, pinyin, initials or code. */
export function CategorySelect({ id, value, onChange }: Props) {
  const { t } = useTranslation('console')
  const { read, groups, nameOf } = useCategories()
  const options = groups.map((group) => ({
    label: group.name,
    options: group.items.map((item) => ({ value: item.code, label: nameOf(item), code: item.code })),
  }))
  return (
    <Select
      id={id}
      value={value}
      onChange={(next: string | undefined) => onChange?.(next)}
      allowClear
      showSearch={{
        filterOption: (typed, option) =>
          !!option && 'code' in option && (String(option.code).includes(typed) || PinyinMatch.match(String(option.label), typed) !== false),
      }}
      notFoundContent={notRead(read)}
      options={options}
      placeholder={t('fields.categoryHint')}
      aria-label={t('need.category')}
      style={{ width: '100%' }}
    />
  )
}
