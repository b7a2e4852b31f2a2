import { storedLanguage } from '@/shared/i18n/stored'
import '@/shared/theme/base.css'
import { askAhead } from './app/ahead'

// The first script stays small, so that the first questions are on their way while the rest is being fetched.
// What fails here is asked again, and told, by the page itself.
void askAhead(location.pathname, location.search, storedLanguage()).catch(() => undefined)
void import('./start')
