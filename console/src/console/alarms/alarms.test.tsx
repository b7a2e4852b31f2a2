import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { App } from 'antd'
import { beforeAll, expect, test, vi } from 'vitest'
import { readAlarm, type AlarmDetail } from '@/shared/api/alarms'
import { startTexts } from '@/shared/i18n'
import { texts } from '../i18n'
import { AlarmPanel } from './AlarmPanel'
import { alarmQuery, parseAlarms } from './filters'

vi.mock('@/shared/api/alarms', () => ({ readAlarm: vi.fn() }))
vi.mock('./NormalChart', () => ({ NormalChart: () => <div data-testid="alarm-chart" /> }))
beforeAll(() => void startTexts({ console: texts }))

test('an anomaly explains itself with the picture of normal', async () => {
  const at = '2026-11-20T02:05:00Z'
  const alarm = { id: 7, sign_name: '桥梁应变异常', kind: 'anomaly', level: 1, peak: 1, value: 96.1234, unit: 'μm/m', region_name: '001 网格', thing_name: '应变计', incident: null }
  const picture = { at, value: 96.1234, expected: 40, low: 31.5, high: 48.5, since: at, until: at, points: [], band: [] }
  vi.mocked(readAlarm).mockResolvedValue({ alarm, why: '比平常同一时刻高 20.1 个标准差：现为 96.12，平常 31.5 至 48.5', steps: [], picture } as unknown as AlarmDetail)
  render(<QueryClientProvider client={new QueryClient()}><App><AlarmPanel id={7} close={vi.fn()} /></App></QueryClientProvider>)
  expect((await screen.findByTestId('alarm-why')).textContent).toContain('比平常同一时刻高 20.1 个标准差')
  expect(await screen.findByTestId('alarm-chart')).toBeTruthy()
  const told = screen.getByTestId('alarm-picture').querySelector('figcaption')?.textContent
  expect(told).toContain('读到 96.12 μm/m，这个时候平常是 31.5 至 48.5，约 40。')
  expect(told).toContain('没有可看的读数')
})

test('the address narrows the list to a kind of alarm', () => {
  expect(alarmQuery(parseAlarms({ kind: 'anomaly', tab: 'cleared' }))).toEqual({ kind: 'anomaly', state: 'cleared', group: undefined })
  expect(parseAlarms({ kind: 'x' })).toEqual({})
})
