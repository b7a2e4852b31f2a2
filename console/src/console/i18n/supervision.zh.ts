export const supervision = {
  title: '督办', arbitration: '仲裁台', tabs: '督办分类', label: '督办列表',
  tab: { overdue: '超期', bouncing: '反复退单/移送', forgotten: '无人处理', redone: '重开/返工', urged: '群众反复催', supervised: '督办中' },
  search: '编号、标题、地点', rule: '上榜条件：{{rule}}', levels: '级别', holder: '在 {{name}}', mark: '选中 {{number}}', open: '打开', decide: '去裁定',
  empty: '这一类现在没有事件', emptyText: '列表随事件变化自动更新；也可换一类，或取消筛选。', clear: '取消筛选', more: '更多', fresh: '{{count}} 条新上榜', marked: '已选 {{count}} 件',
  gone: '已不在此列', done: '已办理', hours: '{{count}} 小时后', tomorrow: '明天此时', until: '答复期限', note: '督办要求', send: '确定', cancel: '取消', failed: '未办成：{{message}}',
  press: { supervise: '督办', supervise_accept: '认可答复', supervise_refuse: '退回答复', supervise_reply: '答复', urge: '催办', seek_arbitration: '提请裁定' },
  field: { note: '说明', reason: '理由', until: '期限' },
  chip: { owed: '督办，{{time}} 前答复', late: '督办逾期未答复', answered: '督办已答复，待认可' },
  owed: '{{centre}}督办', due: '{{time}} 前答复', reply: '答复', times: '第 {{count}} 次', refusals: '已退回 {{count}} 次', binding: '经裁定，不得再退',
  former: '接此前事件',
  case: {
    none: '没有等待本中心裁定的事件', noneText: '退单或拒收满三次，或由下级提请，事件会到这里。', pick: '请在左边选一件', sides: '双方理由', nothing: '没有说明理由',
    matrix: '权责清单', clause: '第 {{clause}} 条', lead: '主办', assist: '协办', noMatrix: '权责清单没有写这一类', precedents: '以往裁定', pair: '同样的双方', none_before: '同类事件此前没有裁定过',
    decided: '裁给 {{name}}', outcome: '现在：{{state}}', stars: '{{count}} 星', asked: '提请裁定', counts: '退单 {{returns}} 次，拒收移送 {{refusals}} 次', areas: '双方辖区与事发地点', decide: '作出裁定',
    level: { city: '市级', district: '区县级', town: '镇街级', village: '村社区级' },
  },
}

export const callbacks = {
  title: '回访', take: '登记', due: '待回访', made: '回访记录', count: '共 {{count}} 件', empty: '没有需要回访的事件', emptyText: '评价不满意、来电反映未评价的，以及抽样到的，结案后会排到这里。', nothing: '最近没有回访',
  reason: '回访原因', closed: '{{time}} 结案', outcome: '办理结果', tries: '已拨 {{count}} 次未接通', rated: '已评 {{count}} 星', call: '显示号码', callReason: '回访', record: '记录回访', reached: '接通了', unreached: '没有接通',
  stars: '满意度', star: '{{count}} 星', solved: '问题解决了吗', yes: '解决了', no: '没有解决', words: '对方的话', reopen: '要求重办', reopenHint: '可重办至 {{time}}', tooLate: '已过重办期限，请另行登记', save: '保存', saved: '已记录', answer: '回访结果',
}
