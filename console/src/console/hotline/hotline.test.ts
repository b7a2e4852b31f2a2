import { describe, expect, it } from 'vitest'
import { emptyCall, missing, toReport } from './call'
import { spoken } from './spoken'

describe('hotline', () => {
  it('reads a number so that it is not misheard', () => {
    expect(spoken('20240306-0017', 'zh')).toBe('二零二四零三零六 杠 零零幺拐')
    expect(spoken('2024-17', 'en')).toBe('2 0 2 4 – 1 7')
  })
  it('names what is missing', () => {
    expect(missing(emptyCall())).toEqual(['text', 'place'])
    expect(missing({ ...emptyCall(), text: '路灯不亮', lon: 106, lat: 29, phone: 'abc' })).toEqual(['phone'])
  })
  it('sends a caller only when something is known of them', () => {
    const call = { ...emptyCall(), text: ' 路灯不亮 ', lon: 106, lat: 29 }
    expect(toReport(call, 'hotline')).toMatchObject({ text: '路灯不亮', channel: 'hotline', reporter: undefined })
    expect(toReport({ ...call, phone: '13800000001', hidden: true }, undefined).reporter).toEqual({ name: undefined, phone: '13800000001', hidden: true })
  })
})
