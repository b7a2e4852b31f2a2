import type { Languages } from '@/shared/i18n'
import { zh } from './zh'

export const texts: Languages = { zh, en: () => import('./en').then((english) => english.en) }
