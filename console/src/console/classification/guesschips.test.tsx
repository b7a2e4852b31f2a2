import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'
import { percent } from '@/shared/percent'
import type { Guess } from '@/shared/api/types'
import { GuessChips } from './GuessChips'

vi.mock('react-i18next', () => ({ useTranslation: () => ({ t: (key: string, values?: object) => `${key} ${Object.values(values ?? {}).join(' ')}` }) }))

const learned: Guess = { code: '0404', name: '下水道堵塞', score: 0.94, hits: ['返水', '脏水'], confidence: 0.94, group: '突发', group_confidence: 0.95, model: 'abc' }
const byWords: Guess = { code: '0401', name: '路面塌陷', score: 0.5, hits: ['塌陷'], confidence: null, group: '突发', group_confidence: null, model: null }

describe('proposed categories', () => {
  it('show how sure, why, and which one is chosen; one press takes another', async () => {
    const pick = vi.fn()
    render(<GuessChips guesses={[learned, byWords]} chosen="0404" pick={pick} />)
    const [first, second] = screen.getAllByRole('button')
    expect(first?.textContent).toContain('94%')
    expect(first?.textContent).toContain('返水、脏水')
    expect(first?.getAttribute('aria-pressed')).toBe('true')
    expect(second?.textContent).toContain('classification.byWords')
    await userEvent.click(second as HTMLElement)
    expect(pick).toHaveBeenCalledWith('0401')
  })
  it('never round a share up to certainty', () => {
    expect([percent(0.999), percent(1), percent(0.004), percent(0.5)]).toEqual(['99%', '100%', '0%', '50%'])
  })
})
