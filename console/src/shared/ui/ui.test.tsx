import { render, screen } from '@testing-library/react'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Deadline } from '../api/types'
import { startTexts } from '../i18n'
import { ClosedLoop } from './ClosedLoop'
import { DeadlineRing } from './DeadlineRing'
import { Why } from './Why'

const NOW = Date.parse('2024-03-06T01:14:00Z')
const deadline = (more: Partial<Deadline>): Deadline => ({
  stage: 'handle', started: '2024-03-05T23:14:00Z', due: '2024-03-06T03:00:00Z', amount: 4, clock: 'urgent', lamp: 'none', share: 0.5, rule: 'r', ...more,
})

beforeAll(() => void startTexts({}))

describe('what both bundles show', () => {
  it('says how much is left on a running clock', () => {
    render(<DeadlineRing deadline={deadline({})} now={NOW} />)
    expect(screen.getByText('剩 1 小时 46 分')).toBeTruthy()
    expect(screen.getByText(/处置时限 2024-03-06 11:00 截止，共 4 紧急工作时/)).toBeTruthy()
  })
  it('counts working days on their own clock and says when it is over', () => {
    const { rerender } = render(<DeadlineRing deadline={deadline({ clock: 'working_days', amount: 3, share: 0.2, due: '2024-03-11T10:00:00Z' })} now={NOW} />)
    expect(screen.getByText('剩 2 工作日')).toBeTruthy()
    rerender(<DeadlineRing deadline={deadline({ due: '2024-03-06T00:28:00Z', lamp: 'red', share: 1.2 })} now={NOW} />)
    expect(screen.getByText('超 46 分')).toBeTruthy()
  })
  it('marks the current step of the loop', () => {
    render(<ClosedLoop passed={['report', 'accept']} now="verify" holder="九龙坡区治理中心" since="09:14" />)
    expect(screen.getByText('核实').closest('li')?.getAttribute('aria-current')).toBe('step')
    expect(screen.getByText(/现由 九龙坡区治理中心 办理/)).toBeTruthy()
  })
  it('explains with rule and source, or says that there is nothing to explain', () => {
    const { rerender } = render(<Why reasons={[{ topic: 'routing', text: '跨区移入', rule: 'cross-district', source: 'routing.yaml:3', inputs: {}, rejected: null }]} />)
    expect(screen.getByText(/cross-district · routing.yaml:3/)).toBeTruthy()
    rerender(<Why reasons={[]} />)
    expect(screen.getByText(/还没有作出判断/)).toBeTruthy()
  })
})
