import { enrol } from './enrol.zh'
import { offers } from './offers.zh'

export const zh = {
  title: { report: '随手报', progress: '进度', tasks: '我的任务', me: '我的', login: '登录', task: '任务', track: '办理进度' },
  tab: { report: '随手报', progress: '进度', tasks: '任务', me: '我的' },
  net: { locked: '本机数据已锁定，联网后自动解锁。离线时仍可写新的上报。', wiped: '此设备已被切断，本机数据已清除。', sealed: '已加密保存', offline: '离线', waiting: '{{count}} 条待上传', open: '此页未加密（HTTP），草稿不加密保存' },
  report: {
    photo: '拍照', addPhoto: '添加照片或短片', removePhoto: '删除这张照片', text: '发生了什么？', textHint: '例如：小区门口下水道堵了，污水漫到路上',
    place: '在哪里？', placeHint: '搜地名、社区，或点地图', here: '用我的位置', locating: '正在定位…', noPosition: '无法定位，请搜索地名或点地图选择位置',
    fixed: '位置已记下（东经 {{lon}}，北纬 {{lat}}），联网后确定所属网格', 
    address: '门牌或旁边的标志', addressHint: '例如：3 号楼旁', guess: '可能是', phone: '手机号（选填，用于告知结果）', phoneHint: '不填也可以报',
    hidden: '不让被反映的单位看到我是谁', submit: '提交', saving: '正在保存…', needText: '请先写两个字以上，说明发生了什么', needPlace: '请先选定位置',
    privacy: '手机号只用于告知处理结果', anonymous: '未登录，将匿名上报', as: '以 {{name}} 的身份上报', similar: '附近已有人反映', saved: '已保存。有网络时自动上传，可以关闭页面。',
    another: '再报一件', see: '看进度',
  },
  stage: { saved: '已保存', uploaded: '已上传', accepted: '已受理', dispatched: '已分拨', failed: '未能提交' },
  moveStage: { saved: '已保存', uploaded: '正在提交', dispatched: '已提交', failed: '未能提交' },
  progress: {
    empty: '还没有上报过。看到问题，拍张照片就能报。', local: '本机', mine: '我的上报', retry: '重试', discard: '删除', confirmDiscard: '删除这条草稿？照片和文字都会丢失。',
    waitingLogin: '登录已过期，重新登录后继续上传',
  },
  track: {
    promised: '承诺 {{time}} 前处理', holder: '现由 {{holder}} 办理', messages: '告知', rate: '您对结果满意吗？', star: '{{count}} 星', solved: '问题解决了', unsolved: '没有解决',
    comment: '想说的话（选填）', send: '提交评价', rated: '您评了 {{count}} 星，谢谢！', reopen: '没有解决，要求重办', reopenReason: '哪里没有解决？', number: '编号', copy: '复制查询链接', copied: '已复制',
    merged: '与编号 {{number}} 合并办理，共 {{count}} 人反映', missing: '没有找到这条记录，链接可能不完整。', next: '下一步：{{words}}', until: '{{time}} 前', delay: '为什么慢了：', newPromise: '新的时间：{{time}}', noPromise: '新的时间确定后会告知您', former: '接此前反映的 {{number}}',
    share: '分享查询链接', urge: '催一下', urged: '您已催办 {{count}} 次，{{time}} 后可以再催', rateAgain: '修改评价', rateUntil: '{{time}} 前可以修改', reopenUntil: '{{time}} 前可以要求重办',
    tooLate: '要求重办的时间（{{time}}）已过。问题还在的话，可以重新反映，会接上这件事。', anew: '重新反映',
  },
  tasks: {
    due: '按时限', distance: '按距离', empty: '现在没有任务。新任务到了会排在这里。', navigate: '导航', reports: '{{count}} 人反映', login: '登录后查看任务', offline: '离线：显示 {{time}} 的任务',
    queued: '已保存，联网后提交', steps: '经过', done: '反馈结果', pickUnit: '搜索单位', pickPerson: '选择人员', photos: '现场照片', fine: '罚款金额（元）', cancel: '取消', confirm: '确定', required: '必填',
    role: '{{role}} · {{unit}}',
  },
  need: { reason: '理由', note: '说明', outcome: '处理结果', unit: '单位', person: '人员', until: '延到', attachments: '照片', measures: '罚款金额（元）' },
  login: {
    staff: '工作人员', resident: '居民', account: '账号', password: '密码', submit: '登录', demo: '演示账号（密码 chengyun）', phone: '手机号', sendCode: '获取验证码', code: '验证码',
    demoCode: '模拟短信：验证码 {{code}}', failed: '登录失败', second: '第二因素验证码', by: '使用{{name}}登录',
  },
  me: {
    erase: '删除我的个人信息', erased: '已结束的 {{erased}} 件已删除；还在办理的 {{waiting}} 件结束后自动删除。', eraseAsk: '删除后办理结果不能再通知到你，且不能恢复。', eraseYes: '确认删除',
    resident: '居民', signedOut: '未登录', signIn: '登录', signOut: '退出登录', posts: '岗位', language: '语言', elder: '长辈版（大字）', storage: '离线草稿占用 {{size}}', install: '安装到桌面：浏览器菜单里选“添加到主屏幕”',
    drafts: '还有 {{count}} 条未上传，退出后保留在本机，只有本账号能看到。',
  },
  elder: { on: '长辈版', off: '普通版', size: '字号', speak: '不想打字？点键盘上的话筒，说话就行。', call: '打电话给 12345' },
  schematic: '示意', back: '返回', loading: '正在读取…', retry: '重试',
  enrol,
  offers,
}
