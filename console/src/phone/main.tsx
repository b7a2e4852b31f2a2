import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { isProblem, worthAnother } from '@/shared/api/problem'
import { startTexts } from '@/shared/i18n'
import '@/shared/theme/base.css'
import { applyTheme } from '@/shared/theme/tokens'
import { App } from './app/App'
import { startElder } from './app/elder'
import { dropFormer } from './drafts/store'
import { zh } from './i18n/zh'
import './phone.css'

applyTheme('light')
const texts = startTexts({ phone: { zh, en: () => import('./i18n/en').then((english) => english.en) } })
startElder()
void dropFormer()
if ('serviceWorker' in navigator && import.meta.env.PROD) {
  void navigator.serviceWorker.register('/m/sw.js', { scope: '/m/' })
}
// Without a network a request fails at once and says so; React Query would keep it waiting without a word.
const queries = { retry: worthAnother, refetchOnWindowFocus: true, networkMode: 'always', refetchOnReconnect: true } as const
// Whoever is told that the session is over asks again who is signed in: that locks, or wipes, what is kept here.
const queryCache = new QueryCache({
  onError: (error) => void (isProblem(error) && error.status === 401 && client.invalidateQueries({ queryKey: ['me'] })),
})
const client: QueryClient = new QueryClient({ queryCache, defaultOptions: { queries, mutations: { networkMode: 'always' } } })
const show = () =>
  createRoot(document.getElementById('root') as HTMLElement).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  )
void texts.then(show)
