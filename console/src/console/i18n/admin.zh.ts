export const admin = {
  label: '系统管理', undo: '撤销', undone: '已撤销', save: '保存', saved: '已保存', more: '更多',
  nav: { people: '人员与岗位', units: '单位', tokens: '访问令牌', sessions: '登录会话', rules: '规则与日历', changes: '变更与撤销', audit: '审计查询' },
  person: {
    new: '新建人员', made: '已新建人员', name: '姓名', login: '登录名', posts: '岗位', state: '状态', seen: '最近使用', role: '岗位角色', active: '启用', inactive: '已停用',
    noPost: '目前没有岗位', none: '没有符合条件的人员。可换用姓名的一部分、拼音首字母，或包含已停用人员。', search: '姓名、登录名、拼音或首字母', withInactive: '包含已停用', firstPassword: '初始密码',
    passwordHint: '至少 8 位；不填则暂时不能用密码登录。', access: '登录与安全', newPassword: '新密码', setPassword: '重置密码', passwordSet: '已重置密码，其会话已结束',
    resetFactor: '解除第二因素', factorAsk: '本人会在安全记录里看到；其会话会结束。', factorReset: '已解除第二因素',
  },
  post: { unit: '单位', role: '岗位角色', from: '开始日期', to: '结束日期', give: '给予岗位', given: '已给予岗位', end: '结束', ended: '已结束岗位', endAsk: '立即结束这个岗位？权限随之失效。' },
  account: { title: '统一认证账号', issuer: '签发者', subject: '账号标识', link: '关联', linked: '已关联', unlink: '解除', unlinked: '已解除' },
  seat: {
    hint: '本辖区人员正在登录的浏览器和手机。结束会话后须重新登录；切断丢失的设备后，手机里保存的数据不能再读出，下次联网时清除。', ended: '会话已结束', lost: '设备丢失，切断',
    lostAsk: '切断这台设备？手机里未上传的草稿也会清除。', offline: '有离线数据', waits: '等待第二步', none: '没有正在登录的会话。',
  },
  change: { none: '还没有可以撤销的变更。', undone: '已撤销', isUndo: '撤销' },
  unit: {
    new: '新建单位', rename: '更名', merge: '撤并', name: '单位名称', kind: '类别', region: '区划', into: '并入的单位', members: '人员', search: '按名称查找', none: '这里没有单位。',
    mergeHint: '{{name}}撤销，其岗位和在办工单转入另一单位。',
  },
  audit: {
    hint: '只显示与本辖区有关的记录。每次查询本身也会记录。', export: '导出完整审计链', search: '查询', at: '时间', who: '操作人', whoId: '人员编号 {{id}}', person: '人员', personHint: '姓名或登录名', action: '操作', actionHint: '全部操作', begins: '操作代码以 {{action}} 开头', subject: '对象', subjectHint: '全部对象', subjectId: '对象编号', detail: '内容',
    since: '从', until: '到', none: '没有符合条件的记录。', system: '系统', sealed: '第 {{seq}} 环', unsealed: '尚未封存',
  },
}

export const factor = {
  title: '第二因素', on: '第二因素', off: '未启用', required: '您的岗位要求第二因素。', hint: '登录时除密码外再输入验证器里的六位数字。', begin: '设置第二因素', scan: '用手机上的验证器扫描二维码，然后输入它显示的六位数字。',
  manual: '不能扫描时手工输入密钥：', code: '验证码', confirm: '确认', wrong: '验证码不正确', again: '请再次输入第二因素验证码', since: '{{time}} 启用', left: '剩余恢复码 {{count}} 个',
  recovery: '恢复码', recoveryHint: '手机不在身边时，每个恢复码可代替验证码用一次。请抄下并妥善保管，只显示这一次。', kept: '已抄下', renew: '更换恢复码', drop: '停用第二因素', dropAsk: '停用后只凭密码登录。', done: '第二因素已启用',
  enter: '输入验证器里的六位数字，或一个恢复码。', back: '返回', security: '安全记录', securityNone: '还没有记录。',
  event: {
    login: '登录', login_first_step: '密码正确，等待第二步', login_failed: '登录失败', login_locked: '登录被锁定', password_changed: '修改密码', password_reset: '管理员重置密码', factor_enrolled: '启用第二因素',
    factor_failed: '验证码错误', factor_recovery_used: '使用恢复码', factor_codes_renewed: '更换恢复码', factor_dropped: '停用第二因素', factor_reset: '管理员解除第二因素', factor_returned: '管理员恢复第二因素',
    account_linked: '关联统一认证账号', account_unlinked: '解除统一认证账号', other: '其他',
  },
}

export const signin = {
  by: '使用{{name}}登录',
  problem: {
    oidc_no_account: '统一认证账号尚未关联本系统人员，请联系系统管理员。', oidc_expired: '登录已超时，或不是从本浏览器发起，请重新登录。', oidc_refused: '统一认证的答复未通过核验，请重新登录。',
    oidc_unreachable: '统一认证服务暂时无法访问，请稍后再试或用密码登录。', oidc_cancelled: '已取消统一认证登录。', login_no_post: '该账号目前没有有效岗位，请联系系统管理员。', other: '登录没有成功，请重试。',
  },
  lost: '设备丢失，切断', lostAsk: '切断这台设备？它保存的数据不能再读出，下次联网时清除。',
}
