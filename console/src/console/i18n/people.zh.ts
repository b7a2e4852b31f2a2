/** People from a table, and the dates of posts. */
export const people = {
  import: {
    open: '批量导入', title: '批量导入人员和岗位', choose: '选择表格', template: '下载模板', hint: '电子表格或 CSV（国标编码也可），每行一个岗位，最多 500 行。先逐行核对，全部无误才导入；密码另行设置。',
    ready: '{{rows}} 行，{{people}} 人，可以导入。', faults: '{{rows}} 行中有 {{faults}} 处问题，改好后重新选择文件。', ignored: '以下列不导入：{{columns}}。', act: '导入 {{people}} 人', done: '已导入 {{people}} 人',
    line: '行', fine: '无误', result: '核对结果', region: '区划代码', none: '没有可核对的行。',
  },
  dates: { edit: '调整任期', saved: '已调整任期', save: '保存任期', open: '至今' },
}
