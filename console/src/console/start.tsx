import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startTexts } from '@/shared/i18n'
import { applyTheme } from '@/shared/theme/tokens'
import { watchKeys } from './app/focus'
import { client, router } from './app/router'
import { chosenTheme } from './app/theme'
import './console.css'
import { texts } from './i18n'
import './narrow.css' // after the sheets of everything above

applyTheme(chosenTheme())
document.addEventListener('keydown', watchKeys, true)
void startTexts({ console: texts }).then(() =>
  createRoot(document.getElementById('root') as HTMLElement).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  ),
)
