import { describe, expect, it } from 'vitest'
import { leaves, looksEnglish } from './texts'
import { en } from './en'
import { zh } from './zh'

describe('shared texts', () => {
  it('has the same keys in both languages', () => {
    expect(Object.keys(leaves(zh)).sort()).toEqual(Object.keys(leaves(en)).sort())
  })
  it('leaks no English into Chinese screens', () => {
    expect(Object.entries(leaves(zh)).filter(([, text]) => looksEnglish(text))).toEqual([])
  })
})
