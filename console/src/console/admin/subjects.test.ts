import i18next from 'i18next'
import { beforeAll, expect, test } from 'vitest'
import { startTexts } from '@/shared/i18n'
import { texts } from '../i18n'
import { SUBJECTS, subjectText } from './subjects'

beforeAll(() => void startTexts({ console: texts }))

test('what the audit is about is told in words', () => {
  const t = i18next.getFixedT('zh', 'console')
  const told = (kind: string, id: string) => subjectText(kind, id, t)
  expect(told('catalogue', 'signs')).toBe('体征目录')
  expect(told('audit', 'search')).toBe('审计 查询')
  expect(told('sta.Datastream', '12')).toBe('测点 12')
  expect(told('person', '7')).toBe('人员 7')
  expect(told('martian', 'x')).toBe('martian x')
  expect(SUBJECTS.filter((one) => /^[\x20-\x7e]+$/.test(told(one, '')))).toEqual([])
})
