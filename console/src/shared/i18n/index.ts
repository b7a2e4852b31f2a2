import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { setRequestLanguage } from '../api/http'
import { storedLanguage, storeLanguage, type Language } from './stored'
import { zh } from './zh'

export type { Language }
type Texts = Record<string, unknown>
/** Chinese comes with the code, English when somebody reads English. */
export type Languages = { zh: Texts; en: () => Promise<Texts> }

const shared: Languages = { zh, en: () => import('./en').then((texts) => texts.en) }
let bundle: Record<string, Languages> = {}

/** Starts the texts of one bundle: the shared ones plus its own namespaces. Chinese is there at once, the stored language when this resolves. */
export async function startTexts(own: Record<string, Languages>): Promise<void> {
  bundle = { shared, ...own }
  const namespaces = Object.keys(own)
  void i18next.use(initReactI18next).init({
    resources: { zh: Object.fromEntries(Object.entries(bundle).map(([name, texts]) => [name, texts.zh])) },
    lng: 'zh',
    fallbackLng: 'zh',
    ns: ['shared', ...namespaces],
    defaultNS: namespaces[0] ?? 'shared',
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  follow(i18next.language)
  i18next.on('languageChanged', follow)
  // A page in Chinese is better than none; the choice stays stored and is tried again with the next page.
  if (storedLanguage() === 'en') await turn('en').catch(() => undefined)
}

/** Reads the texts of a language where they are not there yet, and turns the page to it. */
async function turn(language: Language): Promise<void> {
  if (language === 'en' && !i18next.hasResourceBundle('en', 'shared'))
    await Promise.all(Object.entries(bundle).map(async ([name, texts]) => void i18next.addResourceBundle('en', name, await texts.en())))
  await i18next.changeLanguage(language)
}

function follow(language: string): void {
  setRequestLanguage(language)
  document.documentElement.lang = language === 'en' ? 'en' : 'zh-CN'
}

export function chooseLanguage(language: Language): Promise<void> {
  storeLanguage(language)
  return turn(language)
}
