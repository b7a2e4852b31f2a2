import { get, newKey, post } from './http'
import type { Attachment, BlurProposals } from './types'

export interface UploadMeta {
  taken_at?: string
  lon?: number
  lat?: number
}

export function upload(file: Blob, meta: UploadMeta = {}, key: string = newKey()): Promise<Attachment> {
  const form = new FormData()
  form.set('file', file)
  for (const [name, value] of Object.entries(meta)) if (value !== undefined) form.set(name, String(value))
  return post<Attachment>('/api/attachments', form, { idempotencyKey: key })
}

/** Boxes in pixels of the stored picture: x, y, width, height. */
export const blurAttachment = (id: number, boxes: [number, number, number, number][]) =>
  post<Attachment>(`/api/attachments/${id}/blur`, { boxes })

/** Where the photo may show plates and faces, for an officer to check. */
export const readBlurProposals = (id: number) => get<BlurProposals>(`/api/attachments/${id}/proposals`)
