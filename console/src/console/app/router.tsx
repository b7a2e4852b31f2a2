import { QueryCache, QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { isProblem, worthAnother } from '@/shared/api/problem'
import { parseAudit, parsePeople, parseUnits } from '../admin/search'
import { parseSheet, parseYear } from '../admin/rules/search'
import { parseSearch as parseCheckup } from '../checkup/search'
import { parseSearch } from '../evaluation/search'
import { parseLog } from '../exchange/log'
import { parseFilters, type Filters } from '../queue/filters'
import { parseAlarms } from '../alarms/filters'
import { parseBoard } from '../supervision/filters'
import { parseRisk } from '../risk/search'
import { parseThings } from '../things/search'
import { parseSign, parseVitals } from '../vitals/search'
import { Shell } from '../shell/Shell'
import { CrashPage } from './CrashPage'
import { homeOf } from './home'
import { MissingPage } from './MissingPage'
import { Root } from './Root'
import { strictly } from './search'
import { ensureMe, ME } from './session'

export const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error) => void (isProblem(error) && error.status === 401 && askAgain()) }),
  defaultOptions: { queries: { staleTime: 10_000, retry: worthAnother, refetchOnWindowFocus: false } },
})

const root = createRootRouteWithContext<{ client: QueryClient }>()({ component: Root, notFoundComponent: MissingPage })

/** `to`: where to go afterwards; `second`, `problem`: how a sign-in by a provider came back. */
type LoginSearch = { to?: string; second?: string; problem?: string }
const parseLogin = (raw: Record<string, unknown>): LoginSearch =>
  Object.fromEntries(['to', 'second', 'problem'].filter((name) => typeof raw[name] === 'string').map((name) => [name, raw[name]]))

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: strictly(parseLogin),
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
    const to = homeOf(await ensureMe(context.client))
    throw redirect(to === '/incidents' ? { to, search: {} as Filters } : { to })
  },
})
const queue = createRoute({
  getParentRoute: () => shell,
  path: '/incidents',
  validateSearch: strictly(parseFilters),
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
  validateSearch: strictly(parseBoard),
  component: lazyRouteComponent(() => import('../supervision/SupervisionPage'), 'SupervisionPage'),
})
const alarms = createRoute({
  getParentRoute: () => shell,
  path: '/alarms',
  validateSearch: strictly(parseAlarms),
  component: lazyRouteComponent(() => import('../alarms/AlarmsPage'), 'AlarmsPage'),
})
const arbitration = createRoute({
  getParentRoute: () => shell,
  path: '/supervision/arbitration',
  validateSearch: strictly((raw): { at?: number } => (Number(raw.at) > 0 ? { at: Number(raw.at) } : {})),
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
const evaluation = createRoute({
  getParentRoute: () => shell,
  path: '/evaluation',
  validateSearch: strictly(parseSearch),
  component: lazyRouteComponent(() => import('../evaluation/EvaluationPage'), 'EvaluationPage'),
})
const things = createRoute({
  getParentRoute: () => shell,
  path: '/things',
  validateSearch: strictly(parseThings),
  component: lazyRouteComponent(() => import('../things/ThingsPage'), 'ThingsPage'),
})
const vitals = createRoute({
  getParentRoute: () => shell,
  path: '/vitals',
  validateSearch: strictly(parseVitals),
  component: lazyRouteComponent(() => import('../vitals/VitalsPage'), 'VitalsPage'),
})
const risk = createRoute({
  getParentRoute: () => shell,
  path: '/risk',
  validateSearch: strictly(parseRisk),
  component: lazyRouteComponent(() => import('../risk/RiskPage'), 'RiskPage'),
})
const sign = createRoute({
  getParentRoute: () => shell,
  path: '/vitals/$code',
  validateSearch: strictly(parseSign),
  component: lazyRouteComponent(() => import('../vitals/SignPage'), 'SignPage'),
})
const checkup = createRoute({
  getParentRoute: () => shell,
  path: '/checkup',
  validateSearch: strictly(parseCheckup),
  component: lazyRouteComponent(() => import('../checkup/CheckupPage'), 'CheckupPage'),
})
const exchange = createRoute({
  getParentRoute: () => shell,
  path: '/exchange',
  validateSearch: strictly(parseLog),
  component: lazyRouteComponent(() => import('../exchange/ExchangePage'), 'ExchangePage'),
})
const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  component: lazyRouteComponent(() => import('../settings/SettingsPage'), 'SettingsPage'),
})
// Administration: one shell with its side navigation (admin/pages.ts); every page below it is a child of `admin`.
const admin = createRoute({
  getParentRoute: () => shell,
  path: '/admin',
  component: lazyRouteComponent(() => import('../admin/AdminShell'), 'AdminShell'),
})
const adminPeople = createRoute({
  getParentRoute: () => admin,
  path: '/people',
  validateSearch: strictly(parsePeople),
  component: lazyRouteComponent(() => import('../admin/PeoplePage'), 'PeoplePage'),
})
const adminUnits = createRoute({
  getParentRoute: () => admin,
  path: '/units',
  validateSearch: strictly(parseUnits),
  component: lazyRouteComponent(() => import('../admin/UnitsPage'), 'UnitsPage'),
})
const adminSessions = createRoute({
  getParentRoute: () => admin,
  path: '/sessions',
  component: lazyRouteComponent(() => import('../admin/SeatsPage'), 'SeatsPage'),
})
const adminChanges = createRoute({
  getParentRoute: () => admin,
  path: '/changes',
  component: lazyRouteComponent(() => import('../admin/ChangesPage'), 'ChangesPage'),
})
const adminAudit = createRoute({
  getParentRoute: () => admin,
  path: '/audit',
  validateSearch: strictly(parseAudit),
  component: lazyRouteComponent(() => import('../admin/AuditPage'), 'AuditPage'),
})
const adminTokens = createRoute({
  getParentRoute: () => admin,
  path: '/tokens',
  component: lazyRouteComponent(() => import('../admin/TokensPage'), 'TokensPage'),
})
const rulesLayout = createRoute({
  getParentRoute: () => admin,
  id: 'ruleset',
  component: lazyRouteComponent(() => import('../admin/rules/RulesLayout'), 'RulesLayout'),
})
const rulesList = createRoute({
  getParentRoute: () => rulesLayout,
  path: '/rules',
  component: lazyRouteComponent(() => import('../admin/rules/RulesPage'), 'RulesPage'),
})
const rulesTrial = createRoute({
  getParentRoute: () => rulesLayout,
  path: '/rules/try-out',
  component: lazyRouteComponent(() => import('../admin/rules/TryOutPage'), 'TryOutPage'),
})
const rulesCalendar = createRoute({
  getParentRoute: () => rulesLayout,
  path: '/rules/calendar',
  validateSearch: strictly(parseYear),
  component: lazyRouteComponent(() => import('../admin/rules/CalendarPage'), 'CalendarPage'),
})
const rulesSheet = createRoute({
  getParentRoute: () => rulesLayout,
  path: '/rules/$scenario',
  validateSearch: strictly(parseSheet),
  component: lazyRouteComponent(() => import('../admin/rules/SheetPage'), 'SheetPage'),
})
const wall = createRoute({
  getParentRoute: () => root,
  path: '/wall',
  beforeLoad: signedIn,
  component: lazyRouteComponent(() => import('../wall/WallPage'), 'WallPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    login,
    wall,
    shell.addChildren([
      home,
      queue,
      incident,
      supervision,
      alarms,
      arbitration,
      hotline,
      callbacks,
      handover,
      evaluation,
      things,
      risk,
      vitals,
      sign,
      checkup,
      exchange,
      settings,
      admin.addChildren([
        adminPeople,
        adminUnits,
        adminTokens,
        adminSessions,
        rulesLayout.addChildren([rulesList, rulesTrial, rulesCalendar, rulesSheet]),
        adminChanges,
        adminAudit,
      ]),
    ]),
  ]),
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
