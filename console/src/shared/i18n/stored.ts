export type Language = 'zh' | 'en'

const STORE = 'chengyun.language'

export const storedLanguage = (): Language => (localStorage.getItem(STORE) === 'en' ? 'en' : 'zh')
export const storeLanguage = (language: Language): void => localStorage.setItem(STORE, language)
