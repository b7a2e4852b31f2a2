import Dexie, { type Table } from 'dexie'
import type { MoveIn, ReportIn } from '@/shared/api/types'

/** How far one item has come; every stage is on disk before the next begins. */
export type Stage = 'saved' | 'uploaded' | 'accepted' | 'dispatched' | 'failed'

/** What lies on disk instead of words: `to` is the passing key's public half; without `iv` (plain HTTP) it lies open. */
export interface Sealed {
  iv: Uint8Array<ArrayBuffer> | null
  data: ArrayBuffer
  to?: ArrayBuffer
}

export interface DraftPhoto {
  /** idempotency key of its upload */
  key: string
  type: string
  meta: { taken_at?: string; lon?: number; lat?: number }
  attachment?: number
  claim?: string | null
}

/** Everything of a draft that says something: sealed, whole. */
export interface Secret {
  label: string
  body: ReportIn | MoveIn[]
  photos: DraftPhoto[]
  error?: string
  number?: string
  tracking?: string
}

export interface Draft {
  /** idempotency key of the whole */
  id: string
  /** whose it is: "person:7", "resident:3", "guest" */
  owner: string
  kind: 'report' | 'moves'
  /** work order of `moves` */
  order?: number
  secret: Sealed
  /** pictures by the key of their upload; gone once they have arrived */
  blobs: { key: string; blob: Sealed }[]
  stage: Stage
  created: number
  tries: number
  next: number
}

/** A draft as a page shows it; `secret` is null while this phone is locked. */
export type Shown = Omit<Draft, 'secret'> & { secret: Secret | null }

/** A guest has a key of this browser's; whoever signs in has a pair whose private half is wrapped (see lock.ts). */
export interface OwnerKey {
  owner: string
  key?: CryptoKey
  salt?: Uint8Array<ArrayBuffer>
  publicKey?: CryptoKey
  wrapped?: { iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer }
}

export interface Cached {
  name: string
  owner: string
  value: Sealed | null
  at: number
}

class PhoneStore extends Dexie {
  drafts!: Table<Draft, string>
  keys!: Table<OwnerKey, string>
  cache!: Table<Cached, string>

  constructor() {
    super('chengyun-phone-2')
    this.version(1).stores({ drafts: 'id, owner, created, [owner+stage]', keys: 'owner', cache: 'name' })
  }
}

export const store = new PhoneStore()

/** The former store kept names and lists in the open. */
export const dropFormer = (): Promise<void> => Dexie.delete('chengyun-phone')
