import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { App } from 'antd'
import { beforeAll, expect, test, vi } from 'vitest'
import { importPeople, listChanges } from '@/shared/api/admin'
import { startTexts } from '@/shared/i18n'
import { texts } from '../i18n'
import { ImportPeople } from './ImportPeople'

vi.mock('@/shared/api/admin', () => ({ importPeople: vi.fn(), listChanges: vi.fn(() => Promise.resolve([])), undoChange: vi.fn(), proveFactor: vi.fn(), IMPORT_TEMPLATE: '/template' }))
beforeAll(() => void startTexts({ console: texts }))

const row = { line: 2, login: 'wang.li', name: '王莉', unit: '环卫所', role: 'department', region: '', valid_from: '', valid_to: '', faults: [] }
const table = new File(['x'], '人员.csv')

test('a table is tried first; it is made only where no row has a fault', async () => {
  const close = vi.fn()
  const tried = { rows: [row], faults: 0, people: 1, ignored: ['手机号'], change: 0 }
  vi.mocked(importPeople)
    .mockResolvedValueOnce({ ...tried, rows: [{ ...row, faults: [{ field: 'unit', text: '没有名为“环卫所”的单位。' }] }], faults: 1 })
    .mockResolvedValueOnce(tried)
    .mockResolvedValueOnce({ ...tried, change: 9 })
  render(<QueryClientProvider client={new QueryClient()}><App><ImportPeople close={close} /></App></QueryClientProvider>)
  const make = screen.getByTestId<HTMLButtonElement>('import-make')
  const input = () => document.querySelector<HTMLInputElement>('input[type=file]') as HTMLInputElement
  expect(make.disabled).toBe(true)
  fireEvent.change(input(), { target: { files: [table] } })
  expect(await screen.findByText('没有名为“环卫所”的单位。')).toBeTruthy()
  expect(make.disabled).toBe(true)
  fireEvent.change(input(), { target: { files: [table] } })
  await waitFor(() => expect(make.disabled).toBe(false))
  expect(screen.getByTestId('import-result').textContent).toContain('手机号')
  fireEvent.click(make)
  await waitFor(() => expect(close).toHaveBeenCalled())
  expect(vi.mocked(importPeople).mock.calls.map(([, dry]) => dry)).toEqual([true, true, false])
  expect(listChanges).toHaveBeenCalled()
})
