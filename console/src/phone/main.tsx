import './react19'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startTexts } from '@/shared/i18n'
import '@/shared/theme/base.css'
import { applyTheme } from '@/shared/theme/tokens'

applyTheme('light')
startTexts({})
createRoot(document.getElementById('root') as HTMLElement).render(<StrictMode>城运</StrictMode>)
