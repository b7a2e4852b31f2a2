import { upload } from '@/shared/api/attachments'
import { newKey, post } from '@/shared/api/http'
import { readTracking } from '@/shared/api/incidents'
import { isProblem, Problem } from '@/shared/api/problem'
import type { MoveIn, Receipt, ReportIn, WorkOrder } from '@/shared/api/types'
import { seal, sealJson, store, unseal, unsealJson, type Draft, type DraftPhoto } from './store'
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

/** Puts an item on disk, whole, before anything is sent; from here on it is not lost. */
export async function save(item: NewItem): Promise<string> {
  const id = newKey()
  const photos: DraftPhoto[] = await Promise.all(
    item.photos.map(async (photo) => ({
      key: newKey(),
      type: photo.blob.type,
      blob: await seal(item.owner, await photo.blob.arrayBuffer()),
      meta: photo.meta,
    })),
  )
  const body = await sealJson(item.owner, item.body)
  const { owner, kind, order, label } = item
  const fresh: Draft = { id, owner, kind, order, label, body, photos, stage: 'saved', created: Date.now(), tries: 0, next: 0 }
  await store.drafts.add(fresh)
  void navigator.storage?.persist?.()
  return id
}

/** Sends everything of one owner that waits, one after another; safe to call at any time from any tab. */
export async function flush(owner: string, to: Sender = server, force = false): Promise<void> {
  const run = () => flushNow(owner, to, force)
  if (navigator.locks) await navigator.locks.request('chengyun-flush', run)
  else await run()
}

async function flushNow(owner: string, to: Sender, force: boolean): Promise<void> {
  const waiting = await store.drafts.where('owner').equals(owner).sortBy('created')
  for (const draft of waiting) {
    if (draft.stage !== 'saved' && draft.stage !== 'uploaded') continue
    if (!force && draft.next > Date.now()) continue
    if (!(await sendOne(draft, to))) return
  }
}

/** True when the next item may be tried: sent, or refused for good. */
async function sendOne(draft: Draft, to: Sender): Promise<boolean> {
  try {
    await sendPhotos(draft, to)
    await store.drafts.update(draft.id, { stage: 'uploaded' })
    await sendBody(draft, to)
    return true
  } catch (error) {
    if (!isProblem(error)) throw error
    return refuse(draft, error)
  }
}

async function refuse(draft: Draft, problem: Problem): Promise<boolean> {
  const passing = problem.status === 0 || problem.status === 401 || problem.status === 429 || problem.status >= 500
  const wait = WAITS[Math.min(draft.tries, WAITS.length - 1)] ?? 120
  const words = [problem.detail, ...problem.fields.map((field) => field.message)].filter(Boolean).join(' ')
  await store.drafts.update(draft.id, {
    stage: passing ? draft.stage : 'failed',
    tries: draft.tries + 1,
    next: Date.now() + wait * 1000,
    error: passing && problem.status === 0 ? undefined : words,
  })
  return !passing
}

async function sendPhotos(draft: Draft, to: Sender): Promise<void> {
  for (const photo of draft.photos) {
    if (photo.attachment !== undefined || !photo.blob) continue
    const blob = new Blob([await unseal(draft.owner, photo.blob)], { type: photo.type })
    const stored = await to.upload(blob, photo.meta, photo.key)
    photo.attachment = stored.id
    photo.claim = stored.claim
    await store.drafts.update(draft.id, { photos: draft.photos })
  }
}

async function sendBody(draft: Draft, to: Sender): Promise<void> {
  const attachments = draft.photos.flatMap((photo) => (photo.attachment === undefined ? [] : [photo.attachment]))
  const emptied = draft.photos.map((photo) => ({ ...photo, blob: null }))
  if (draft.kind === 'moves') {
    const [first, ...rest] = await unsealJson<MoveIn[]>(draft.owner, draft.body)
    if (first && draft.order) await to.moves(draft.order, [{ ...first, attachments }, ...rest], draft.id)
    await store.drafts.update(draft.id, { stage: 'dispatched', photos: emptied, error: undefined })
    return
  }
  const body = await unsealJson<ReportIn>(draft.owner, draft.body)
  const claims = draft.photos.flatMap((photo) => (photo.claim ? [photo.claim] : []))
  const receipt = await to.report({ ...body, attachments, ...(claims.length ? { claims } : {}) }, draft.id)
  await store.drafts.update(draft.id, {
    stage: stageOf(receipt.state),
    number: receipt.number,
    tracking: receipt.tracking,
    photos: emptied,
    error: undefined,
  })
}

const BEFORE_DISPATCH = new Set(['reported', 'accepted', 'verified', 'filed', 'transferring'])

/** A receipt counts as dispatched once a unit has it; until then it is with the centre. */
export const stageOf = (state: string): 'accepted' | 'dispatched' =>
  BEFORE_DISPATCH.has(state) ? 'accepted' : 'dispatched'

/** Asks how far the accepted ones have come. */
export async function follow(owner: string, to: Sender = server): Promise<void> {
  const accepted = await store.drafts.where({ owner, stage: 'accepted' }).toArray()
  for (const draft of accepted) {
    if (!draft.tracking) continue
    const seen = await to.tracking(draft.tracking).catch(() => null) // out of reach now: asked again later
    if (seen && stageOf(seen.state) === 'dispatched') await store.drafts.update(draft.id, { stage: 'dispatched' })
  }
}

export const retry = (id: string) => store.drafts.update(id, { stage: 'saved', next: 0, error: undefined })
export const discard = (id: string) => store.drafts.delete(id)
