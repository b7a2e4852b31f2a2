import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { readMe, speak } from '@/shared/api/identity'
import { isProblem } from '@/shared/api/problem'
import type { Me } from '@/shared/api/types'
import { chooseLanguage, type Language } from '@/shared/i18n'

export const ME = ['me'] as const

/** Who is signed in; null when nobody is. */
export async function loadMe(): Promise<Me | null> {
  try {
    const me = await readMe()
    return me.kind === 'person' ? me : null
  } catch (error) {
    if (isProblem(error) && error.status === 401) return null
    throw error
  }
}

export const ensureMe = (client: QueryClient): Promise<Me | null> =>
  client.ensureQueryData({ queryKey: ME, queryFn: loadMe, staleTime: 60_000 })

/** Inside the shell somebody is always signed in. */
export function useMe(): Me {
  const { data } = useQuery({ queryKey: ME, queryFn: loadMe, staleTime: 60_000 })
  if (!data) throw new Error('no session')
  return data
}

export const useMay = (): ((permission: string) => boolean) => {
  const me = useMe()
  return (permission) => me.permissions.includes(permission) || me.permissions.includes('*')
}

/** After a change of person or post nothing that was read before counts. */
export function useSetMe(): (me: Me | null) => void {
  const client = useQueryClient()
  return (me) => {
    client.setQueryData(ME, me)
    void client.resetQueries({ predicate: (query) => query.queryKey[0] !== ME[0] })
  }
}

/** Changes the language of the screen and of everything the server says. */
export function useSpeak(): (language: Language) => void {
  const setMe = useSetMe()
  const { message } = App.useApp()
  const save = useMutation({ mutationFn: speak, onSuccess: setMe, onError: (error) => void message.error(error.message) })
  return (language) => {
    chooseLanguage(language)
    save.mutate(language)
  }
}
