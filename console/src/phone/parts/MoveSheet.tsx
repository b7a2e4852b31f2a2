import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Allowed, MoveIn, Need, Task } from '@/shared/api/types'
import { instantOfLocal } from '@/shared/time'
import type { TakenPhoto } from '../drafts/photos'
import { ChoiceField } from './ChoiceField'
import { PhotoPicker } from './PhotoPicker'

interface Props {
  allowed: Allowed
  task: Task
  cancel: () => void
  make: (move: MoveIn, label: string, photos: TakenPhoto[]) => Promise<void>
}

/** A move with the fields that it asks for, in a sheet from below. */
export function MoveSheet({ allowed, task, cancel, make }: Props) {
  const { t } = useTranslation('phone')
  const [given, setGiven] = useState<Record<string, unknown>>({})
  const [photos, setPhotos] = useState<TakenPhoto[]>([])
  const [busy, setBusy] = useState(false)
  const put = (name: string, value: unknown) => setGiven((before) => ({ ...before, [name]: value }))
  const missing = allowed.needs.some((need) => need.required && need.name !== 'attachments' && !given[need.name])
  const confirm = async () => {
    setBusy(true)
    const filled = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '' && value !== undefined))
    await make({ move: allowed.move, ...filled }, allowed.label, photos)
  }
  return (
    <div className="sheet" role="dialog" aria-modal="true" aria-label={allowed.label}>
      <form className="sheet-body" onSubmit={(event) => { event.preventDefault(); void confirm() }}>
        <h2>{allowed.label}</h2>
        {allowed.needs.map((need) => (
          <Field key={need.name} need={need} task={task} value={given[need.name]} put={put} photos={photos} setPhotos={setPhotos} />
        ))}
        <div className="row">
          <button type="button" className="button quiet" onClick={cancel}>{t('tasks.cancel')}</button>
          <button className="button" data-testid="confirm" disabled={missing || busy}>{t('tasks.confirm')}</button>
        </div>
      </form>
    </div>
  )
}

interface FieldProps {
  need: Need
  task: Task
  value: unknown
  put: (name: string, value: unknown) => void
  photos: TakenPhoto[]
  setPhotos: (photos: TakenPhoto[]) => void
}

function Field({ need, task, value, put, photos, setPhotos }: FieldProps) {
  const { t } = useTranslation('phone')
  const id = `need-${need.name}`
  const label = <label className="label" htmlFor={id}>{t(`need.${need.name}`, { defaultValue: need.name })}{need.required && <span className="meta"> {t('tasks.required')}</span>}</label>
  if (need.kind === 'photos') return <PhotoPicker photos={photos} here={task.incident} change={setPhotos} />
  if (need.kind === 'unit' || need.kind === 'person') return <>{label}<ChoiceField id={id} kind={need.kind} task={task} change={(chosen) => put(need.name, chosen)} /></>
  if (need.name === 'measures')
    return <>{label}<input id={id} data-testid="fine" className="input" inputMode="decimal" onChange={(event) => put('measures', Number(event.target.value) > 0 ? { fine_yuan: Number(event.target.value) } : undefined)} /></>
  if (need.kind === 'time')
    return <>{label}<input id={id} data-testid={id} className="input" type="datetime-local" onChange={(event) => put(need.name, event.target.value ? instantOfLocal(event.target.value) : '')} /></>
  return <>{label}<textarea id={id} data-testid={id} className="input" rows={3} value={String(value ?? '')} onChange={(event) => put(need.name, event.target.value)} /></>
}
