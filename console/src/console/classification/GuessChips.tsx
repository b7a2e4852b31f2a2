import { useTranslation } from 'react-i18next'
import type { Guess } from '@/shared/api/types'
import { percent } from '@/shared/percent'
import './classification.css'

interface Props {
  guesses: Guess[]
  chosen: string | undefined
  pick: (code: string) => void
}

/** Proposed categories: a bar for how sure, and the words of the text that speak for each. */
export function GuessChips({ guesses, chosen, pick }: Props) {
  const { t } = useTranslation('console')
  return (
    <ul className="guess-list" aria-label={t('classification.proposals')} data-testid="guesses">
      {guesses.map((guess) => (
        <li key={guess.code}>
          <button type="button" className={`guess${guess.code === chosen ? ' guess-chosen' : ''}`} aria-pressed={guess.code === chosen} onClick={() => pick(guess.code)}>
            <span className="guess-name">{guess.name}</span>
            <span className="guess-sure">{guess.confidence === null || guess.confidence === undefined ? t('classification.byWords') : t('classification.confidence', { value: percent(guess.confidence) })}</span>
            <span className="guess-bar" aria-hidden="true">
              <span style={{ width: percent(guess.confidence ?? 0) }} />
            </span>
            {guess.hits.length > 0 && <span className="meta guess-why">{t('classification.because', { words: guess.hits.join('、') })}</span>}
          </button>
        </li>
      ))}
    </ul>
  )
}
