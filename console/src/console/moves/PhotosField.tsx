import { App, Button } from 'antd'
import { useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { upload } from '@/shared/api/attachments'
import type { Attachment } from '@/shared/api/types'

interface Props {
  value?: number[]
  onChange?: (value: number[]) => void
}

/** Photos and clips, sent as soon as they are chosen; the form keeps their ids. */
export function PhotosField({ value = [], onChange }: Props) {
  const { t } = useTranslation('console')
  const { message } = App.useApp()
  const [items, setItems] = useState<Attachment[]>([])
  const [busy, setBusy] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const id = useId()
  const add = async (files: FileList | null) => {
    if (!files?.length) return
    setBusy(true)
    const sent: Attachment[] = []
    for (const file of files) {
      try {
        sent.push(await upload(file, { taken_at: new Date(file.lastModified).toISOString() }))
      } catch (error) {
        void message.error(error instanceof Error && error.message ? error.message : t('shared:error.http'))
      }
    }
    setBusy(false)
    setItems((old) => [...old, ...sent])
    onChange?.([...value, ...sent.map((item) => item.id)])
    if (input.current) input.current.value = ''
  }
  return (
    <div className="photos-field">
      {items.map((item) => (
        <img key={item.id} src={item.thumb_url} alt={t('fields.photoAlt')} />
      ))}
      <input
        ref={input}
        id={id}
        type="file"
        accept="image/*,video/mp4"
        multiple
        hidden
        aria-label={t('need.attachments')}
        onChange={(event) => void add(event.target.files)}
        data-testid="photos"
      />
      <Button loading={busy} onClick={() => input.current?.click()}>
        + {t('fields.addPhotos')}
      </Button>
    </div>
  )
}
