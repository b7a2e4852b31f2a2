/** Things: devices, their datastreams and secrets, and the table that registers many. */
export const things = {
  title: '感知设备', export: '导出', new: '登记设备', total: '{{count}} 台', search: '编号、名称、地址', kind: '设备类型', state: '状态', inUse: '在用', retired: '已停用', any: '全部', region: '区域', owner: '权属单位',
  code: '设备编号', name: '名称', place: '位置', none: '没有符合条件的设备。可放宽筛选条件，或登记新设备。', nowhere: '还没有登记任何设备。', simulated: '模拟', noOwner: '未指定',
  codeHint: '设备上报时使用的编号，登记后不能更改', lon: '经度', lat: '纬度', datum: '坐标系', address: '地址', quota: '每分钟限额', quotaHint: '不填则按设备类型计算', perMinute: '条/分', pick: '在地图上点选位置', map: '设备位置的地图',
  edit: '修改', save: '保存', cancel: '取消', made: '已登记设备', saved: '已保存', retire: '停用', retireAsk: '停用后不再接收这台设备的数据，已存数据保留。', restore: '恢复使用', retiredDone: '已停用设备', restoredDone: '已恢复设备',
  stream: {
    title: '测点', measures: '测量', unit: '计量单位', unitHint: '设备上报的单位；不同于 {{unit}} 时须填写换算', range: '量程', low: '量程下限', high: '量程上限', interval: '上报间隔', intervalSeconds: '上报间隔（秒）', seconds: '{{count}} 秒',
    calibration: '校准', raw: '原始值 × {{scale}} + {{shift}}', none: '未校准', at: '{{day}} 校准', scale: '校准系数', shift: '校准偏移', day: '校准日期', dayHint: '改了系数或偏移而不填日期，则记为今天', sentinels: '无效值', sentinelsHint: '设备用来表示“没有数值”的数，用空格隔开', edit: '调整', title2: '调整测点：{{name}}', saved: '已调整测点，对以后的数据生效', wrongSentinels: '请填写数，用空格隔开',
  },
  secret: { title: '设备密钥', has: '已签发密钥。', hasNot: '还没有密钥，设备不能用自己的凭证上报。', issue: '签发密钥', rotate: '更换密钥', ask: '原密钥立即失效，设备须改用新密钥。', shown: '请现在抄录，仅显示这一次：', done: '已签发密钥' },
  counts: { title: '近 7 天的数据', day: '日期', what: '结果', n: '条数', none: '近 7 天没有收到这台设备的数据。' },
  properties: '其他属性',
  import: {
    open: '批量登记', title: '批量登记感知设备', choose: '选择表格', template: '下载模板', hint: '电子表格或 CSV（国标编码也可），每行一台设备，最多 100000 行；同一设备的其他行可写明另一测点的量程和校准。先逐行核对，全部无误才登记。',
    sending: '正在上传', checking: '正在逐行核对', making: '正在登记', ready: '{{lines}} 行，{{things}} 台设备，可以登记。', faults: '{{lines}} 行中有 {{faults}} 处问题，改好后重新选择文件。', first: '以下为前 {{count}} 处。', ignored: '以下列不导入：{{columns}}。',
    act: '登记 {{things}} 台', done: '已登记 {{things}} 台设备', secrets: '同时为每台设备签发密钥', keep: '密钥仅能在此下载一次。', download: '下载密钥', close: '完成', line: '行', column: '列', problem: '问题', none: '没有问题。', progress: '导入进度',
  },
}
