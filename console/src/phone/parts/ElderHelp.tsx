import { useTranslation } from 'react-i18next'
import { useElder } from '../app/useElder'

/** Speaking instead of typing: every phone's keyboard can do it, not everybody knows. */
export function SpeakHint() {
  const { t } = useTranslation('phone')
  return useElder().on ? <p className="meta" data-testid="speak-hint">{t('elder.speak')}</p> : null
}

/** One button to a person on the phone. */
export function CallHotline() {
  const { t } = useTranslation('phone')
  return useElder().on ? <a className="button call" href="tel:12345" data-testid="call-12345">{t('elder.call')}</a> : null
}
