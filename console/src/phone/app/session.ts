import { useQuery, useQueryClient } from '@tanstack/react-query'
import { readMe, signOut } from '@/shared/api/identity'
import { isProblem } from '@/shared/api/problem'
import type { Me } from '@/shared/api/types'
import { isLocked, keep, kept, lock, unlock, wipe } from '../drafts/lock'
import { store } from '../drafts/store'

const ME = ['me']
const LAST = 'me'
const LEAVING = 'leaving'
const LOCKED_RETRY = 15_000

/** Who is signed in; without a network whoever was last, so that drafts and tasks stay at hand. */
async function load(): Promise<Me | null> {
  try {
    if (await store.cache.get(LEAVING)) {
      await signOut()
      await store.cache.delete(LEAVING)
    }
    const me = await readMe()
    const known = me.kind === 'person' || me.kind === 'resident' ? me : null
    await enter(known)
    return known
  } catch (error) {
    if (isProblem(error) && error.status === 401) {
      if (error.code === 'session.cut') await wipe()
      await enter(null)
      return null
    }
    if (isProblem(error) && error.status === 0) return last()
    throw error
  }
}

/** Whoever was last here: with their name while unlocked, else only whose drafts these are. */
async function last(): Promise<Me | null> {
  const row = await store.cache.get(LAST)
  if (!row) return null
  const known = await kept<Me>(LAST)
  return known?.value ?? nameless(row.owner)
}

function nameless(owner: string): Me {
  const [kind = 'resident', id] = owner.split(':')
  return {
    kind, id: Number(id), name: '', language: 'zh', demo: false, post: null, posts: [], permissions: [], centre: null,
    on_duty: false, shift_since: null,
  }
}

/** Unlocks what this person keeps here and remembers them, sealed; nobody: everything is locked. */
async function enter(me: Me | null): Promise<void> {
  if (!me) {
    lock()
    await store.cache.delete(LAST)
    return
  }
  const owner = ownerOf(me)
  if (!(await unlock(owner))) await unlock(owner) // it was cut off: wiped, and known by another name from here on
  await store.cache.put({ name: LAST, owner, value: null, at: Date.now() })
  await keep(LAST, owner, me)
}

/** Signs out here at once; where no network carries it to the server, it is told on the next opening. */
export async function leave(me: Me): Promise<void> {
  lock()
  await store.cache.bulkDelete([LAST, `tasks ${ownerOf(me)}`])
  try {
    await signOut()
  } catch (error) {
    if (!isProblem(error) || error.status !== 0) throw error
    await store.cache.put({ name: LEAVING, owner: ownerOf(me), value: null, at: Date.now() })
  }
}

interface Session {
  me: Me | null
  ready: boolean
  /** the server is there and fails, so nobody knows who this is */
  error: Error | null
  again: () => void
  set: (me: Me | null) => Promise<void>
}

export function useSession(): Session {
  const client = useQueryClient()
  // A locked phone asks again as soon as there may be a network: that unlocks it, and what waits is sent.
  const { data, isPending, error, refetch } = useQuery({
    queryKey: ME,
    queryFn: load,
    staleTime: 60_000,
    retryOnMount: false, // a page that appears because of the error must not ask at once, and vanish again
    networkMode: 'always',
    refetchOnReconnect: 'always',
    refetchInterval: ({ state }) => (state.data && isLocked(ownerOf(state.data)) ? LOCKED_RETRY : false),
  })
  const set = async (me: Me | null) => {
    if (me) {
      await enter(me) // before anything can be written for them
      await store.cache.delete(LEAVING)
    }
    client.clear()
    client.setQueryData(ME, me)
  }
  return { me: data ?? null, ready: !isPending, error: data === undefined ? error : null, again: () => void refetch(), set }
}

/** Whose drafts these are. */
export const ownerOf = (me: Me | null): string => (me ? `${me.kind}:${me.id}` : 'guest')

export const isStaff = (me: Me | null): me is Me => me?.kind === 'person'

/** A resident has no name here, only a word for what they are. */
export const nameOf = (me: Me, t: (key: string) => string): string => (me.kind === 'resident' ? t('me.resident') : me.name)
