import { beforeEach, describe, expect, it } from 'vitest'
import { ELDER_SIZES, elderSize, isElder, setElder, setElderSize, startElder } from './elder'

describe('长辈版', () => {
  beforeEach(() => localStorage.clear())
  it('keeps the choice and the size, and shows both on the document', () => {
    setElder(true)
    setElderSize(30)
    document.documentElement.removeAttribute('data-elder')
    startElder() // the next opening
    expect([isElder(), elderSize()]).toEqual([true, 30])
    expect(document.documentElement.hasAttribute('data-elder')).toBe(true)
    expect(document.documentElement.style.getPropertyValue('--elder')).toBe('30px')
    setElder(false)
    expect(document.documentElement.hasAttribute('data-elder')).toBe(false)
  })
  it('goes from 18 to 30 pixels and takes nothing else', () => {
    expect([Math.min(...ELDER_SIZES), Math.max(...ELDER_SIZES)]).toEqual([18, 30])
    localStorage.setItem('chengyun.phone.elder.size', '7')
    expect(elderSize()).toBe(21)
  })
})
