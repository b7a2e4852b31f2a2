import { QueryCache, QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { isProblem } from '@/shared/api/problem'
import { parseFilters, type Filters } from '../queue/filters'
import { parseBoard } from '../supervision/filters'
import { Shell } from '../shell/Shell'
import { CrashPage } from './CrashPage'
import { MissingPage } from './MissingPage'
import { Root } from './Root'
import { ensureMe, ME } from './session'

export const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error) => void (isProblem(error) && error.status === 401 && askAgain()) }),
  defaultOptions: { queries: { staleTime: 10_000, retry: 1, refetchOnWindowFocus: false } },
})

const root = createRootRouteWithContext<{ client: QueryClient }>()({ component: Root, notFoundComponent: MissingPage })

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (raw: Record<string, unknown>): { to?: string } => (typeof raw.to === 'string' ? { to: raw.to } : {}),
  component: lazyRouteComponent(() => import('../login/LoginPage'), 'LoginPage'),
})

async function signedIn({ context, location }: { context: { client: QueryClient }; location: { href: string } }) {
  if (await ensureMe(context.client)) return
  const to = location.href === '/' ? undefined : location.href
  throw redirect({ to: '/login', search: to ? { to } : {} })
}

const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell, beforeLoad: signedIn })
const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: async ({ context }) => {
    const me = await ensureMe(context.client)
    if (me?.post?.role === 'wall') throw redirect({ to: '/wall' })
    if (me?.post?.role === 'hotline') throw redirect({ to: '/hotline' })
    if (me && !me.permissions.includes('incident.read')) throw redirect({ to: '/settings' })
    throw redirect({ to: '/incidents', search: {} as Filters })
  },
})
const queue = createRoute({
  getParentRoute: () => shell,
  path: '/incidents',
  validateSearch: parseFilters,
  component: lazyRouteComponent(() => import('../queue/QueuePage'), 'QueuePage'),
})
const incident = createRoute({
  getParentRoute: () => shell,
  path: '/incidents/$id',
  params: { parse: ({ id }) => ({ id: Number(id) }), stringify: ({ id }) => ({ id: String(id) }) },
  component: lazyRouteComponent(() => import('../incident/IncidentPage'), 'IncidentPage'),
})
const supervision = createRoute({
  getParentRoute: () => shell,
  path: '/supervision',
  validateSearch: parseBoard,
  component: lazyRouteComponent(() => import('../supervision/SupervisionPage'), 'SupervisionPage'),
})
const arbitration = createRoute({
  getParentRoute: () => shell,
  path: '/supervision/arbitration',
  validateSearch: (raw: Record<string, unknown>): { at?: number } => (Number(raw.at) > 0 ? { at: Number(raw.at) } : {}),
  component: lazyRouteComponent(() => import('../supervision/ArbitrationPage'), 'ArbitrationPage'),
})
const callbacks = createRoute({
  getParentRoute: () => shell,
  path: '/hotline/callbacks',
  component: lazyRouteComponent(() => import('../hotline/CallbacksPage'), 'CallbacksPage'),
})
const hotline = createRoute({
  getParentRoute: () => shell,
  path: '/hotline',
  component: lazyRouteComponent(() => import('../hotline/HotlinePage'), 'HotlinePage'),
})
const handover = createRoute({
  getParentRoute: () => shell,
  path: '/handover',
  component: lazyRouteComponent(() => import('../handover/HandoverPage'), 'HandoverPage'),
})
const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  component: lazyRouteComponent(() => import('../settings/SettingsPage'), 'SettingsPage'),
})
const wall = createRoute({
  getParentRoute: () => root,
  path: '/wall',
  beforeLoad: signedIn,
  component: lazyRouteComponent(() => import('../wall/WallPage'), 'WallPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([login, wall, shell.addChildren([home, queue, incident, supervision, arbitration, hotline, callbacks, handover, settings])]),
  context: { client },
  defaultPreload: 'intent',
  defaultErrorComponent: CrashPage,
  scrollRestoration: false,
})

/** The session ended under our feet: sign in again and come back here. */
function askAgain(): void {
  const { pathname, href } = router.state.location
  if (pathname === '/login') return
  void router.navigate({ to: '/login', search: { to: href } }).then(() => client.setQueryData(ME, null))
}

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
