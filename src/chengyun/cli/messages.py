"""Sentences of the command line, zh and en."""

from __future__ import annotations

from chengyun.kernel.errors import register_messages

register_messages(
    {
        "cli.usage": (
            "用法有误：{said}（说明：{command} --help）",
            "Wrong usage: {said} (see {command} --help)",
        ),
        "cli.internal": (
            "程序内部错误：{kind}。详情在 {file}，请附上它报告问题。",
            "Internal error: {kind}. Details are in {file}; please attach it to a report.",
        ),
        "cli.file": ("文件“{file}”不能使用：{reason}。", "The file {file} cannot be used: {reason}."),
        "cli.not_text": (
            "文件“{file}”不是 UTF-8 文本。",
            "The file {file} is not UTF-8 text.",
        ),
        "cli.port_taken": (
            "端口 {port} 已被占用，请用 --port 另选一个。",
            "Port {port} is taken: choose another with --port.",
        ),
        "cli.ports_taken": (
            "端口 {first}–{last} 全部被占用，请用 --port 另选一个。",
            "All ports from {first} to {last} are taken: choose another with --port.",
        ),
        "cli.no_host": (
            "不能在地址“{host}”上监听：{reason}。请检查 --host。",
            "Cannot listen on {host}: {reason}. Check --host.",
        ),
        "cli.no_certificate": (
            "读不到证书或私钥“{file}”，请检查 CHENGYUN_TLS_CERT 和 CHENGYUN_TLS_KEY。",
            "The certificate or key {file} cannot be read: check CHENGYUN_TLS_CERT and CHENGYUN_TLS_KEY.",
        ),
        "cli.already_running": (
            "这个目录（{home}）的系统已在运行：{where}。另起一套请设置不同的 CHENGYUN_HOME。",
            "This home ({home}) is running already: {where}. For another installation set another CHENGYUN_HOME.",
        ),
        "cli.not_healthy": (
            "网页服务 {seconds} 秒内没有就绪，日志在 {log}。",
            "The web server was not ready within {seconds} s; its log is {log}.",
        ),
        "cli.web_ended": (
            "网页服务启动后退出（{exit}），原因见上文和日志 {log}。",
            "The web server ended while starting ({exit}); see above and its log {log}.",
        ),
        "cli.real_data": (
            "这个数据库里是正式数据，不能作为演示运行。演示请设置不同的 CHENGYUN_HOME。",
            "This database holds a real installation and cannot run as a demo. Set another CHENGYUN_HOME for the demo.",
        ),
        "cli.no_region": ("找不到区划“{name}”。", "There is no region {name}."),
        "cli.many_regions": (
            "“{name}”有多个，请改用代码：{found}",
            "{name} is not unique; use its code: {found}",
        ),
        "cli.no_unit": (
            "{region}没有“{kind}”这类单位；有：{found}",
            "{region} has no unit of kind {kind}; it has: {found}",
        ),
        "cli.unit_needed": (
            "角色“{role}”需要 --unit 指明单位类别，{region}有：{found}",
            "The role {role} needs --unit; {region} has: {found}",
        ),
        "cli.no_role": ("没有角色“{role}”；有：{found}", "There is no role {role}; there are: {found}"),
        "cli.no_person": ("没有登录名为“{login}”的人员。", "There is nobody with the login {login}."),
        "cli.no_territory": (
            "还没有区划：请先运行 chengyun territory import（见 docs/howto/import-territory.md）。",
            "There is no territory yet: run chengyun territory import first (see docs/howto/import-territory.md).",
        ),
        "cli.no_bench": (
            "没有名为“{name}”的测速项目；有：{found}",
            "There is no benchmark {name}; there are: {found}",
        ),
        "cli.bench_options": ("测速项目 {name} 需要的参数：{needs}", "The benchmark {name} takes: {needs}"),
        "backup.no_folder": (
            "没有备份目录：请用 --to 指明，或设置 CHENGYUN_BACKUP_DIR。",
            "There is no folder for backups: name it with --to, or set CHENGYUN_BACKUP_DIR.",
        ),
        "backup.foreign": (
            "数据库在你自己的 PostgreSQL 上（CHENGYUN_DATABASE_URL），请用它的工具备份（pg_basebackup 加日志归档）。"
            "CHENGYUN_HOME 中的附件和密钥另行备份，见 docs/howto/backup.md。",
            "The database is on a PostgreSQL of your own (CHENGYUN_DATABASE_URL): back it up and restore it with that"
            " server's tools (pg_basebackup with an archived log). Attachments and the secret key in CHENGYUN_HOME are"
            " copied apart: see docs/howto/backup.md.",
        ),
        "backup.failed": ("备份失败：{reason}", "The backup failed: {reason}"),
        "backup.damaged": (
            "备份已损坏或不完整：{file}。什么也没有改变。",
            "The backup is damaged or incomplete: {file}. Nothing was changed.",
        ),
        "backup.none": (
            "在 {folder} 中没有找到该时刻之前完成的备份。",
            "There is no backup in {folder} that was done before that moment.",
        ),
        "backup.too_early": (
            "这份备份完成于 {done}，不能恢复到更早的 {at}；请选更早的备份。",
            "This backup was done at {done} and cannot go back to {at}: choose an older one.",
        ),
        "backup.not_reached": (
            "日志没有到达 {at}，最后一笔是 {last}。什么也没有改变；不带 --at 可恢复到最新。",
            "The log does not reach {at}; its last transaction is of {last}. Nothing was changed; without --at the newest"
            " state is restored.",
        ),
        "backup.wal_gap": (
            "日志归档 {folder} 在第 {after} 段之后缺失。什么也没有改变。",
            "The archived log in {folder} has a gap after segment {after}. Nothing was changed.",
        ),
        "backup.wal_short": (
            "日志段不完整：{file}。什么也没有改变。",
            "A segment of the log is cut off: {file}. Nothing was changed.",
        ),
        "backup.wal_broken": (
            "日志归档 {folder} 在 {lsn} 处损坏，其后的内容不能恢复。什么也没有改变；可用 --at 恢复到损坏之前。",
            "The archived log in {folder} is damaged at {lsn}; what follows cannot be restored. Nothing was changed; --at"
            " restores to a moment before.",
        ),
        "backup.living": (
            "目录 {home} 里已有数据。确实要用备份代替，请加 --replace（原数据会改名保留）。",
            "There is data in {home} already. To put the backup in its place add --replace; what is there is kept under"
            " another name.",
        ),
        "backup.in_use": (
            "目录 {home} 的数据库正在被其他进程使用，请先停止。",
            "The database of {home} is in use by another process: stop that first.",
        ),
        "backup.other_key": (
            "密钥文件 {file} 不是这份备份的密钥（或不存在）：备份不含密钥，请用 --key 指明另行保管的那一份。",
            "The key file {file} is not the one of this backup, or not there: a backup never holds the key; name the one"
            " that you kept apart with --key.",
        ),
        "backup.audit_broken": (
            "恢复出来的审计链在第 {seq} 条断开（{why}）。什么也没有改变。",
            "The restored audit chain is broken at {seq} ({why}). Nothing was changed.",
        ),
        "cli.no_checkout": (
            "测速项目只在源码目录里有（bench/）。",
            "Benchmarks come with the source only (bench/).",
        ),
    }
)
