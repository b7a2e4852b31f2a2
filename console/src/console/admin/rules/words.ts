import { useTranslation } from 'react-i18next'
import { useQuery } from '@tanstack/react-query'
import { readVocabulary, type RulesVocabulary } from '@/shared/api/rules'

/** Names of everything that a rule can speak of, in the reader's language. */
export function useWords() {
  const { t, i18n } = useTranslation('console')
  const english = i18n.language === 'en'
  const { data } = useQuery({ queryKey: ['rules', 'vocabulary'], queryFn: readVocabulary, staleTime: Infinity })
  const kind = (name: string) => {
    const found = data?.kinds.find((one) => one.kind === name)
    return found ? (english ? found.en : found.zh) : name
  }
  const move = (name: string) => {
    const found = data?.moves.find((one) => one.move === name)
    return found ? (english ? found.en : found.zh) : name
  }
  const named = (topic: 'stage' | 'event' | 'centre' | 'place' | 'of' | 'audience', name: string): string => t(`rules.${topic}.${name}`, { defaultValue: name })
  const level = (name: string): string => t(`shared:level.${name}`, { defaultValue: name })
  const channel = (name: string): string => t(`shared:channel.${name}`, { defaultValue: name })
  const text = (value: unknown): string => {
    if (typeof value === 'string') return value
    const both = value as { zh?: string; en?: string } | undefined
    return (english ? both?.en : both?.zh) ?? ''
  }
  /** The word for the value of a fact, as conditions and the try-out show it. */
  const fact = (name: string, value: string): string => value.split(' | ').map((one) => factWord(name, one)).join('、')
  const factWord = (name: string, value: string): string => {
    if (name === 'event' || name === 'place') return named(name, value)
    if (name === 'owner') return named('centre', value)
    if (name === 'level') return level(value)
    return name === 'channel' ? channel(value) : value
  }
  return { vocabulary: data, english, kind, move, named, level, channel, text, fact }
}

export type Words = ReturnType<typeof useWords>
export type { RulesVocabulary }
