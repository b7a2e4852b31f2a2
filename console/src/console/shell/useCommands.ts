import { useNavigate } from '@tanstack/react-router'
import PinyinMatch from 'pinyin-match'
import { useTranslation } from 'react-i18next'
import { useMay, useMe, useSpeak } from '../app/session'
import { chooseTheme, useTheme } from '../app/theme'
import { openTour } from '../tour/store'

export interface Entry {
  key: string
  kind: string
  name: string
  detail: string
  run: () => void
}

/** What the palette can do; matched by Chinese, pinyin and initials on this machine. */
export function useCommands(text: string) {
  const { t, i18n } = useTranslation('console')
  const navigate = useNavigate()
  const may = useMay()
  const me = useMe()
  const theme = useTheme()
  const speak = useSpeak()
  const kind = t('palette.command')
  const command = (key: string, run: () => void, shown = true): Entry[] =>
    shown ? [{ key, kind, name: t(`palette.${key}`), detail: '', run }] : []
  const reads = may('incident.read')
  const all: Entry[] = [
    ...command('goIncidents', () => void navigate({ to: '/incidents', search: {} }), reads),
    ...command('goOverdue', () => void navigate({ to: '/incidents', search: { lamp: 'red' } }), reads),
    ...command('goAccept', () => void navigate({ to: '/incidents', search: { state: 'reported' } }), reads),
    ...command('goSupervision', () => void navigate({ to: '/supervision', search: {} }), may('incident.supervise')),
    ...command('goArbitration', () => void navigate({ to: '/supervision/arbitration', search: {} }), may('incident.arbitrate')),
    ...command('goCallbacks', () => void navigate({ to: '/hotline/callbacks' }), may('reporter.contact')),
    ...command('goHotline', () => void navigate({ to: '/hotline' }), may('incident.report')),
    ...command('goHandover', () => void navigate({ to: '/handover' }), may('handover.write')),
    ...command('goEvaluation', () => void navigate({ to: '/evaluation', search: {} }), may('evaluation.read')),
    ...command('goRisk', () => void navigate({ to: '/risk', search: {} }), may('sign.read')),
    ...command('goVitals', () => void navigate({ to: '/vitals', search: {} }), may('sign.read')),
    ...command('goCheckup', () => void navigate({ to: '/checkup', search: {} }), may('sign.read')),
    ...command('goWall', () => void navigate({ to: '/wall' }), reads),
    ...command('goSettings', () => void navigate({ to: '/settings' })),
    ...command('openTour', openTour, me.demo),
    ...command('switchTheme', () => chooseTheme(theme === 'dark' ? 'light' : 'dark')),
    ...command('switchLanguage', () => speak(i18n.language === 'en' ? 'zh' : 'en')),
  ]
  const wanted = text.trim()
  const commands = wanted ? all.filter((entry) => PinyinMatch.match(entry.name, wanted) !== false) : all
  return {
    commands,
    openIncident: (id: number) => void navigate({ to: '/incidents/$id', params: { id } }),
    openPlace: (region: number) => void navigate({ to: '/incidents', search: { region } }),
  }
}
