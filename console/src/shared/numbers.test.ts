import { expect, test } from 'vitest'
import { valueText, withUnit } from './numbers'

test('a number has the decimals of its sign, a reading the digits that count', () => {
  expect([valueText(null, 1), valueText(0, 1), valueText(12345.678, 2), valueText(87.179, 1)]).toEqual(['—', '0.0', '12,345.68', '87.2'])
  expect([0, 0.0012345, -12.345, 1234567.8, 96.1234].map((one) => valueText(one, null))).toEqual(['0', '0.001235', '-12.35', '1,234,568', '96.12'])
  expect([withUnit(14, 1, '%LEL'), withUnit(3, 0, ''), withUnit(null, 1, '℃')]).toEqual(['14.0 %LEL', '3', '—'])
})
