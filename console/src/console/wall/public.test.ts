import { describe, expect, it } from 'vitest'
import { publicTitle, townOf } from './public'

describe('nothing personal on a wall', () => {
  it('shows the category, or a title without plates and numbers', () => {
    expect(publicTitle({ category_name: '渣土车冒装', title: '渝DC6XXX 张三 13800000001' })).toBe('渣土车冒装')
    expect(publicTitle({ category_name: null, title: '请联系 13800000001' })).toBe('请联系 ***')
  })
  it('shows district and town only', () => expect(townOf('九龙坡区 · 石桥铺街道 · 某社区 · 003 网格')).toBe('九龙坡区 · 石桥铺街道'))
})
