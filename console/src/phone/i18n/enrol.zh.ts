/** Setting up the second factor on the phone that is also the authenticator. */
export const enrol = {
  title: '设置第二因素', why: '您的岗位要求第二因素：登录时除密码外，再输入验证器里的六位数字。', install: '先在本机装好验证器应用（任何支持 TOTP 的都可以）。',
  open: '打开验证器', none: '没有反应？在验证器里选“手工输入密钥”，粘贴：', copy: '复制密钥', copied: '已复制', code: '验证器里的六位数字', confirm: '确认',
  recovery: '恢复码', recoveryHint: '手机丢了，每个恢复码可代替一次。请抄下，只显示这一次，不要只存在本机。', kept: '已抄下，进入', again: '重新开始', back: '返回登录',
}
