export const tour = {
  stories: '选择故事', label: '演示导览', close: '关闭导览', step: '第 {{step}} 步，共 {{of}} 步', back: '上一步', next: '下一步', end: '结束导览', enter: '以此岗位登录', phone: '打开手机端',
  advance: '时钟前进 {{days}} 天', resident: '居民 {{phone}}',
  who: {
    'banan-duty': '巴南区值班员', 'jiulongpo-duty': '九龙坡区值班员', 'jiulongpo-chief': '九龙坡区值班长', 'jlp-cg': '九龙坡区城市管理局', 'jlp-housing': '九龙坡区住房城乡建委',
    'shiqiaopu-enforcement': '石桥铺街道综合执法大队', 'yunfeng-duty': '云枫街道值班员', zhaiziping: '寨子坪社区', 'zhaiziping-grid': '寨子坪网格员',
  },
  truck: {
    name: '渣土车',
    seen: { title: '巴南区发现渣土车冒装', text: '登录后表单已填好示例：渝DC6XXX，渝南大道。核对地点和类别，提交。' },
    transfer: { title: '受理并移送九龙坡区', text: '在列表中打开这件事，先受理，再选「移送」，去向九龙坡区，理由：车辆去向与登记单位均在九龙坡。' },
    take: { title: '九龙坡区弹出提醒', text: '换成九龙坡区值班员。事件已在列表最上方，接收移送。' },
    dispatch: { title: '核实并分拨', text: '看建议和依据：主办区城市管理局，协办区住房城乡建委，交办石桥铺街道综合执法大队。若建议里没有街道执法大队，选「交办」搜索加上。确认分拨。' },
    bureau: { title: '城市管理局签收', text: '在工单上签收，开始处置。' },
    housing: { title: '住房城乡建委协办', text: '签收，反馈：已核对工地出土手续。' },
    street: { title: '街道执法大队处置', text: '可在手机端用 shiqiaopu-enforcement 登录，签收、处置，反馈结果并填写罚款 2000 元。' },
    wait: { title: '三天过去', text: '把演示时钟前进三天，所有人的时限一起走。' },
    report: { title: '主办单位反馈', text: '城市管理局汇总结果，反馈。' },
    close: { title: '核查、结案', text: '由没有参与处置的人核查通过，然后结案。经过里能看到每一步和依据。' },
  },
  drain: {
    name: '下水道',
    report: { title: '居民用手机上报', text: '在手机端用 13800000001 登录，验证码会显示在屏幕上。拍照或选照片，写「寨子坪社区门口下水道堵塞，污水外溢」。' },
    order: { title: '社区派网格员', text: '规则已把这件事直接派给寨子坪社区，不必层层批转，「为什么」里写着依据。社区签收工单，派给网格员吕军。' },
    handle: { title: '网格员处置', text: '在手机端用 zhaiziping-grid 登录，到场确认，请求疏通队协办，处置后拍照反馈。' },
    check: { title: '核查、结案', text: '街道核查照片，通过后结案。' },
    rate: { title: '居民评价', text: '回到居民手机端，能看到每一步，给出评价。' },
  },
}
