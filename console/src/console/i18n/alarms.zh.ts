export const alarms = {
  title: '预警', tabs: '预警分类', label: '预警列表', open: '未解除', more: '更多', none: '现在没有这样的预警', noneText: '体征恢复后预警自动解除；没有数据不会解除预警。',
  tab: { raised: '响铃中', acknowledged: '已确认', shelved: '已搁置', cleared: '已解除', storms: '成群', analysis: '统计' },
  level: ['正常', '蓝色', '黄色', '橙色', '红色'], kind: { threshold: '越限', no_data: '无数据', anomaly: '异常' },
  state: { raised: '响铃', acknowledged: '已确认', shelved: '搁置', cleared: '已解除' },
  perHour: '每人每小时 {{count}} 条', perHourHint: '近一小时告知本中心的预警，除以在班人数', levels: '级别不低于', kinds: '种类', thingNone: '没有预警。', all: '全部',
  acknowledge: '确认', shelve: '搁置', unshelve: '取消搁置', incident: '事件', thing: '设备', sign: '体征', simulated: '模拟', began: '{{time}} 起', until: '搁置至 {{time}}',
  history: '经过', why: '为什么响', close: '关闭', noValue: '无值', peak: '最高 {{level}}', by: '由 {{name}}', reason: '理由', end: '到什么时候', send: '确定', cancel: '取消',
  what: { raised: '触发', up: '升级', down: '降级', cleared: '解除', acknowledged: '确认', shelved: '搁置', unshelved: '取消搁置', told: '告知上级', opened: '生成事件', closed: '事件已办结' },
  picture: { told: '{{time}} 读到 {{value}} {{unit}}，这个时候平常是 {{low}} 至 {{high}}，约 {{expected}}。', readings: '读数', expected: '平常', broke: '异常读数', close: '这个测点由细看模型判断：十六种差别，各与自身的过去相比。', none: '没有可看的读数。' },
  storm: '{{count}} 条，同区同类', stormOpen: '展开', stormBack: '返回成群列表', noStorm: '没有成群的预警',
  hours: '{{count}} 小时', shelveHint: '搁置期间它和同处同体征的新预警都不响铃，到期自动恢复。不算异常的，写明理由搁置。',
  analysis: {
    raised: '触发', incidents: '生成事件', heard: '确认用时（中位）', cleared: '解除用时（中位）', minutes: '{{count}} 分钟', byDay: '每日条数', most: '最多一日 {{count}} 条', noisy: '最吵的体征', sign: '体征', region: '区域', count: '条数', chattering: '十分钟内复发', median: '持续（中位）', period: '近 {{count}} 天',
  },
}
