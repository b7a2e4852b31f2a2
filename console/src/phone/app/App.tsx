import { useTranslation } from 'react-i18next'
import { canSeal } from '../drafts/lock'
import { CallHotline } from '../parts/ElderHelp'
import { ErrorNote } from '../parts/ErrorNote'
import { LoginPage } from '../pages/LoginPage'
import { MePage } from '../pages/MePage'
import { ProgressPage } from '../pages/ProgressPage'
import { ReportPage } from '../pages/ReportPage'
import { TaskPage } from '../pages/TaskPage'
import { TasksPage } from '../pages/TasksPage'
import { TrackPage } from '../pages/TrackPage'
import { setElder } from './elder'
import { go, useRoute, type Route } from './route'
import { isStaff, ownerOf, useSession } from './session'
import { useDrafts, useFlushing, useLocked, useOnline } from './useDrafts'
import { useElder } from './useElder'

const DEEP = new Set(['track', 'task', 'login'])

/** One thing per screen: a title with the state of the network, the page, the tabs. */
export function App() {
  const { t } = useTranslation('phone')
  const route = useRoute()
  const { me, ready, error, again } = useSession()
  const owner = ownerOf(me)
  const drafts = useDrafts(owner)
  const online = useOnline()
  const elder = useElder()
  useFlushing(owner)
  const locked = useLocked(owner)
  const waiting = drafts.filter((draft) => draft.stage === 'saved' || draft.stage === 'uploaded').length
  const words = [online ? '' : t('net.offline'), waiting ? t('net.waiting', { count: waiting }) : ''].filter(Boolean)
  const tabs = isStaff(me) ? (['tasks', 'report', 'progress', 'me'] as const) : (['report', 'progress', 'me'] as const)
  return (
    <div className="phone">
      <header className="phone-head">
        {DEEP.has(route.page) && (
          <button className="phone-back" onClick={() => history.back()} aria-label={t('back')}>
            ‹
          </button>
        )}
        <h1>{t(`title.${route.page}`)}</h1>
        <p role="status" className="phone-net">{words.join(' · ')}</p>
        {!isStaff(me) && <button className="phone-elder" data-testid="elder" aria-pressed={elder.on} onClick={() => setElder(!elder.on)}>{t(elder.on ? 'elder.off' : 'elder.on')}</button>}
      </header>
      <main className="phone-main">
        {locked && !online && <p className="note" data-testid="locked">{t('net.locked')}</p>}
        {!canSeal() && <p className="note">{t('net.open')}</p>}
        {error ? <ErrorNote error={error} retry={again} /> : ready ? <Page route={route} /> : <p className="calm">{t('loading')}</p>}
        {!isStaff(me) && <CallHotline />}
      </main>
      <nav className="phone-tabs" aria-label={t('title.me')}>
        {tabs.map((tab) => (
          <button key={tab} className={route.page === tab ? 'on' : ''} aria-current={route.page === tab ? 'page' : undefined} onClick={() => go(tab === 'report' ? '' : tab)}>
            {t(`tab.${tab}`)}
          </button>
        ))}
      </nav>
    </div>
  )
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case 'report':
      return <ReportPage />
    case 'progress':
      return <ProgressPage />
    case 'tasks':
      return <TasksPage />
    case 'task':
      return <TaskPage order={route.order} />
    case 'track':
      return <TrackPage token={route.token} />
    case 'login':
      return <LoginPage />
    case 'me':
      return <MePage />
  }
}
