"""Sentences of the kernel and of HTTP itself, zh and en."""

from __future__ import annotations

from chengyun.kernel.errors import register_messages

register_messages(
    {
        "http.400": ("请求有误", "Bad request"),
        "http.401": ("未登录", "Not signed in"),
        "http.403": ("没有权限", "Not permitted"),
        "http.404": ("找不到", "Not found"),
        "http.405": ("不支持这种操作", "Method not allowed"),
        "http.406": ("不支持这种格式", "Not acceptable"),
        "http.409": ("与现有状态冲突", "Conflict"),
        "http.410": ("已经失效", "Gone"),
        "http.413": ("内容过大", "Too large"),
        "http.415": ("不支持这种内容类型", "Unsupported media type"),
        "http.422": ("有些内容不能使用", "Some fields cannot be used"),
        "http.429": ("操作过于频繁", "Too many requests"),
        "http.500": ("系统内部错误", "Internal error"),
        "http.503": ("暂时不可用", "Unavailable"),
        "http.other": ("请求未能完成", "The request could not be completed"),
        "kernel.invalid": ("有 {count} 处内容需要修改。", "{count} field(s) need a change."),
        "kernel.forbidden": (
            "你的岗位没有这项权限：{permission}。",
            "Your post lacks the permission {permission}.",
        ),
        "database.busy": ("数据库繁忙，请稍后重试。", "The database is busy; try again shortly."),
        "database.slow": ("数据库响应超时，请稍后重试。", "The database took too long; try again shortly."),
        "database.unreachable": (
            "数据库暂时无法访问，什么也没有保存，请重试。",
            "The database is out of reach; nothing was stored. Try again.",
        ),
        "database.disk_full": (
            "数据库所在磁盘已满，什么也没有保存。请清理磁盘后重试。",
            "The database's disk is full; nothing was stored. Free some space and try again.",
        ),
        "database.too_old": (
            "PostgreSQL {found} 过旧，至少需要 {oldest}。",
            "PostgreSQL {found} is too old; at least {oldest} is needed.",
        ),
        "database.role_missing": (
            "数据库里没有角色 {role}，请按 docs/howto/own-postgresql.md 创建。",
            "The database has no role {role}; create it as docs/howto/own-postgresql.md shows.",
        ),
        "database.role_unsafe": (
            "角色 {role} 可以绕过行级安全（超级用户、BYPASSRLS 或表的所有者），不能用来运行本系统。",
            "The role {role} could pass row-level security (superuser, BYPASSRLS or owner of tables);"
            " the product must not run as it.",
        ),
        "database.not_set": (
            "没有数据库地址：请设置 CHENGYUN_DATABASE_URL，或用 chengyun up 启动自带的数据库。",
            "No database address: set CHENGYUN_DATABASE_URL, or let `chengyun up` start the embedded one.",
        ),
        "migrations.newer": (
            "数据库结构（{found}）比本程序（{head}）新，不能使用。请换用更新的程序版本。",
            "The database's schema ({found}) is newer than this program ({head}). Use a newer version of the program.",
        ),
        "migrations.older": (
            "数据库结构（{found}）比本程序（{head}）旧，请先运行 chengyun migrate。",
            "The database's schema ({found}) is older than this program ({head}). Run `chengyun migrate` first.",
        ),
        "migrations.locked": (
            "有其他操作占用了数据表，升级等待超时，什么也没有改变。请稍后重试。",
            "Another operation holds the tables; the upgrade gave up waiting and changed nothing. Try again later.",
        ),
        "embedded.disk_full": (
            "磁盘空间不足（剩余 {free_mb} MB，数据库需要 {need_mb} MB）。请清理磁盘，或用 CHENGYUN_HOME 指定其他磁盘。",
            "The disk is full ({free_mb} MB left, the database needs {need_mb} MB)."
            " Free some space, or set CHENGYUN_HOME to a folder on another disk.",
        ),
        "embedded.no_account": (
            "以 root 运行时，数据库要换用普通系统账号，但没有“{name}”这个账号。请用 CHENGYUN_POSTGRES_USER 指定一个。",
            "Run as root, the database needs an ordinary system account, and there is no “{name}”."
            " Name one with CHENGYUN_POSTGRES_USER.",
        ),
        "embedded.cannot_drop": (
            "当前环境不允许切换到账号“{name}”，而 PostgreSQL 不能以 root 运行。请改用普通用户启动。",
            "This environment does not allow changing to the account “{name}”, and PostgreSQL refuses to run as root."
            " Start as an ordinary user.",
        ),
        "embedded.no_place": (
            "数据库没有可用的数据目录：“{folder}”不可写。请用 CHENGYUN_HOME 指定可写的目录。",
            "The database has no folder that it can use: “{folder}” cannot be written. Set CHENGYUN_HOME to one that can.",
        ),
        "embedded.no_archive": (
            "数据库账号不能写入备份目录 {folder}，请检查 CHENGYUN_BACKUP_DIR 和上级目录的权限。",
            "The database's account cannot write the backup folder {folder}: check CHENGYUN_BACKUP_DIR and the"
            " rights of the folders above it.",
        ),
        "embedded.unreachable": (
            "已有数据在“{folder}”，但运行数据库的账号进不去。请开放上级目录的进入权限，或把它移到别处并设置 CHENGYUN_HOME。",
            "There is data in “{folder}”, and the account that runs the database cannot get there."
            " Let others enter the folders above it, or move it and set CHENGYUN_HOME.",
        ),
        "embedded.other_major": (
            "现有数据属于 PostgreSQL {found}，自带的是 {ours}。请先用 pg_dump 导出，或换回原来的版本。",
            "The data belongs to PostgreSQL {found}, the embedded one is {ours}. Dump it first, or go back to the old version.",
        ),
        "embedded.not_started": (
            "自带的 PostgreSQL 未能启动：{reason}（日志：{log}）",
            "The embedded PostgreSQL did not start: {reason} (log: {log})",
        ),
        "embedded.not_stopped": (
            "自带的 PostgreSQL（进程 {pid}）没有停下来。",
            "The embedded PostgreSQL (process {pid}) did not stop.",
        ),
        "idempotency.body_differs": (
            "同一个 Idempotency-Key 已用于另一份内容。",
            "This Idempotency-Key was already used with a different body.",
        ),
        "settings.invalid": ("设置有误：{keys}。", "Wrong settings: {keys}."),
        "settings.not_int": ("“{value}”不是整数。", "“{value}” is not a whole number."),
        "settings.not_bool": ("“{value}”不是 1 或 0。", "“{value}” is neither 1 nor 0."),
        "settings.not_network": (
            "“{value}”不是网段（如 10.0.0.0/8）。",
            "“{value}” is no network such as 10.0.0.0/8.",
        ),
        "settings.not_broker": (
            "“{value}”不是 mqtt:// 或 mqtts:// 地址。",
            "“{value}” is no address such as mqtt://host:1883 or mqtts://host:8883.",
        ),
        "settings.range": ("须在 {low} 至 {high} 之间。", "Must be between {low} and {high}."),
        "settings.choice": ("只能是 {choices}。", "Must be one of {choices}."),
        "settings.together": ("须与 {other} 同时设置。", "Must be set together with {other}."),
        "field.missing": ("必须填写。", "Required."),
        "field.invalid": ("这个值不能使用。", "This value cannot be used."),
        "field.too_short": ("太短，至少 {min_length} 个字。", "Too short: at least {min_length} characters."),
        "field.too_long": ("太长，最多 {max_length} 个字。", "Too long: at most {max_length} characters."),
        "field.too_many": ("太多，最多 {max_length} 项。", "Too many: at most {max_length}."),
        "field.too_small": ("数值太小。", "The number is too small."),
        "field.too_large": ("数值太大。", "The number is too large."),
        "field.projected": (
            "不是经纬度（度），像是投影坐标（米）：请换算成经纬度。",
            "These are not degrees but look like projected metres: send longitude and latitude.",
        ),
        "field.not_a_number": ("必须是有限的数字。", "Must be a finite number."),
        "field.not_a_boolean": ("必须是“是”或“否”。", "Must be true or false."),
        "field.not_a_time": ("不是有效的时间。", "Not a valid time."),
        "field.no_time_zone": ("时间缺少时区。", "The time lacks a time zone."),
        "field.not_allowed": ("不在允许的取值之内。", "Not one of the allowed values."),
        "field.not_json": ("不是有效的 JSON。", "Not valid JSON."),
        "field.unknown": ("没有这个字段。", "There is no such field."),
        "field.not_text": ("必须是文字。", "Must be text."),
        "web.body_too_large": (
            "上传内容超过 {limit_mb} MB 的上限。",
            "The upload exceeds the limit of {limit_mb} MB.",
        ),
        "web.not_utf8": (
            "正文不是 UTF-8（也许是 GBK）：请用 UTF-8，或在 Content-Type 中写明 charset=gbk。",
            "The body is not UTF-8 (perhaps GBK): send UTF-8, or declare charset=gbk in the Content-Type.",
        ),
        "audit.no_witness": (
            "见证方 {url} 没有应答（{reason}）。",
            "The witness {url} does not answer ({reason}).",
        ),
        "audit.contradicted": (
            "这个链头与此前收到的不一致，没有保存；这次已记入审计。",
            "This head contradicts one received before and was not kept; that it came is on record.",
        ),
        "web.overloaded": (
            "系统繁忙，请 {retry_after} 秒后重试。涉及生命安全的上报优先受理。",
            "The system is busy: try again in {retry_after} s. Reports about life and limb go first.",
        ),
        "web.disk_full": (
            "服务器磁盘已满，什么也没有保存，请稍后重试。",
            "The server's disk is full; nothing was stored. Try again later.",
        ),
        "web.database_away": (
            "数据库暂时无法访问，什么也没有保存，请重试。",
            "The database is out of reach; nothing was stored. Try again.",
        ),
    }
)
