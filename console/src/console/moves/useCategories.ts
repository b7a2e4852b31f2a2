import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { readCategories } from '@/shared/api/incidents'
import type { Category } from '@/shared/api/types'

/** The categories in force, and their names in the reader's language. */
export function useCategories() {
  const { i18n } = useTranslation()
  const { data } = useQuery({ queryKey: ['categories'], queryFn: readCategories, staleTime: 600_000 })
  const groups = data ?? []
  const nameOf = (category: Category) => (i18n.language === 'en' ? category.name_en : category.name_zh)
  return { groups, nameOf, all: groups.flatMap((group) => group.items) }
}
