"""Error and screen messages of identity, Chinese first."""

from __future__ import annotations

from chengyun.kernel.errors import register_messages

MESSAGES: dict[str, tuple[str, str]] = {
    "login.failed": ("账号或密码不正确。", "The login or the password is wrong."),
    "login.locked": (
        "连续多次登录失败，请 {retry_after} 秒后再试，或联系系统管理员重置密码。",
        "Too many failed sign-ins. Try again in {retry_after} seconds, or ask an administrator to reset the password.",
    ),
    "login.no_post": (
        "该账号目前没有有效岗位，请联系系统管理员。",
        "This account holds no post at present. Please ask an administrator.",
    ),
    "login.shape": (
        "登录名须为 2–63 位小写字母、数字、点、横线或下划线，并以字母或数字开头。",
        "A login has 2–63 lower-case letters, digits, dots, hyphens or underscores and starts with a letter or digit.",
    ),
    "login.taken": ("登录名“{login}”已被使用。", "The login “{login}” is already in use."),
    "session.ended": ("登录已失效，请重新登录。", "Your session has ended. Please sign in again."),
    "session.not_found": ("没有这个登录会话，或已结束。", "There is no such session, or it has ended."),
    "session.required": ("请先登录。", "Please sign in first."),
    "token.invalid": ("访问令牌无效或已过期。", "The API token is invalid or has expired."),
    "csrf.header_missing": (
        "缺少请求头 X-Chengyun: 1，已拒绝写操作。",
        "The header X-Chengyun: 1 is missing; the write was refused.",
    ),
    "post.not_yours": ("您没有这个岗位，或岗位已结束。", "You do not hold this post, or it has ended."),
    "post.role_unknown": ("没有名为“{role}”的岗位角色。", "There is no role “{role}”."),
    "post.area_outside": (
        "网格须在该岗位所在的村（社区）之内。",
        "The grids must lie inside the village of the post.",
    ),
    "post.dates": ("岗位的结束时间须晚于开始时间。", "A post ends after it begins."),
    "post.not_found": ("没有这个岗位。", "There is no such post."),
    "person.not_found": (
        "没有这位人员，或不在您的管辖范围内。",
        "There is no such person in your jurisdiction.",
    ),
    "unit.not_found": ("没有这个单位。", "There is no such unit."),
    "unit.outside": (
        "该单位不在您的管辖范围内。",
        "This unit is outside your jurisdiction.",
    ),
    "resident.not_found": ("没有这位居民。", "There is no such resident."),
    "password.too_short": ("密码至少 8 位。", "A password has at least 8 characters."),
    "password.too_long": ("密码最多 256 位。", "A password has at most 256 characters."),
    "password.too_common": ("密码过于常见，请换一个。", "This password is too common. Choose another."),
    "password.holds_login": ("密码不能包含登录名。", "A password must not contain the login."),
    "password.wrong": ("原密码不正确。", "The current password is wrong."),
    "token.permissions": (
        "令牌不能包含这些权限：{names}。",
        "A token may not carry these permissions: {names}.",
    ),
    "token.region_outside": (
        "令牌的区划须在您的管辖范围内。",
        "The token's region must lie in your jurisdiction.",
    ),
    "token.lifetime": ("有效期须为 1–730 天。", "A token lives 1 to 730 days."),
    "token.not_found": ("没有这个令牌。", "There is no such token."),
    "break_glass.reason": (
        "请写明紧急访问的理由（至少 10 个字）。",
        "Give the reason for emergency access (at least 10 characters).",
    ),
    "break_glass.minutes": (
        "紧急访问须在 1–{most} 分钟之内。",
        "Emergency access lasts 1 to {most} minutes.",
    ),
    "break_glass.posts_only": (
        "只有在岗人员可以紧急访问。",
        "Only people with a post may use emergency access.",
    ),
    "duty.not_at_a_centre": (
        "当前岗位不在治理中心值班序列，不能上岗值班。",
        "This post does not stand duty at a governance centre.",
    ),
    "phone.shape": ("请输入 11 位手机号码。", "Enter a mobile number of 11 digits."),
    "code.too_many": (
        "验证码请求过于频繁，请 {retry_after} 秒后再试。",
        "Too many codes were asked for. Try again in {retry_after} seconds.",
    ),
    "code.wrong": ("验证码不正确或已过期。", "The code is wrong or has expired."),
    "code.no_provider": (
        "短信服务尚未配置，暂时不能用手机号登录；您仍可匿名上报。",
        "No SMS provider is set up, so signing in by phone is not possible yet. You can still report without a name.",
    ),
    "resident.blocked": (
        "该手机号已被暂停上报至 {until}。",
        "Reports from this phone number are suspended until {until}.",
    ),
    "language.unknown": ("语言须为 zh 或 en。", "The language is zh or en."),
    "demo.refused": (
        "演示账号只能在演示模式下建立，且该库中不能已有真实账号。",
        "Demo accounts exist in demo mode only, in a database without real accounts.",
    ),
    "demo.left_over": (
        "数据库中有演示账号，不能作为正式系统启动。请换一个数据库，或用演示模式启动。",
        "The database holds demo accounts and cannot serve a real installation. Use another database or demo mode.",
    ),
    "demo.absent": ("没有演示账号。", "There are no demo accounts."),
    "admin.exists": (
        "已有系统管理员，请由其新建账号。",
        "There is an administrator already, who can create accounts.",
    ),
    "factor.required": ("请输入第二因素验证码。", "Enter the code of your second factor."),
    "factor.enrolment": (
        "您的岗位要求第二因素，请先完成设置。",
        "Your post asks for a second factor. Set it up first.",
    ),
    "factor.wrong": ("验证码不正确、已用过或已过期。", "The code is wrong, used up or has expired."),
    "factor.stale": (
        "此操作需要再次输入第二因素验证码。",
        "Enter the code of your second factor again for this.",
    ),
    "factor.exists": ("第二因素已经启用。", "A second factor is set up already."),
    "factor.not_begun": ("请先扫描二维码。", "Scan the picture first."),
    "factor.none": ("没有启用第二因素。", "There is no second factor."),
    "factor.mandatory": (
        "您的岗位要求第二因素，不能停用。",
        "Your post asks for a second factor; it cannot be switched off.",
    ),
    "factor.people_only": ("第二因素只用于工作人员账号。", "Second factors are for staff accounts."),
    "session.cut": (
        "此设备已被切断，本机保存的数据已清除。",
        "This device was cut off; what it kept has been wiped.",
    ),
    "session.expired": ("会话已过期，无法恢复。", "The session has expired and cannot be reopened."),
    "device.cut": ("此设备已被切断。", "This device was cut off."),
    "device.people_only": ("请先登录。", "Please sign in first."),
    "person.elsewhere": (
        "此人在您的管辖范围之外还有岗位，须由上级管理员办理。",
        "This person also holds a post outside your jurisdiction. An administrator above must do this.",
    ),
    "person.self": ("不能对自己的账号这样做。", "This cannot be done to one's own account."),
    "password.no_former": ("没有可以恢复的原密码。", "There is no former password to go back to."),
    "import.too_large": ("表格不能超过 {most} MB。", "A table may have at most {most} MB."),
    "import.refused": (
        "表格中有 {count} 处问题，没有导入任何一行。",
        "The table has {count} faults; no row of it was imported.",
    ),
    "import.no_column": ("表格缺少列：{columns}。", "Columns are missing: {columns}."),
    "import.rows": (
        "一次导入 1 至 {most} 行，此表有 {found} 行。",
        "Import 1 to {most} rows at a time; this table has {found}.",
    ),
    "import.no_name_of_person": ("请填写姓名（最多 100 字）。", "Give a name (at most 100 characters)."),
    "import.two_names": (
        "登录名“{login}”在表中有两个姓名。",
        "The login “{login}” has two names in the table.",
    ),
    "import.region_unknown": ("没有代码为“{code}”的区划。", "No region has the code “{code}”."),
    "import.unit_unknown": ("没有名为“{name}”的单位。", "There is no unit “{name}”."),
    "import.unit_ambiguous": (
        "名为“{name}”的单位不止一个，请填区划代码或单位编号。",
        "Several units are called “{name}”: give the region code or the unit's number.",
    ),
    "import.day": ("“{found}”不是日期，请写成 2026-01-31。", "“{found}” is no date: write 2026-01-31."),
    "unit.kind": (
        "单位类别须为小写字母、数字和连字符，且不能是治理中心。",
        "A kind of unit has lower-case letters, digits and hyphens, and is not a governing centre.",
    ),
    "unit.name": ("请填写单位名称（最多 80 字）。", "Give the unit's name (at most 80 characters)."),
    "unit.kind_taken": (
        "该区划已有同类单位（{kind}）。",
        "The region has a unit of this kind already ({kind}).",
    ),
    "unit.centre": (
        "治理中心只能随区划调整撤并。",
        "A governing centre ends by a reorganisation of regions only.",
    ),
    "unit.not_living": ("单位已撤并，或与并入的单位相同。", "The unit has ended, or both are the same."),
    "unit.not_merged": ("单位没有被撤并。", "The unit has not been merged."),
    "change.not_found": (
        "没有这项变更，或不在您的管辖范围内。",
        "There is no such change in your jurisdiction.",
    ),
    "change.undone": ("这项变更已经撤销。", "This change has been undone already."),
    "change.stood_on": (
        "之后还有变更“{change}：{label}”（{who}），请先撤销它。",
        "A newer change stands on it: “{change}: {label}” by {who}. Undo that first.",
    ),
    "oidc.unknown": ("没有这个统一认证服务。", "There is no such sign-in provider."),
    "oidc.settings": ("统一认证配置有误：{why}", "The file of sign-in providers is wrong: {why}"),
    "oidc.unreachable": (
        "统一认证服务暂时无法访问，请稍后再试或用密码登录。",
        "The sign-in provider cannot be reached. Try later, or sign in by password.",
    ),
    "oidc.refused": (
        "统一认证的答复未通过核验，请重新登录。",
        "The provider's answer could not be verified. Please sign in again.",
    ),
    "oidc.expired": (
        "登录已超时或不是从本浏览器发起，请重新登录。",
        "The sign-in took too long or began in another browser.",
    ),
    "oidc.no_account": (
        "统一认证账号尚未关联本系统人员，请联系系统管理员。",
        "This account is not linked to a person here. Please ask an administrator.",
    ),
    "account.taken": ("该账号已关联其他人员。", "The account is linked to somebody else."),
    "account.not_found": ("没有这个关联账号。", "There is no such linked account."),
    "audit.whole_only": (
        "审计链须完整导出，只有全市范围的岗位可以导出；您可以查询本辖区。",
        "The audit chain is exported whole, by posts over the whole city. You can search your own jurisdiction.",
    ),
    "secret.unreadable": (
        "密钥文件 {path} 无法读取或已损坏。",
        "The secret file {path} cannot be read or is damaged.",
    ),
}

register_messages(MESSAGES)
