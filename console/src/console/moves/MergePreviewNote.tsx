import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { mergePreview } from '@/shared/api/incidents'
import { ErrorNote } from '../app/ErrorNote'

/** What a merge would do, as the server has tried it out. */
export function MergePreviewNote({ incident, into }: { incident: number; into: number }) {
  const { t } = useTranslation('console')
  const { data, error, refetch } = useQuery({ queryKey: ['merge-preview', incident, into], queryFn: () => mergePreview(incident, into), staleTime: 0 })
  if (error) return <ErrorNote error={error} retry={() => void refetch()} />
  if (!data) return null
  if (data.problem)
    return (
      <p className="field-wrong" role="alert">
        {data.problem}
      </p>
    )
  return (
    <ul className="merge-preview" data-testid="merge-preview">
      <li>{t('duplicates.after', { number: data.master.number, count: data.reports })}</li>
      <li>{data.withdrawn.length > 0 ? t('duplicates.withdrawn', { units: data.withdrawn.join('、') }) : t('duplicates.nothing')}</li>
      {data.limits > 0 && <li>{t('duplicates.limits', { count: data.limits })}</li>}
      <li>{t('duplicates.undo')}</li>
    </ul>
  )
}
