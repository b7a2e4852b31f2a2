import Dexie, { type Table } from 'dexie'

/** How far one item has come; every stage is on disk before the next begins. */
export type Stage = 'saved' | 'uploaded' | 'accepted' | 'dispatched' | 'failed'

export interface Sealed {
  iv: Uint8Array<ArrayBuffer> | null
  data: ArrayBuffer
}

export interface DraftPhoto {
  /** idempotency key of its upload */
  key: string
  type: string
  blob: Sealed | null
  meta: { taken_at?: string; lon?: number; lat?: number }
  attachment?: number
  claim?: string | null
}

export interface Draft {
  /** idempotency key of the whole */
  id: string
  /** whose it is: "person:7", "resident:3", "guest" */
  owner: string
  kind: 'report' | 'moves'
  /** work order of `moves` */
  order?: number
  label: string
  body: Sealed
  photos: DraftPhoto[]
  stage: Stage
  created: number
  tries: number
  next: number
  error?: string
  number?: string
  tracking?: string
}

interface OwnerKey {
  owner: string
  key: CryptoKey
}

export interface Cached {
  name: string
  owner: string
  value: unknown
  at: number
}

class PhoneStore extends Dexie {
  drafts!: Table<Draft, string>
  keys!: Table<OwnerKey, string>
  cache!: Table<Cached, string>

  constructor() {
    super('chengyun-phone')
    this.version(1).stores({ drafts: 'id, owner, created, [owner+stage]', keys: 'owner', cache: 'name' })
  }
}

export const store = new PhoneStore()

/** Without a secure page (plain http) browsers offer no cryptography: then drafts lie open and the page says so. */
export const canSeal = (): boolean => typeof crypto !== 'undefined' && 'subtle' in crypto && crypto.subtle !== undefined

async function keyOf(owner: string): Promise<CryptoKey> {
  return store.transaction('rw', store.keys, async () => {
    const known = await store.keys.get(owner)
    if (known) return known.key
    const made = await Dexie.waitFor(
      crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
    )
    await store.keys.add({ owner, key: made })
    return made
  })
}

export async function seal(owner: string, data: ArrayBuffer): Promise<Sealed> {
  if (!canSeal()) return { iv: null, data }
  const iv = crypto.getRandomValues(new Uint8Array(12))
  return { iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await keyOf(owner), data) }
}

export async function unseal(owner: string, sealed: Sealed): Promise<ArrayBuffer> {
  if (!sealed.iv) return sealed.data
  return crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.iv }, await keyOf(owner), sealed.data)
}

export const sealJson = (owner: string, value: unknown): Promise<Sealed> =>
  seal(owner, new TextEncoder().encode(JSON.stringify(value)).buffer as ArrayBuffer)

export async function unsealJson<T>(owner: string, sealed: Sealed): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await unseal(owner, sealed))) as T
}
