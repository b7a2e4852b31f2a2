import { useTranslation } from 'react-i18next'
import { prepare, type TakenPhoto } from '../drafts/photos'

interface Props {
  photos: TakenPhoto[]
  here: { lon: number; lat: number } | null
  change: (photos: TakenPhoto[]) => void
  most?: number
}

/** Photo first: the camera opens at once; several may be taken. */
export function PhotoPicker({ photos, here, change, most = 6 }: Props) {
  const { t } = useTranslation('phone')
  const add = async (files: FileList | null) => {
    const chosen = Array.from(files ?? []).slice(0, most - photos.length)
    const taken = await Promise.all(chosen.map((file) => prepare(file, here)))
    change([...photos, ...taken])
  }
  const remove = (photo: TakenPhoto) => {
    URL.revokeObjectURL(photo.preview)
    change(photos.filter((other) => other !== photo))
  }
  return (
    <div className="photos">
      {photos.map((photo) => (
        <div key={photo.preview} className="photo">
          {photo.blob.type.startsWith('image/') ? <img src={photo.preview} alt="" /> : <video src={photo.preview} muted />}
          <button type="button" onClick={() => remove(photo)} aria-label={t('report.removePhoto')}>×</button>
        </div>
      ))}
      {photos.length < most && (
        <label className="photo photo-add">
          <span aria-hidden="true">+ {t('report.photo')}</span>
          <input data-testid="report-photo" className="visually-hidden" type="file" accept="image/*,video/mp4,video/webm" multiple aria-label={t('report.addPhoto')} onChange={(event) => { void add(event.target.files); event.target.value = '' }} />
        </label>
      )}
    </div>
  )
}
