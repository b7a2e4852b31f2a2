export const zh = {
  level: { red: '红', orange: '橙', yellow: '黄', blue: '蓝' },
  levelLong: { red: '红 · 立即', orange: '橙 · 今日', yellow: '黄 · 临期', blue: '蓝 · 常规' },
  levelMeaning: { red: '立即', orange: '今日', yellow: '临期', blue: '常规' },
  state: {
    reported: '待受理', accepted: '待核实', verified: '待立案', filed: '待分拨', dispatched: '待签收',
    handling: '处置中', handled: '待核查', checked: '待结案', closed: '已结案', rated: '已评价',
    voided: '已作废', transferring: '移送中', arbitrating: '待裁定', suspended: '已挂账',
  },
  orderState: {
    issued: '待签收', acknowledged: '已签收', handling: '处置中', done: '已反馈',
    returned: '已退单', released: '已免除', withdrawn: '已撤回',
  },
  role: { lead: '主办', assist: '协办', assigned: '交办' },
  channel: {
    resident: '居民', grid: '网格员', hotline: '12345', api: '接口', centre: '治理中心',
    camera: '视频', sensor: '感知', inspection: '巡查',
  },
  loop: {
    report: '上报', accept: '受理', verify: '核实', dispatch: '分拨',
    handle: '处置', check: '核查', close: '结案', rate: '评价',
  },
  stage: {
    accept: '受理', verify: '核实', file: '立案', dispatch: '分拨', take_over: '接收移送', arbitrate: '裁定',
    acknowledge: '签收', handle: '处置', check: '核查', close: '结案', suspension: '挂账到期', supervision: '督办回复',
  },
  clock: { urgent: '紧急工作时', working_hours: '工作时', working_days: '工作日', calendar_days: '自然日' },
  deadline: {
    left: '剩 {{span}}',
    today: '今日 {{time}} 前',
    until: '{{time}} 前',
    working_hours: '剩 {{amount}} 工作时',
    working_days: '剩 {{amount}} 工作日',
    over: '超 {{span}}',
    overdueNow: '刚刚超时',
    none: '无时限',
    detail: '{{stage}}时限 {{due}} 截止，共 {{amount}} {{clock}}',
  },
  topic: {
    routing: '分拨', limit: '时限', level: '级别', category: '分类', centre: '归属', place: '位置',
    duplicates: '去重', priority: '优先级',
  },
  unit: { hours: '小时', days: '天' },
  closedLoop: { label: '闭环进度', passed: '已完成', now: '当前', ahead: '未到', holder: '现由 {{holder}} 办理', since: '自 {{time}}' },
  why: { title: '为什么', rule: '规则', source: '出处', inputs: '依据', rejected: '未选', empty: '还没有作出判断，因此没有依据。' },
  error: {
    network: '连接不上服务器。已填写的内容仍保留在本页，请稍后重试。',
    http: '服务器没有按约定回答，请重试；仍不行请告知管理员。',
    reference: '编号 {{reference}}',
    retry: '重试',
  },
  simulated: '模拟',
  schematic: '示意',
}
