import { useQuery, useQueryClient } from '@tanstack/react-query'
import { readMe, signOut } from '@/shared/api/identity'
import { isProblem } from '@/shared/api/problem'
import type { Me } from '@/shared/api/types'
import { store } from '../drafts/store'

const ME = ['me']
const LAST = 'me'
const LEAVING = 'leaving'

/** Who is signed in; without a network whoever was last, so that drafts and tasks stay at hand. */
async function load(): Promise<Me | null> {
  try {
    if (await store.cache.get(LEAVING)) {
      await signOut()
      await store.cache.delete(LEAVING)
    }
    const me = await readMe()
    const known = me.kind === 'person' || me.kind === 'resident' ? me : null
    await remember(known)
    return known
  } catch (error) {
    if (isProblem(error) && error.status === 401) {
      await remember(null)
      return null
    }
    if (isProblem(error) && error.status === 0) return last()
    throw error
  }
}

const last = async (): Promise<Me | null> => ((await store.cache.get(LAST))?.value as Me | undefined) ?? null

async function remember(me: Me | null): Promise<void> {
  if (me) await store.cache.put({ name: LAST, owner: ownerOf(me), value: me, at: Date.now() })
  else await store.cache.delete(LAST)
}

/** Signs out here at once; where no network carries it to the server, it is told on the next opening. */
export async function leave(me: Me): Promise<void> {
  await store.cache.bulkDelete([LAST, `tasks ${ownerOf(me)}`])
  try {
    await signOut()
  } catch (error) {
    if (!isProblem(error) || error.status !== 0) throw error
    await store.cache.put({ name: LEAVING, owner: ownerOf(me), value: true, at: Date.now() })
  }
}

export function useSession(): { me: Me | null; ready: boolean; set: (me: Me | null) => void } {
  const client = useQueryClient()
  const { data, isPending } = useQuery({ queryKey: ME, queryFn: load, staleTime: 60_000, networkMode: 'always' })
  const set = (me: Me | null) => {
    if (me) void remember(me).then(() => store.cache.delete(LEAVING))
    client.clear()
    client.setQueryData(ME, me)
  }
  return { me: data ?? null, ready: !isPending, set }
}

/** Whose drafts these are. */
export const ownerOf = (me: Me | null): string => (me ? `${me.kind}:${me.id}` : 'guest')

export const isStaff = (me: Me | null): me is Me => me?.kind === 'person'
