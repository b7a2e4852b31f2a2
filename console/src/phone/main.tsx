import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startTexts } from '@/shared/i18n'
import '@/shared/theme/base.css'
import { applyTheme } from '@/shared/theme/tokens'
import { App } from './app/App'
import { startElder } from './app/elder'
import { en } from './i18n/en'
import { zh } from './i18n/zh'
import './phone.css'

applyTheme('light')
startTexts({ phone: { zh, en } })
startElder()
if ('serviceWorker' in navigator && import.meta.env.PROD) {
  void navigator.serviceWorker.register('/m/sw.js', { scope: '/m/' })
}
const client = new QueryClient({ defaultOptions: { queries: { retry: 1, refetchOnWindowFocus: true } } })
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
)
