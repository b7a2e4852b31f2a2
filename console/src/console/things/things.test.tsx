import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { App } from 'antd'
import { beforeAll, expect, test, vi } from 'vitest'
import { importThings, type ThingsImported } from '@/shared/api/things'
import { startTexts } from '@/shared/i18n'
import { texts } from '../i18n'
import { ImportThings } from './ImportThings'
import { parseThings, queryOf, sentinelsOf } from './search'

vi.mock('@/shared/api/things', () => ({ importThings: vi.fn(), THINGS_TEMPLATE: '/template' }))
vi.mock('@/shared/api/admin', () => ({ listChanges: vi.fn(() => Promise.resolve([])), undoChange: vi.fn(), proveFactor: vi.fn() }))
beforeAll(() => void startTexts({ console: texts }))

test('the address is read leniently and asks the server for what it says', () => {
  expect(parseThings({ q: 7, kind: '', region: 'x', owner: '1000001', page: -1, state: 'off', thing: 3 })).toEqual({ q: '7', owner: 1000001, state: 'off', thing: 3 })
  expect([queryOf({}).active, queryOf({ state: 'on' }).active, queryOf({ state: 'off' }).active]).toEqual([undefined, true, false])
  expect(sentinelsOf(' -200，9999 1e3')).toEqual([-200, 9999, 1000])
  expect(sentinelsOf('-200 x')).toBeNull()
})

test('a table is tried with progress, its faults are told, and it is registered only without any', async () => {
  const close = vi.fn()
  const fine: ThingsImported = { lines: 2, things: 2, faults: 0, report: [], ignored: ['备注'], change: 0, secrets: [] }
  let settle: (found: ThingsImported) => void = () => undefined
  vi.mocked(importThings)
    .mockImplementationOnce((_, __, told) => new Promise((done) => { told(0.5); settle = done }))
    .mockResolvedValueOnce(fine)
    .mockResolvedValueOnce({ ...fine, change: 9, secrets: [{ thing: 1, code: 'g-1', secret: 'cyd_x' }] })
  render(<QueryClientProvider client={new QueryClient()}><App><ImportThings close={close} /></App></QueryClientProvider>)
  const make = screen.getByTestId<HTMLButtonElement>('things-make')
  const choose = () => fireEvent.change(document.querySelector('input[type=file]') as HTMLInputElement, { target: { files: [new File(['x'], '设备.csv')] } })
  choose()
  expect((await screen.findByTestId('things-progress')).textContent).toContain('正在上传50%')
  settle({ ...fine, faults: 1, report: [{ line: 3, thing: 'g-2', column: '经度', text: '该位置不在本市范围内。' }] })
  expect(await screen.findByText('该位置不在本市范围内。')).toBeTruthy()
  expect(make.disabled).toBe(true)
  choose()
  await waitFor(() => expect(make.disabled).toBe(false))
  expect(screen.getByTestId('things-result').textContent).toContain('备注')
  fireEvent.click(screen.getByRole('checkbox'))
  fireEvent.click(make)
  expect(await screen.findByTestId('things-secrets')).toBeTruthy()
  expect(close).not.toHaveBeenCalled()
  expect(vi.mocked(importThings).mock.calls.map(([, asked]) => asked)).toEqual([{ dry: true, secrets: false }, { dry: true, secrets: false }, { dry: false, secrets: true }])
})
