export const admin = {
  label: '系统管理',
  nav: { people: '人员与岗位', units: '单位', tokens: '访问令牌', sessions: '登录会话', changes: '变更与撤销', audit: '审计查询' },
}
