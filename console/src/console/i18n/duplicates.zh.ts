export const duplicates = {
  likely: '很可能是同一件', maybe: '可能相关', share: '同类情形 {{share}}% 为同一件', merge: '合并到此件', mergeTo: '合并到 {{number}}', search: '按编号查找其他事件', searchHint: '输入事件编号',
  none: '附近没有可能是同一件的事件。', found: '可能是同一件的事件 {{count}} 件', chosen: '合并到', pick: '请选择合并到哪一件',
  after: '合并后 {{number}} 共 {{count}} 条上报，上报人都会收到同一结果。', withdrawn: '撤回工单：{{units}}', limits: '{{count}} 个时限停走，撤销合并后接着计算', nothing: '没有需要撤回的工单。', undo: '可随时撤销。',
  master: '已合并，由此件办理：', masterHidden: '已合并到本中心看不到的事件，由共同上级办理。', merged: '并入 {{count}} 件', mergedOf: '报于 {{number}}', channels: '来源：{{names}}', more: '另有 {{count}} 条上报不在你的管辖范围内',
  bulk: '合并', bulkTitle: '合并所选 {{count}} 件', bulkMaster: '保留哪一件', bulkDo: '合并', bulkEach: '{{number}}：{{text}}', bulkOk: '可以合并', splitHint: '选中的上报会成为一件新事件，时限从上报时算起。',
  placeBack: '与原事件同一地点', placeHint: '默认与原事件同一地点。搜索地名，或在地图上点选、拖动标记来改变。',
  join: '作为补充上报并入', joined: '本次来电将并入 {{number}}', unjoin: '不并入',
}
