export const exchange = {
  title: '开放接口', active: '正常', paused: '已暂停', pause: '暂停', resume: '恢复', rotate: '更换密钥', rotateAsk: '更换密钥？旧密钥 24 小时内仍然有效。', end: '删除', endAsk: '删除后不能恢复，确定删除？',
  secret: '请现在抄录密钥，仅显示这一次：', region: '范围', name: '名称', by: '{{name}} 建立', add: '新建', close: '关闭',
  why: { person: '由人员暂停', gone: '对方已停用（410）', failing: '连续一天未送达', creator: '建立人已无岗位' },
  out: {
    title: '推送订阅', hint: '事件有变化时通知其他系统；发送范围不超过建立人的管辖', none: '还没有推送订阅。新建后，范围内的事件一有变化就会通知对方。', url: '接收地址', types: '事件',
    test: '发送测试', tested: '测试已排队，结果见下方记录', health: '待发 {{pending}} · 放弃 {{dead}} · 连续失败 {{failures}}', lastOk: '最近送达 {{time}}', never: '尚未送达', log: '看记录', form: '新建推送订阅',
  },
  type: { opened: '上报', moved: '办理', closed: '结案', test: '测试' },
  log: {
    title: '推送记录', hint: '保留 30 天', all: '全部订阅', anyState: '全部状态', none: '没有符合条件的记录。', more: '更早的', attempts: '第 {{n}} 次', again: '重新发送', againDone: '已排队', detail: '记录详情', waits: '下次 {{time}}',
    subscription: '订阅', state: '状态', noAttempt: '还没有发送。', noResult: '发送后未记下结果，已重发', status: '应答 {{status}}', took: '{{ms}} 毫秒', move: '动作', event: '事件标识',
    states: { pending: '待发', delivered: '已送达', dead: '已放弃', withheld: '不再属于范围' },
  },
  in: {
    title: '接入来源', hint: '其他系统用签名消息上报', none: '还没有接入来源。', slug: '地址标识', slugRule: '小写字母、数字和横线，2–50 位', mapping: '映射', form: '新建接入来源', address: '上报地址', health: '已接收 {{accepted}} · 已拒绝 {{refused}}',
    lastIn: '最近接收 {{time}}', never: '尚未收到', refusal: '最近拒绝 {{time}}',
  },
  open: { title: '公开类别', hint: '任何人可查的类别，只含类别、状态、单位、大致位置和遮盖个人信息后的文字，不含地址和办理备注', none: '没有公开任何类别。', categories: '类别', save: '保存', saved: '已保存' },
}
