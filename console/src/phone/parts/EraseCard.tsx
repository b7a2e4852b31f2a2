import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { eraseMine } from '@/shared/api/incidents'
import { ErrorNote } from './ErrorNote'

/** A resident's own data goes when they ask for it: asked twice, and told what waits. */
export function EraseCard() {
  const { t } = useTranslation('phone')
  const [sure, setSure] = useState(false)
  const erase = useMutation({ mutationFn: eraseMine, onSettled: () => setSure(false) })
  return (
    <section className="card">
      {erase.data && <p className="note" role="status">{t('me.erased', { erased: erase.data.erased, waiting: erase.data.waiting })}</p>}
      {sure && <p className="note">{t('me.eraseAsk')}</p>}
      <button className="button quiet" data-testid="erase-mine" disabled={erase.isPending} onClick={() => (sure ? erase.mutate() : setSure(true))}>
        {t(sure ? 'me.eraseYes' : 'me.erase')}
      </button>
      {erase.error && <ErrorNote error={erase.error} />}
    </section>
  )
}
