import Dexie from 'dexie'
import { newKey, post } from '@/shared/api/http'
import { isProblem } from '@/shared/api/problem'
import { store, type OwnerKey, type Sealed } from './store'

/**
 * Whoever signs in has a key pair on this phone. Anybody may seal to its public half, also while the phone is locked;
 * the private half lies wrapped under a key made of this phone's salt and the server's half, and is unwrapped into
 * memory only. A phone that is cut off gets no half any more: what it keeps stays as it is, unreadable.
 */
const CURVE = { name: 'ECDH', namedCurve: 'P-256' } as const
const DEVICE = 'device'
const open = new Map<string, CryptoKey>()
const listeners = new Set<() => void>()

/** Without a secure page (plain http) browsers offer no cryptography: then drafts lie open and the page says so. */
export const canSeal = (): boolean => typeof crypto !== 'undefined' && 'subtle' in crypto && crypto.subtle !== undefined

export const isLocked = (owner: string): boolean => canSeal() && owner !== 'guest' && !open.has(owner)

/** Be told when something was locked, unlocked or wiped. */
export function onLock(heard: () => void): () => void {
  listeners.add(heard)
  return () => void listeners.delete(heard)
}
const tell = () => listeners.forEach((heard) => heard())

/** Gets the server's half for whoever is signed in, and opens what they keep here. False: the device was cut off. */
export async function unlock(owner: string, fetchHalf: (device: string) => Promise<string> = askHalf): Promise<boolean> {
  if (!canSeal() || open.has(owner)) return true
  let half: string
  try {
    half = await fetchHalf(await deviceName())
  } catch (error) {
    if (!isProblem(error) || error.status !== 410) throw error
    await wipe()
    return false
  }
  const known = await store.keys.get(owner)
  const pair = known?.wrapped ? await unwrapped(known, half).catch(() => null) : null
  if (known && !pair) await wipeOwner(owner) // another half: nobody can ever read that again
  open.set(owner, pair ?? (await makePair(owner, half)))
  tell()
  return true
}

export function lock(): void {
  open.clear()
  tell()
}

const askHalf = (device: string): Promise<string> =>
  post<{ half: string }>('/api/identity/device', { device }).then((answer) => answer.half)

/** This phone's own name towards the server; it says nothing about anybody. */
async function deviceName(): Promise<string> {
  const known = (await store.keys.get(DEVICE))?.salt
  if (known) return new TextDecoder().decode(known)
  const name = newKey() + newKey()
  await store.keys.put({ owner: DEVICE, salt: new TextEncoder().encode(name) })
  return name
}

/** Everything that anybody who signed in has left here, and this phone's name; a guest's drafts stay. */
export async function wipe(): Promise<void> {
  const owners = (await store.keys.toArray()).map((row) => row.owner).filter((owner) => owner !== 'guest')
  for (const owner of owners) await wipeOwner(owner)
  await store.cache.clear()
  lock()
}

async function wipeOwner(owner: string): Promise<void> {
  await store.drafts.where('owner').equals(owner).delete()
  await store.cache.filter((row) => row.owner === owner).delete()
  await store.keys.delete(owner)
}

async function wrappingKey(owner: string, salt: Uint8Array<ArrayBuffer>, half: string): Promise<CryptoKey> {
  const bytes = Uint8Array.from(atob(half), (letter) => letter.charCodeAt(0))
  const whole = await crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveKey'])
  const info = new TextEncoder().encode(`chengyun ${owner}`)
  return crypto.subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt, info }, whole, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

const privateKey = (bytes: ArrayBuffer) => crypto.subtle.importKey('pkcs8', bytes, CURVE, false, ['deriveBits'])

async function makePair(owner: string, half: string): Promise<CryptoKey> {
  const made = await crypto.subtle.generateKey(CURVE, true, ['deriveBits'])
  const bytes = await crypto.subtle.exportKey('pkcs8', made.privateKey)
  const salt = crypto.getRandomValues(new Uint8Array(32))
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await wrappingKey(owner, salt, half), bytes)
  await store.keys.put({ owner, salt, publicKey: made.publicKey, wrapped: { iv, data } })
  return privateKey(bytes)
}

async function unwrapped({ owner, salt, wrapped }: OwnerKey, half: string): Promise<CryptoKey> {
  if (!salt || !wrapped) throw new Error('no pair')
  const key = await wrappingKey(owner, salt, half)
  return privateKey(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: wrapped.iv }, key, wrapped.data))
}

async function guestKey(): Promise<CryptoKey> {
  return store.transaction('rw', store.keys, async () => {
    const known = (await store.keys.get('guest'))?.key
    if (known) return known
    const made = await Dexie.waitFor(crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']))
    await store.keys.put({ owner: 'guest', key: made })
    return made
  })
}

/** One key per sealing, agreed between a passing pair and the owner's. */
async function agreed(mine: CryptoKey, theirs: CryptoKey): Promise<CryptoKey> {
  const bits = await crypto.subtle.deriveBits({ name: 'ECDH', public: theirs }, mine, 256)
  const whole = await crypto.subtle.importKey('raw', bits, 'HKDF', false, ['deriveKey'])
  const salt = new Uint8Array(0)
  const info = new TextEncoder().encode('chengyun seal')
  return crypto.subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt, info }, whole, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

/** Seals for an owner; possible while the phone is locked. */
export async function seal(owner: string, data: ArrayBuffer): Promise<Sealed> {
  if (!canSeal()) return { iv: null, data }
  const iv = crypto.getRandomValues(new Uint8Array(12))
  if (owner === 'guest') return { iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await guestKey(), data) }
  const theirs = (await store.keys.get(owner))?.publicKey
  if (!theirs) throw new Error(`nobody has unlocked ${owner} here`)
  const passing = await crypto.subtle.generateKey(CURVE, true, ['deriveBits'])
  const to = await crypto.subtle.exportKey('raw', passing.publicKey)
  return { iv, to, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await agreed(passing.privateKey, theirs), data) }
}

/** Opens what was sealed for an owner. Rejects while the phone is locked for them. */
export async function unseal(owner: string, { iv, data, to }: Sealed): Promise<ArrayBuffer> {
  if (!iv) return data
  if (owner === 'guest') return crypto.subtle.decrypt({ name: 'AES-GCM', iv }, await guestKey(), data)
  const mine = open.get(owner)
  if (!mine || !to) throw new Error('locked')
  const theirs = await crypto.subtle.importKey('raw', to, CURVE, false, [])
  return crypto.subtle.decrypt({ name: 'AES-GCM', iv }, await agreed(mine, theirs), data)
}

export const sealJson = (owner: string, value: unknown): Promise<Sealed> =>
  seal(owner, new TextEncoder().encode(JSON.stringify(value)).buffer as ArrayBuffer)

export async function unsealJson<T>(owner: string, sealed: Sealed): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await unseal(owner, sealed))) as T
}

/** Keeps a list for the time without a network: sealed, or not at all. */
export async function keep(name: string, owner: string, value: unknown): Promise<void> {
  if (!canSeal() || isLocked(owner)) return
  await store.cache.put({ name, owner, value: await sealJson(owner, value), at: Date.now() })
}

/** What `keep` kept; undefined where there is nothing or the phone is locked. */
export async function kept<T>(name: string): Promise<{ value: T; at: number } | undefined> {
  const row = await store.cache.get(name)
  if (!row?.value || isLocked(row.owner)) return undefined
  return { value: await unsealJson<T>(row.owner, row.value), at: row.at }
}
