export const offers = {
  title: '{{count}} 位邻居已反映', mine: '您已反映过，正在办理', about: '{{category}} · {{within}} 米内 · {{place}}', state: '{{state}} · {{time}}起', promised: '承诺 {{time}} 前处理', follow: '就是这件事，一键关注', again: '补充反映', hint: '关注后，进度和结果会一并告知您。看不到其他人的任何信息。', other: '不是同一件事，可继续提交。',
}
