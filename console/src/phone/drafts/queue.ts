import { upload } from '@/shared/api/attachments'
import { newKey, post } from '@/shared/api/http'
import { readTracking } from '@/shared/api/incidents'
import { isProblem, Problem } from '@/shared/api/problem'
import type { MoveIn, Receipt, ReportIn, WorkOrder } from '@/shared/api/types'
import { isLocked, seal, sealJson, unseal, unsealJson } from './lock'
import { store, type Draft, type DraftPhoto, type Secret, type Shown } from './store'
import type { TakenPhoto } from './photos'

const WAITS = [2, 5, 15, 30, 60, 120] // seconds between tries

/** What a flush needs from outside; tests bring their own. */
export interface Sender {
  upload: (photo: Blob, meta: DraftPhoto['meta'], key: string) => Promise<{ id: number; claim?: string | null }>
  report: (body: ReportIn, key: string) => Promise<Receipt>
  moves: (order: number, moves: MoveIn[], key: string) => Promise<WorkOrder>
  tracking: typeof readTracking
}

export const server: Sender = {
  upload,
  report: (body, key) => post<Receipt>('/api/incidents/reports', body, { idempotencyKey: key }),
  moves: (order, moves, key) =>
    post<WorkOrder>(`/api/incidents/orders/${order}/moves`, { moves }, { idempotencyKey: key }),
  tracking: readTracking,
}

interface NewItem {
  owner: string
  kind: Draft['kind']
  order?: number
  label: string
  body: ReportIn | MoveIn[]
  photos: TakenPhoto[]
}

/** Puts an item on disk, whole and sealed, before anything is sent; from here on it is not lost. */
export async function save(item: NewItem): Promise<string> {
  const id = newKey()
  const { owner, kind, order, label, body } = item
  const named = item.photos.map((photo) => ({ ...photo, key: newKey() }))
  const blobs = await Promise.all(
    named.map(async ({ key, blob }) => ({ key, blob: await seal(owner, await blob.arrayBuffer()) })),
  )
  const photos: DraftPhoto[] = named.map(({ key, blob, meta }) => ({ key, type: blob.type, meta }))
  const secret = await sealJson(owner, { label, body, photos } satisfies Secret)
  const fresh: Draft = { id, owner, kind, order, secret, blobs, stage: 'saved', created: Date.now(), tries: 0, next: 0 }
  await store.drafts.add(fresh)
  void navigator.storage?.persist?.()
  return id
}

/** A draft with its words, or without them while this phone is locked. */
export async function shown(draft: Draft): Promise<Shown> {
  const secret = isLocked(draft.owner) ? null : await unsealJson<Secret>(draft.owner, draft.secret)
  return { ...draft, secret }
}

/** Changes what a draft says and where it stands in one write. */
async function put(draft: Draft, secret: Secret, change: Partial<Draft>): Promise<void> {
  draft.secret = await sealJson(draft.owner, secret)
  await store.drafts.update(draft.id, { ...change, secret: draft.secret })
}

/** Sends everything of one owner that waits, one after another; safe to call at any time from any tab. */
export async function flush(owner: string, to: Sender = server, force = false): Promise<void> {
  const run = () => flushNow(owner, to, force)
  if (navigator.locks) await navigator.locks.request('chengyun-flush', run)
  else await run()
}

async function flushNow(owner: string, to: Sender, force: boolean): Promise<void> {
  if (isLocked(owner)) return
  const waiting = await store.drafts.where('owner').equals(owner).sortBy('created')
  for (const draft of waiting) {
    if (draft.stage !== 'saved' && draft.stage !== 'uploaded') continue
    if (!force && draft.next > Date.now()) continue
    if (!(await sendOne(draft, to))) return
  }
}

/** True when the next item may be tried: sent, or refused for good. */
async function sendOne(draft: Draft, to: Sender): Promise<boolean> {
  const secret = await unsealJson<Secret>(draft.owner, draft.secret)
  try {
    await sendPhotos(draft, secret, to)
    await store.drafts.update(draft.id, { stage: 'uploaded' })
    await sendBody(draft, secret, to)
    return true
  } catch (error) {
    if (!isProblem(error)) throw error
    return refuse(draft, secret, error)
  }
}

async function refuse(draft: Draft, secret: Secret, problem: Problem): Promise<boolean> {
  const passing = problem.status === 0 || problem.status === 401 || problem.status === 429 || problem.status >= 500
  const wait = WAITS[Math.min(draft.tries, WAITS.length - 1)] ?? 120
  const words = [problem.detail, ...problem.fields.map((field) => field.message)].filter(Boolean).join(' ')
  const error = passing && problem.status === 0 ? undefined : words
  const stage = passing ? draft.stage : 'failed'
  await put(draft, { ...secret, error }, { stage, tries: draft.tries + 1, next: Date.now() + wait * 1000 })
  return !passing
}

async function sendPhotos(draft: Draft, secret: Secret, to: Sender): Promise<void> {
  for (const photo of secret.photos) {
    const held = draft.blobs.find((item) => item.key === photo.key)
    if (photo.attachment !== undefined || !held) continue
    const blob = new Blob([await unseal(draft.owner, held.blob)], { type: photo.type })
    const stored = await to.upload(blob, photo.meta, photo.key)
    photo.attachment = stored.id
    photo.claim = stored.claim
    await put(draft, secret, {})
  }
}

async function sendBody(draft: Draft, secret: Secret, to: Sender): Promise<void> {
  const attachments = secret.photos.flatMap((photo) => (photo.attachment === undefined ? [] : [photo.attachment]))
  if (draft.kind === 'moves') {
    const [first, ...rest] = secret.body as MoveIn[]
    if (first && draft.order) await to.moves(draft.order, [{ ...first, attachments }, ...rest], draft.id)
    await put(draft, { ...secret, error: undefined }, { stage: 'dispatched', blobs: [] })
    return
  }
  const body = secret.body as ReportIn
  const claims = secret.photos.flatMap((photo) => (photo.claim ? [photo.claim] : []))
  const receipt = await to.report({ ...body, attachments, ...(claims.length ? { claims } : {}) }, draft.id)
  const { number, tracking } = receipt
  await put(draft, { ...secret, number, tracking, error: undefined }, { stage: stageOf(receipt.state), blobs: [] })
}

const BEFORE_DISPATCH = new Set(['reported', 'accepted', 'verified', 'filed', 'transferring'])

/** A receipt counts as dispatched once a unit has it; until then it is with the centre. */
export const stageOf = (state: string): 'accepted' | 'dispatched' =>
  BEFORE_DISPATCH.has(state) ? 'accepted' : 'dispatched'

/** Asks how far the accepted ones have come. */
export async function follow(owner: string, to: Sender = server): Promise<void> {
  if (isLocked(owner)) return
  const accepted = await store.drafts.where({ owner, stage: 'accepted' }).toArray()
  for (const draft of accepted) {
    const { tracking } = await unsealJson<Secret>(owner, draft.secret)
    if (!tracking) continue
    const seen = await to.tracking(tracking).catch(() => null) // out of reach now: asked again later
    if (seen && stageOf(seen.state) === 'dispatched') await store.drafts.update(draft.id, { stage: 'dispatched' })
  }
}

export const retry = (id: string) => store.drafts.update(id, { stage: 'saved', next: 0 })
export const discard = (id: string) => store.drafts.delete(id)
