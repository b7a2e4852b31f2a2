import i18next, { type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { setRequestLanguage } from '../api/http'
import { en } from './en'
import { zh } from './zh'

export type Language = 'zh' | 'en'
type Texts = Record<string, unknown>

const STORE = 'chengyun.language'

export const storedLanguage = (): Language => (localStorage.getItem(STORE) === 'en' ? 'en' : 'zh')

/** Starts the texts of one bundle: the shared ones plus its own namespaces, Chinese first. */
export function startTexts(own: Record<string, { zh: Texts; en: Texts }>): i18n {
  const resources = {
    zh: { shared: zh, ...Object.fromEntries(Object.entries(own).map(([name, texts]) => [name, texts.zh])) },
    en: { shared: en, ...Object.fromEntries(Object.entries(own).map(([name, texts]) => [name, texts.en])) },
  }
  const namespaces = Object.keys(own)
  void i18next.use(initReactI18next).init({
    resources,
    lng: storedLanguage(),
    fallbackLng: 'zh',
    ns: ['shared', ...namespaces],
    defaultNS: namespaces[0] ?? 'shared',
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  follow(i18next.language)
  i18next.on('languageChanged', follow)
  return i18next
}

function follow(language: string): void {
  setRequestLanguage(language)
  document.documentElement.lang = language === 'en' ? 'en' : 'zh-CN'
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(STORE, language)
  void i18next.changeLanguage(language)
}
