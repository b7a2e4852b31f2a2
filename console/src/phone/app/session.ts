import { useQuery, useQueryClient } from '@tanstack/react-query'
import { readMe } from '@/shared/api/identity'
import { isProblem } from '@/shared/api/problem'
import type { Me } from '@/shared/api/types'

const ME = ['me']
const LAST = 'chengyun.phone.me'

/** Who is signed in; without a network whoever was last, so that drafts and tasks stay at hand. */
async function load(): Promise<Me | null> {
  try {
    const me = await readMe()
    const known = me.kind === 'person' || me.kind === 'resident' ? me : null
    remember(known)
    return known
  } catch (error) {
    if (isProblem(error) && error.status === 401) {
      remember(null)
      return null
    }
    if (isProblem(error) && error.status === 0) return last()
    throw error
  }
}

function last(): Me | null {
  const text = localStorage.getItem(LAST)
  return text ? (JSON.parse(text) as Me) : null
}

function remember(me: Me | null): void {
  if (me) localStorage.setItem(LAST, JSON.stringify(me))
  else localStorage.removeItem(LAST)
}

export function useSession(): { me: Me | null; ready: boolean; set: (me: Me | null) => void } {
  const client = useQueryClient()
  const { data, isPending } = useQuery({ queryKey: ME, queryFn: load, staleTime: 60_000, networkMode: 'always' })
  const set = (me: Me | null) => {
    remember(me)
    client.clear()
    client.setQueryData(ME, me)
  }
  return { me: data ?? null, ready: !isPending, set }
}

/** Whose drafts these are. */
export const ownerOf = (me: Me | null): string => (me ? `${me.kind}:${me.id}` : 'guest')

export const isStaff = (me: Me | null): me is Me => me?.kind === 'person'
