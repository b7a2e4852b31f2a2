import { admin, factor, signin } from './admin.zh'
import { alarms } from './alarms.zh'
import { auditNames } from './audit.zh'
import { rules } from './rules.zh'
import { checkup } from './checkup.zh'
import { classification } from './classification.zh'
import { duplicates } from './duplicates.zh'
import { evaluation } from './evaluation.zh'
import { exchange } from './exchange.zh'
import { people } from './people.zh'
import { callbacks, supervision } from './supervision.zh'
import { things } from './things.zh'
import { tour } from './tour.zh'
import { risk } from './risk.zh'
import { vitals } from './vitals.zh'

export const zh = {
  missing: { title: '没有这个页面', text: '地址可能写错了，或页面已移走。', home: '回到首页' },
  words: { metres: '{{value}} m', kilometres: '{{value}} km' },
  shell: {
    brand: '城运', skip: '跳到正文', normalMode: '平时', search: '搜索事件、地点、命令…',
    linkDown: '实时连接中断', linkDownHint: '正在重新连接，列表仍会定时刷新。', clockHint: '全市统一时间（北京时间）',
    onDutySince: '在班 {{time}} 起', offDuty: '未在班', takeDuty: '开始值班？', leaveDuty: '结束值班？',
    takeDutyText: '你将成为本中心的在班人员，收到提醒。', leaveDutyText: '若本中心无人在班，新的提醒会立即上报上级。',
    yes: '确定', no: '取消', actAs: '切换到：{{post}}', tour: '演示导览', keys: '键盘操作', settings: '设置', signOut: '退出登录',
    title: '城运', titleAlert: '（{{count}}）未确认告警 · 城运',
  },
  rail: {
    label: '页面', incidents: '事件', alarms: '预警', risk: '风险图', supervision: '督办', hotline: '报事', handover: '交接班', evaluation: '考核', things: '感知设备', vitals: '城市体征', checkup: '体检表', wall: '大屏', exchange: '开放接口', admin: '管理', settings: '设置',
    mark: { incidents: '件', alarms: '警', risk: '险', supervision: '督', hotline: '报', handover: '交', evaluation: '考', things: '感', vitals: '征', checkup: '体', wall: '屏', exchange: '接', admin: '管', settings: '设' },
  },
  alerts: { chip: '未确认告警', title: '紧急且尚未确认', acknowledge: '确认', spoken: '有 {{count}} 件紧急事件尚未确认' },
  keys: {
    title: '键盘操作', move: '下一件 / 上一件', select: '选中，可批量办理', next: '执行建议的下一步', open: '打开事件页', acknowledge: '确认告警',
    pin: '置顶或取消', fresh: '显示新事件', back: '返回、取消', palette: '搜索与命令', help: '显示本页', send: '提交表单',
  },
  palette: {
    label: '搜索与命令', hint: '事件编号、标题、地点或命令；可用拼音首字母', results: '结果', none: '没有找到。可换用拼音首字母，或地点的一部分。',
    command: '命令', incident: '事件', place: '地点', goIncidents: '打开事件列表', goOverdue: '查看超时事件', goAccept: '查看待受理事件',
    goHotline: '登记报事', goHandover: '交接班', goSupervision: '督办：超期、退单、无人处理', goArbitration: '打开仲裁台', goCallbacks: '回访', goEvaluation: '打开考核', goRisk: '打开风险一张图', goVitals: '一键查城市体征', goWall: '打开大屏', goSettings: '打开设置', openTour: '打开演示导览', switchTheme: '切换日间或夜间', switchLanguage: '切换语言',
  },
  counts: {
    label: '按数量筛选', to_accept: '待受理', to_verify: '待核实', to_dispatch: '待分拨', handling: '处置中', overdue: '超时', to_check: '待核查',
    closed_today: '今日结案', on_time: '按期结案率', thisMonth: '本月', transfers_in: '移送来', arbitrating: '待裁定',
  },
  filters: {
    search: '编号、标题、地址', mine: '我单位的工单', visible: '我可见的', own: '我的中心', below: '{{name}}及下级', open: '未结案', add: '筛选', total: '{{count}} 件', move: '移动', mark: '选中', keys: '全部按键',
    sort: { urgency: '紧急度', due: '时限', newest: '最新' }, lamp: { red: '已超时', yellow: '临近时限' }, alert: '未确认', category: '类别 {{code}}',
    takeOff: '取消筛选：{{name}}', level: '级别', state: '状态', channel: '来源', deadline: '时限', any: '不限', categoryName: '类别', region: '区域', withClosed: '包括已结案',
  },
  queue: {
    label: '事件列表', fresh: '{{count}} 件新事件', more: '继续加载', pinned: '置顶', reports: '{{count}} 人反映', overdue: '超时', returns: '退单 {{count}} 次',
    unacknowledged: '未确认', gone: '已变化', empty: '现在没有需要办理的事件', emptyText: '新事件到来时会在这里出现，并有提示。', emptyFiltered: '没有符合筛选条件的事件',
    emptyFilteredText: '放宽条件，或清除全部筛选。', clearFilters: '清除筛选',
  },
  bulk: {
    label: '批量办理', marked: '已选 {{count}} 件', clear: '取消选择', note: '说明（可不填）', accept: '受理', verify: '核实', file: '立案', dispatch: '按建议分拨',
    check_pass: '核查通过', close: '结案', urge: '催办', alert_ack: '确认告警', pin: '置顶', held: '{{left}} 秒后对 {{count}} 件执行「{{name}}」', undo: '撤销', now: '立即执行',
    done: '成功 {{ok}} 件，未成功 {{failed}} 件', ok: '已办', failed: '未办', dismiss: '知道了',
  },
  peek: {
    close: '收起', proposed: '建议分拨', basis: '依据：', open: '打开事件', pin: '置顶', unpin: '取消置顶', noMoves: '此刻没有需要你办理的步骤，现由{{holder}}办理。',
  },
  moves: {
    forward: '核实并分拨', more: '更多', cancel: '取消', done: '已{{move}}，现为「{{state}}」', changed: '此事件刚被他人办理，已为你刷新，请再看一眼。',
  },
  need: {
    reason: '理由', note: '说明', outcome: '结果', category: '类别', level: '级别', units: '承办单位', to_centre: '去向', until: '期限', attachments: '照片或视频',
    place: '新事件地点', into: '合并到', reports: '上报', person: '人员', unit: '单位', measures: '罚款', stars: '评分', solved: '是否解决', reply: '回复',
  },
  choice: { yes: '是', no: '否' },
  fields: {
    required: '请填写{{name}}', categoryHint: '名称、拼音首字母或编码', regionHint: '输入名称或拼音', unitHint: '输入单位名称或拼音', personHint: '选择人员',
    addPhotos: '添加照片', photoAlt: '已上传的照片', yuan: '元',
  },
  dispatch: {
    role: '以何角色加入', none: '尚未选择单位。', load: '在办 {{count}} 件', onDuty: '在岗 {{count}} 人', rejected: '备选未用', drop: '移除{{unit}}', use: '改用', basis: '依据', rule: '规则 {{rule}}', trace: '逐条比对 {{count}} 步',
  },
  map: { label: '事件地图', schematic: '镇街以下边界为示意', failed: '此浏览器无法显示地图，列表和表单不受影响。' },
  incident: {
    print: '打印', noCategory: '未分类', reports: '{{count}} 条上报', occurred: '发生于 {{time}}', border: '距网格边界 {{distance}}，区划版本 {{version}}', outcome: '处置结果', rulebook: '所用规则版本：{{versions}}',
  },
  timeline: { title: '经过', stage: '{{stage}}时限', all: '全部', people: '人', system: '系统', newest: '最新在前', oldest: '按先后', empty: '没有这一类记录。' },
  evidence: {
    title: '证据', verified: '哈希已核验', unverified: '哈希不符', alt: '证据照片 {{index}}', clip: '证据视频', hash: '哈希 {{hash}}', camera: '与拍摄信息一致', blur: '打码', blurAgain: '重新打码',
    add: '添加', added: '补充证据 {{count}} 件', sending: '正在上传…', empty: '没有照片或视频。',
  },
  blur: { proposed: '已自动框出 {{count}} 处，请逐个核对，多余的删去，漏掉的补上。', roughFaces: '自动找人脸会漏掉侧脸、遮挡和昏暗的：请逐张查看，漏掉的自己框。', remove: '删去第 {{index}} 框', title: '为公开版本打码', hint: '在人脸、车牌上拖出方框。公众只看到打码后的版本，原件作为证据保留。', undo: '撤销一框', save: '保存 {{count}} 处打码', picture: '待打码的照片' },
  orders: { title: '工单 {{count}}', add: '加派', empty: '还没有分拨给任何单位。', issued: '派发 {{time}}', acknowledged: '签收 {{time}}', done: '反馈 {{time}}', fine: '罚款 {{yuan}} 元' },
  nearby: { title: '附近', map: '附近地图', onDuty: '在岗', offDuty: '网格内' },
  reporters: {
    erase: '删除个人信息', title: '上报 {{count}}', hidden: '请求对被反映单位保密', spam: '疑似恶意', contact: '查看联系方式', markSpam: '标记恶意', notSpam: '取消标记', block: '限制上报', ok: '确定',
    ask: { contact: '查看联系方式', spam: '标记恶意上报', block: '限制此人上报', erase: '删除个人信息' },
    note: { contact: '查看会记入审计，请写明用途。', spam: '请写明理由，可随时取消。', block: '{{days}} 天内不再接收其上报，请写明理由。', erase: '联系方式立即清空，文字中的个人信息被遮盖；未结束的事件在结束后执行。删除后不能恢复，理由记入审计。' },
  },
  login: { show: '显示', hide: '隐藏',
    page: '登录 · 城运', title: '城市运行和治理中心', subtitle: '市、区县、镇街三级协同办理', login: '账号', password: '密码', loginMissing: '请输入账号', passwordMissing: '请输入密码', enter: '登录',
    phone: '居民、网格员手机端', demo: '演示账号', demoHint: '点击即以该岗位登录', stories: '可以先试这四件事',
    story: {
      truck: { title: '渣土车跨区办理', text: '巴南区登记并移送，九龙坡区核实分拨给两个部门和石桥铺街道执法大队。' },
      drain: { title: '下水道堵塞', text: '寨子坪社区居民用手机上报，社区派网格员处置，居民评价。' },
      duty: { title: '一个班次', text: '以九龙坡区值班员登录，用键盘办理列表，最后交接班。' },
      resident: { title: '随手报', text: '在手机端用任意手机号登录上报，断网也能保存草稿。' },
    },
  },
  hotline: {
    title: '报事登记', nextField: '下一项', send: '提交', phone: '来电号码', name: '称呼', hidden: '对被反映单位保密', text: '反映内容', place: '地点', placeHint: '地名、道路、小区，可用拼音首字母',
    address: '详细位置', addressHint: '门牌、路口、参照物', missing: '还差几项没有填写', wrong: { text: '请写明反映的内容。', place: '请搜索地点，或在地图上点选位置。', phone: '号码只能含数字、空格和横线。' },
    guess: '可能是', guessWhy: '命中：{{words}}', guessNone: '写下内容后，会给出可能的类别。', noPin: '选择地点后，这里显示所属区县、镇街、社区和网格，可念给来电人核对。',
    border: '距网格边界 {{distance}}', nearBorder: '靠近 {{name}}', map: '选择位置的地图', similar: '附近相似事件', similarHint: '一个月内，600 米以内，最可能的在前', similarWait: '选择地点后显示。',
    similarNone: '附近没有可能是同一件的事件。', readAloud: '念给来电人：', tracking: '查询链接', sentBefore: '这次登记此前已提交，编号不变。', next: '登记下一件',
  },
  handover: {
    title: '{{centre}}交接班', span: '{{since}} 至 {{until}}', attention: '需要接班人知道的', attentionHint: '勾选的会随本次交接置顶。', take: '交接：{{title}}', quiet: '没有超时、置顶或紧急的事件。',
    notes: '交班说明', notesHint: '数字说不清的：正在等谁的答复，哪里要再去看', confirm: '签字交班？', confirmText: '签字后不能修改。', sign: '签字交班', signed: '已交班', onDuty: '在班：{{names}}',
    past: '历次交接', pastNone: '还没有交接记录。', by: '{{name}} 交班',
  },
  settings: {
    looks: '显示与提示', language: '语言', theme: '主题', light: '日间', dark: '夜间', sound: '紧急提示音', on: '开', off: '关', soundTest: '试听', soundHeard: '已播放，未听到请检查音量。',
    soundRefused: '浏览器暂不允许播放，请先点击页面任意处再试。', demo: '演示控制', simulator: '模拟城市', running: '运行', stopped: '停止', clock: '演示时钟', advance: '前进 {{hours}} 小时',
    sessions: '登录设备', unknownAgent: '未知浏览器', seen: '最近 {{time}}', thisOne: '本机', end: '退出', password: '修改密码', passwordHint: '修改后其他设备会退出登录', oldPassword: '原密码', newPassword: '新密码',
    change: '修改', passwordChanged: '密码已修改', tokens: '接口令牌', tokensHint: '供其他系统调用，权限不超过签发人', tokensNone: '还没有令牌。', until: '有效至 {{time}}', used: '最近使用 {{time}}',
    revoked: '已停用', revoke: '停用', revokeAsk: '立即停用此令牌？', secret: '请现在抄录，仅显示这一次：', tokenName: '用途', tokenPermissions: '权限', tokenRegion: '范围', tokenDays: '天数', issue: '签发',
    post: '我的岗位', permissions: '权限：{{names}}',
  },
  permission: {
    thing_read: '查看感知设备', thing_write: '管理感知设备', reading_write: '上报感知数据', sign_read: '查看城市体征', sign_edit: '修改城市体征', number_write: '填报指标数据', alarm_handle: '处理预警',
    evaluation_read: '查看考核', evaluation_people: '查看人员考核', evaluation_export: '导出考核',
    rules_read: '查看规则', rules_edit: '修改规则', rules_publish: '发布规则',
    incident_read: '查看事件', incident_report: '上报', incident_accept: '受理', incident_verify: '核实', incident_file: '立案', incident_dispatch: '分拨', incident_transfer: '移送',
    incident_escalate: '上报上级', incident_check: '核查', incident_merge: '合并', incident_close: '结案', incident_void: '作废', incident_suspend: '申请挂账', incident_approve: '批准挂账', incident_arbitrate: '裁定',
    incident_supervise: '督办', incident_urge: '催办', incident_reopen: '重开', workorder_read: '查看工单', workorder_handle: '办理工单', attachment_read: '查看附件', attachment_write: '上传附件',
    attachment_blur: '打码', reporter_contact: '查看联系方式', personal_read: '查看个人信息原文', personal_erase: '删除个人信息', reporter_block: '限制上报', region_read: '查看区划', unit_read: '查看单位', person_read: '查看人员', handover_write: '交接班',
    audit_verify: '核验审计', audit_witness: '见证审计', audit_read: '查询审计', admin_people: '管理人员', admin_units: '管理单位', exchange_manage: '管理开放接口', admin_tokens: '管理令牌', clock_advance: '推进演示时钟', simulate: '控制模拟', classification_manage: '管理类别识别',
  },
  wall: {
    title: '{{name}}城市运行和治理中心', territory: '{{districts}} 区县 · {{towns}} 镇街 · {{grids}} 网格', live: '事件动态', figures: '此刻', districts: '在办最多的区县', districtsSource: '单位：件；此刻未结案，红色为超时；来源：本平台事件',
    level: { red: '红', orange: '橙', yellow: '黄', blue: '蓝' },
  },
  admin,
  people,
  factor,
  signin,
  rules,
  checkup,
  classification,
  evaluation, vitals, risk,
  callbacks,
  supervision,
  alarms,
  tour, auditNames,
  duplicates,
  exchange,
  things,
}
