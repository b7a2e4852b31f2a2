export const classification = {
  title: '类别识别', hint: '从工作人员确认过的类别里学习；没有把握时只提建议，由人决定。',
  none: '还没有学过。现在按提示词建议类别；确认过的类别满 100 条后可以学习。', waiting: '可用于学习 {{confirmed}} 条，其中新确认 {{fresh}} 条（满 {{needed}} 条可再学）。',
  simulated: '模拟', simulatedWhy: '学自模拟数据，只提建议，不自动采用。', train: '现在学习', training: '已排队，学完会出现在下面。',
  inUse: '在用', refused: '未采用：在没见过的文字上不如现有模型', withdrawn: '已停用', byHand: '人工发起', byJob: '自动', model: '模型 {{name}}',
  macro: '各类平均成绩（宏平均）', macroWhy: '交叉验证：每条文字都由没见过它的模型来判断；± 是各折之间的波动', accuracy: '判断正确', examples: '学习条数', calibration: '把握与实际的差距', points: '{{value}} 个百分点',
  compared: '新旧模型在 {{count}} 条都没见过的文字上：旧 {{old}}，新 {{fresh}}。',
  automatic: '受理时自动采用', never: '不自动采用，只提建议', from: '把握 {{value}} 及以上', trust: '把握', share: '占全部', right: '其中正确', automaticHint: '自动采用的门槛不低于 80%；没见过的文字上正确率要达到 90%。',
  classes: '各类别', name: '类别', count: '条数', precision: '判为此类时正确', recall: '此类被认出', confusion: '最常混淆', mistaken: '{{actual}} 被当成 {{predicted}}', times: '{{count}} 次', noConfusion: '没有判错的。',
  history: '历次学习', at: '时间', result: '结果', withdraw: '停用', withdrawAsk: '停用后由上一个模型接替；没有上一个时只按提示词建议。', reason: '理由', withdrawDefault: '误判较多，先停用',
  confidence: '把握 {{value}}', byWords: '提示词', because: '依据：{{words}}', pick: '选用 {{name}}', proposals: '类别建议', group: '大类 {{name}} {{value}}',
}
