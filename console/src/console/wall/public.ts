import type { IncidentRow } from '@/shared/api/types'

/** Nothing personal on a wall: the category where there is one, else the title without anything that looks like a number. */
export const publicTitle = (row: Pick<IncidentRow, 'category_name' | 'title'>): string =>
  row.category_name ?? row.title.replace(/[0-9０-９A-Za-z]{4,}/g, '***').slice(0, 14)

/** District and town are enough. */
export const townOf = (place: string): string => place.split(' · ').slice(0, 2).join(' · ')
