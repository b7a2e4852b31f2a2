export type StoryName = 'truck' | 'drain'

/** One step of a story: who acts, where, and by how many hours the clock is moved. */
export interface StoryStep {
  key: string
  /** demo account that acts, or a resident's phone number */
  login?: string
  phone?: string
  /** what to open: a page of the console, or the phone */
  open?: '/hotline' | '/incidents' | 'phone'
  hours?: number
  /** a call that the hotline page starts with */
  call?: SampleCall
}

export interface SampleCall {
  text: string
  address: string
  lon: number
  lat: number
}

/** The report that starts the truck's story: 巴南, on the road towards 九龙坡. */
export const TRUCK_CALL: SampleCall = {
  text: '渣土车冒装 渝DC6XXX：车厢装载高出栏板，沿路有遗撒，往九龙坡方向行驶。',
  address: '渝南大道朝前台路方向',
  lon: 106.5402,
  lat: 29.4212,
}

export const STORIES: Record<StoryName, readonly StoryStep[]> = {
  truck: [
    { key: 'seen', login: 'banan-duty', open: '/hotline', call: TRUCK_CALL },
    { key: 'transfer', login: 'banan-duty', open: '/incidents' },
    { key: 'take', login: 'jiulongpo-duty', open: '/incidents' },
    { key: 'dispatch', login: 'jiulongpo-duty', open: '/incidents' },
    { key: 'bureau', login: 'jlp-cg', open: '/incidents' },
    { key: 'housing', login: 'jlp-housing', open: '/incidents' },
    { key: 'street', login: 'shiqiaopu-enforcement', open: 'phone' },
    { key: 'wait', login: 'jiulongpo-duty', hours: 72 },
    { key: 'report', login: 'jlp-cg', open: '/incidents' },
    { key: 'close', login: 'jiulongpo-chief', open: '/incidents' },
  ],
  drain: [
    { key: 'report', phone: '13800000001', open: 'phone' },
    { key: 'order', login: 'zhaiziping', open: '/incidents' },
    { key: 'handle', login: 'zhaiziping-grid', open: 'phone' },
    { key: 'check', login: 'yunfeng-duty', open: '/incidents' },
    { key: 'rate', phone: '13800000001', open: 'phone' },
  ],
}
