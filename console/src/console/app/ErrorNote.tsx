import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { isProblem } from '@/shared/api/problem'

/** What happened, what was kept, what to do, and the reference number; what is not allowed is not offered again. */
export function ErrorNote({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation('shared')
  const problem = isProblem(error) ? error : null
  const text = !problem ? t('error.http') : problem.code === 'network' ? t('error.network') : problem.detail || t('error.http')
  return (
    <div className="error-note" role="alert">
      <p>{text}</p>
      {problem?.fields.map((field) => (
        <p key={`${field.path}${field.code}`} className="meta">
          {field.message}
        </p>
      ))}
      {problem?.reference && <p className="meta">{t('error.reference', { reference: problem.reference })}</p>}
      {retry && problem?.status !== 403 && (
        <Button size="small" onClick={retry}>
          {t('error.retry')}
        </Button>
      )}
    </div>
  )
}
