import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { readCategories } from '@/shared/api/incidents'
import type { Category } from '@/shared/api/types'

/** The categories in force, and their names in the reader's language. */
export function useCategories() {
  const { i18n } = useTranslation()
  const read = useQuery({ queryKey: ['categories'], queryFn: readCategories, staleTime: 600_000 })
  const groups = read.data ?? []
  const nameOf = (category: Category) => (i18n.language === 'en' ? category.name_en : category.name_zh)
  return { read, groups, nameOf, all: groups.flatMap((group) => group.items) }
}
