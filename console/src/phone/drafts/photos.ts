/** Longest side of a photo that is sent, in pixels. */
const LONGEST = 2560
const QUALITY = 0.86

export interface TakenPhoto {
  blob: Blob
  preview: string
  meta: { taken_at?: string; lon?: number; lat?: number }
}

/** A photo made small enough for a phone network; drawing it anew leaves its hidden data behind. Clips pass as they are. */
export async function prepare(file: File, here: { lon: number; lat: number } | null): Promise<TakenPhoto> {
  const meta = { taken_at: new Date(file.lastModified || Date.now()).toISOString(), ...(here ?? {}) }
  const blob = file.type.startsWith('image/') ? await shrink(file) : file
  return { blob, preview: URL.createObjectURL(blob), meta }
}

async function shrink(file: File): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => null)
  if (!picture) return file // not a picture this browser can read: the server decides, in words
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', QUALITY))
  return made ?? file
}
