import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { guessCategory } from '@/shared/api/incidents'
import { useDebounced } from '@/shared/useDebounced'
import type { Call } from './call'

/** Categories that the words hint at; the best one is filled in until the operator decides. */
export function Guesses({ call, set }: { call: Call; set: (change: Partial<Call>) => void }) {
  const { t } = useTranslation('console')
  const text = useDebounced(call.text.trim(), 300)
  const { data } = useQuery({ queryKey: ['guess', text], queryFn: ({ signal }) => guessCategory(text, signal), enabled: text.length >= 2, placeholderData: (old) => old })
  const best = data?.[0]?.code
  useEffect(() => {
    if (best && !call.decided && call.category !== best) set({ category: best })
  }, [best, call.decided, call.category, set])
  if (!data?.length || text.length < 2) return <p className="meta">{t('hotline.guessNone')}</p>
  return (
    <p className="guesses">
      <span className="meta">{t('hotline.guess')}</span>
      {data.slice(0, 4).map((guess) => (
        <button
          key={guess.code}
          type="button"
          className={`chip chip-button${guess.code === call.category ? ' chip-brand' : ''}`}
          onClick={() => set({ category: guess.code, decided: true })}
          title={t('hotline.guessWhy', { words: guess.hits.join('、') })}
        >
          {guess.name}
        </button>
      ))}
    </p>
  )
}
