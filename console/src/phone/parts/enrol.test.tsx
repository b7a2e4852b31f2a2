import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { confirmFactor, enrolFactor } from '@/shared/api/admin'
import { readMe, signIn } from '@/shared/api/identity'
import { Problem } from '@/shared/api/problem'
import { startTexts } from '@/shared/i18n'
import { zh } from '../i18n/zh'
import { en } from '../i18n/en'
import { LoginPage } from '../pages/LoginPage'

const set = vi.fn(() => Promise.resolve())
vi.mock('../app/session', () => ({ useSession: () => ({ set }) }))
vi.mock('@/shared/api/admin', () => ({ enrolFactor: vi.fn(), confirmFactor: vi.fn(), enterFactor: vi.fn(), listProviders: () => Promise.resolve([]), providerAddress: () => '' }))
vi.mock('@/shared/api/identity', () => ({ signIn: vi.fn(), readMe: vi.fn(), demoAccounts: () => Promise.reject(new Error('none')), sendCode: vi.fn(), residentSignIn: vi.fn() }))

const URI = 'otpauth://totp/%E5%9F%8E%E8%BF%90:wang?secret=JBSWY3DPEHPK3PXP&issuer=%E5%9F%8E%E8%BF%90'
const show = () => render(<QueryClientProvider client={new QueryClient()}><LoginPage /></QueryClientProvider>)

beforeAll(() => void startTexts({ phone: { zh, en: () => Promise.resolve(en) } }))
beforeEach(() => {
  vi.clearAllMocks()
  vi.mocked(signIn).mockResolvedValue({ waits: 'enrolment', expires_in: 600 })
  vi.mocked(enrolFactor).mockResolvedValue({ secret: 'JBSWY3DPEHPK3PXP', uri: URI, picture: '<svg/>' })
})

test('a grid worker sets the second factor up on the phone alone: link, key, code, recovery codes, in', async () => {
  vi.mocked(confirmFactor).mockRejectedValueOnce(new Problem({ status: 401, code: 'factor.wrong', title: '', detail: '验证码不正确。' })).mockResolvedValueOnce({ codes: ['aaaaa-bbbbb'] })
  vi.mocked(readMe).mockResolvedValue({ kind: 'person', id: 7, name: '王' } as Awaited<ReturnType<typeof readMe>>)
  show()
  await userEvent.type(screen.getByTestId('login'), 'wang')
  await userEvent.type(screen.getByTestId('password'), 'chengyun')
  await userEvent.click(screen.getByTestId('login-submit'))
  expect((await screen.findByTestId('enrol-open')).getAttribute('href')).toBe(URI)
  expect(screen.getByTestId('factor-secret').textContent).toBe('JBSWY3DPEHPK3PXP')
  const submit = screen.getByTestId<HTMLButtonElement>('enrol-submit')
  expect(submit.disabled).toBe(true)
  await userEvent.type(screen.getByTestId('enrol-code'), '000000')
  await userEvent.click(submit)
  expect(await screen.findByText('验证码不正确。')).toBeTruthy()
  await userEvent.click(submit)
  expect((await screen.findByTestId('recovery')).textContent).toBe('aaaaa-bbbbb')
  expect(set).not.toHaveBeenCalled()
  await userEvent.click(screen.getByTestId('recovery-kept'))
  await waitFor(() => expect(set).toHaveBeenCalledWith(expect.objectContaining({ id: 7 })))
  expect(enrolFactor).toHaveBeenCalledTimes(1)
})

test('one who came back from a provider goes on with the second step', async () => {
  history.replaceState(null, '', '/m/login?second=enrolment')
  show()
  expect(await screen.findByTestId('enrol-open')).toBeTruthy()
  history.replaceState(null, '', '/m/login')
})
