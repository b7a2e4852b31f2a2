import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { guessCategory } from '@/shared/api/incidents'
import { useDebounced } from '@/shared/useDebounced'
import { GuessChips } from '../classification/GuessChips'
import type { Call } from './call'

/** Categories that the words speak for; the best one is filled in until the operator decides. */
export function Guesses({ call, set }: { call: Call; set: (change: Partial<Call>) => void }) {
  const { t } = useTranslation('console')
  const text = useDebounced(call.text.trim(), 300)
  const { data } = useQuery({ queryKey: ['guess', text], queryFn: ({ signal }) => guessCategory(text, signal), enabled: text.length >= 2, placeholderData: (old) => old })
  const best = data?.[0]?.code
  useEffect(() => {
    if (best && !call.decided && call.category !== best) set({ category: best })
  }, [best, call.decided, call.category, set])
  if (!data?.length || text.length < 2) return <p className="meta">{t('hotline.guessNone')}</p>
  return <GuessChips guesses={data.slice(0, 3)} chosen={call.category} pick={(category) => set({ category, decided: true })} />
}
