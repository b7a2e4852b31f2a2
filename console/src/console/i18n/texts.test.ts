import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { leaves, looksEnglish } from '@/shared/i18n/texts'
import { usedKeys } from '@/shared/i18n/used'
import { zh as shared } from '@/shared/i18n/zh'
import { en } from './en'
import { zh } from './zh'

const ACCOUNTS = /[a-z]+(-[a-z]+)+|DC6XXX/g

describe('texts of the console', () => {
  it('has the same keys in both languages', () => {
    expect(Object.keys(leaves(zh)).sort()).toEqual(Object.keys(leaves(en)).sort())
  })
  it('leaks no English into Chinese screens', () => {
    expect(Object.entries(leaves(zh)).filter(([, text]) => looksEnglish(text.replace(ACCOUNTS, '')))).toEqual([])
  })
  it('names every permission that a post may have', () => {
    const roles = readFileSync(join(process.cwd(), '../src/chengyun/identity/roles.py'), 'utf8')
    const listed = /PERMISSIONS[^(]*\(([^)]*)\)/.exec(roles)?.[1] ?? ''
    const names = [...listed.matchAll(/"([\w.]+)"/g)].map(([, name]) => name?.replace('.', '_') ?? '')
    expect(names.length).toBeGreaterThan(40)
    expect(names.filter((name) => !(name in zh.permission))).toEqual([])
  })
  it('holds every key that a screen asks for', () => {
    const known = new Set([...Object.keys(leaves(zh)), ...Object.keys(leaves({ shared })).map((key) => key.replace('.', ':'))])
    const used = usedKeys(join(process.cwd(), 'src/console'))
    expect(used.size).toBeGreaterThan(150)
    const bare = new Set(Object.keys(leaves(shared)))
    expect([...used].filter(([key]) => !known.has(key) && !bare.has(key))).toEqual([])
  })
})
