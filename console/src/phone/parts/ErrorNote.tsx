import { useTranslation } from 'react-i18next'
import { isProblem } from '@/shared/api/problem'

/** What happened and what to do, in the reader's language. */
export function ErrorNote({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation(['phone', 'shared'])
  const problem = isProblem(error) ? error : null
  const text = problem?.code === 'network' ? t('shared:error.network') : problem?.detail || t('shared:error.http')
  return (
    <div className="error" role="alert">
      <p>{text}</p>
      {problem?.fields.map((field) => <p key={field.path + field.code}>{field.message}</p>)}
      {problem?.reference && <p className="meta">{t('shared:error.reference', { reference: problem.reference })}</p>}
      {retry && <button className="button quiet" onClick={retry}>{t('phone:retry')}</button>}
    </div>
  )
}
