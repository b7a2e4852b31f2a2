import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { upload } from '@/shared/api/attachments'
import { moveIncident } from '@/shared/api/incidents'
import { incidentKey, touchIncident } from '../moves/useMoveDesk'

/** A chosen file is sent and joins the history as a note at once. */
export function AddEvidence({ id }: { id: number }) {
  const { t } = useTranslation('console')
  const { message } = App.useApp()
  const client = useQueryClient()
  const input = useRef<HTMLInputElement>(null)
  const add = useMutation({
    mutationFn: async (files: File[]) => {
      const sent = await Promise.all(files.map((file) => upload(file, { taken_at: new Date(file.lastModified).toISOString() })))
      return moveIncident(id, [{ move: 'note', note: t('evidence.added', { count: sent.length }), attachments: sent.map((item) => item.id) }])
    },
    onSuccess: (fresh) => client.setQueryData(incidentKey(id), fresh),
    onError: (error) => void message.error(error.message || t('shared:error.http')),
    onSettled: () => touchIncident(client, id),
  })
  return (
    <>
      <input
        ref={input}
        hidden
        type="file"
        accept="image/*,video/mp4"
        multiple
        aria-label={t('evidence.add')}
        onChange={(event) => event.target.files?.length && add.mutate([...event.target.files])}
      />
      <button type="button" className="evidence-add" disabled={add.isPending} onClick={() => input.current?.click()}>
        {add.isPending ? t('evidence.sending') : `+ ${t('evidence.add')}`}
      </button>
    </>
  )
}
