"""Error and screen messages of sensing, Chinese first."""

from __future__ import annotations

from chengyun.kernel.errors import register_messages

MESSAGES: dict[str, tuple[str, str]] = {
    "thing.not_found": (
        "没有这台设备，或不在您的管辖范围内。",
        "There is no such device in your jurisdiction.",
    ),
    "thing.elsewhere": (
        "这台设备不在您管辖的区域内，只能查看。",
        "This device stands outside the regions you govern: you may look at it only.",
    ),
    "thing.outside": ("该位置不在您的管辖范围内。", "This place is outside your jurisdiction."),
    "thing.outside_city": ("该位置不在本市范围内。", "This place lies outside the city."),
    "thing.code": (
        "设备编号须为 1–100 位字母、数字、点、横线、下划线或冒号，并以字母或数字开头。",
        "A device code has 1–100 letters, digits, dots, hyphens, underscores or colons and starts with a letter or digit.",
    ),
    "thing.code_taken": ("设备编号“{code}”已被使用。", "The device code “{code}” is already in use."),
    "thing.code_twice": (
        "设备编号“{code}”重复：同一设备的其他行须写明测点。",
        "The device code “{code}” occurs twice: further lines of one device must name a datastream.",
    ),
    "thing.two_values": (
        "与该设备的第一行不一致（“{first}”）。",
        "This differs from the device's first line (“{first}”).",
    ),
    "thing.name": ("名称须为 1–{most} 个字。", "A name has 1–{most} characters."),
    "thing.address": ("地址最多 {most} 个字。", "An address has at most {most} characters."),
    "thing.kind_unknown": ("没有名为“{kind}”的设备类型。", "There is no type of device “{kind}”."),
    "thing.quota": (
        "每分钟限额须为 1–{most} 的整数。",
        "A quota is a whole number from 1 to {most} a minute.",
    ),
    "thing.number": ("“{found}”不是数。", "“{found}” is no number."),
    "thing.datum": (
        "坐标系须为 WGS84、GCJ02 或 BD09，不能是“{found}”。",
        "The datum is WGS84, GCJ02 or BD09, not “{found}”.",
    ),
    "thing.stream_unknown": (
        "该类设备没有测点“{name}”，可用：{known}。",
        "This type of device has no datastream “{name}”. It has: {known}.",
    ),
    "thing.stream_twice": ("测点“{name}”出现了两次。", "The datastream “{name}” occurs twice."),
    "thing.stream_missing": (
        "请写明是哪个测点：{known}。",
        "Say which datastream this is about: {known}.",
    ),
    "thing.import_refused": (
        "表格有 {count} 处问题，未登记任何设备。",
        "The table has {count} faults; nothing was registered.",
    ),
    "thing.import_too_large": ("表格最多 {most} 兆。", "A table has at most {most} megabytes."),
    "thing.export_too_many": (
        "超过 {most} 行，请先筛选再导出。",
        "More than {most} lines: narrow the list down before you export it.",
    ),
    "stream.not_found": (
        "没有这个测点，或不在您的管辖范围内。",
        "There is no such datastream in your jurisdiction.",
    ),
    "stream.number": ("须为有限的数。", "This must be a finite number."),
    "stream.range": ("量程上限须大于下限。", "The upper bound must be above the lower one."),
    "stream.interval": (
        "上报间隔须大于零秒，不超过一年。",
        "An interval is above zero seconds and at most a year.",
    ),
    "stream.scale": ("校准系数不能为零。", "The scale must not be zero."),
    "stream.unit": ("计量单位须为 1–40 个字符。", "A unit has 1–40 characters."),
    "stream.unit_uncalibrated": (
        "计量单位不同于“{unit}”时，须填写换算到该单位的校准系数或偏移。",
        "Where the unit is not “{unit}”, scale or shift must convert to it.",
    ),
    "stream.sentinels": (
        "无效值最多 {most} 个，且须为有限的数。",
        "At most {most} sentinels, all finite numbers.",
    ),
    "kind.refused": ("设备类型有 {count} 处错误。", "The types of devices have {count} faults."),
    "kind.code": (
        "编码须为小写字母、数字、连字符和下划线。",
        "A code has lower-case letters, digits, hyphens and underscores.",
    ),
    "kind.empty": ("设备类型至少有一个测点。", "A type of device has at least one quantity."),
    "kind.anomaly": (
        "异常预警级别为 0 至 4，每月次数大于 0、不超过 {most:g}。",
        "The level of anomalies is 0 to 4, how often a month above 0 and at most {most:g}.",
    ),
    "kind.quantity_code": ("测点编码须为“{kind}.名称”。", "The code of a quantity is “{kind}.name”."),
    "kind.unit_in_use": (
        "测点 {names} 已有设备在用，不能更改计量单位。",
        "Devices measure {names} already: its unit cannot change.",
    ),
    "reading.accepted": ("已接收", "accepted"),
    "reading.duplicate": ("重复", "duplicate"),
    "reading.late": ("迟到", "late"),
    "reading.too_late": ("过迟，仅存档", "too late, stored only"),
    "reading.stuck": ("数值不变", "stuck"),
    "reading.unknown_thing": ("未知设备", "unknown device"),
    "reading.unknown_stream": ("未知测点", "unknown datastream"),
    "reading.wrong_unit": ("计量单位不符", "wrong unit"),
    "reading.not_a_number": ("不是数", "not a number"),
    "reading.infinite": ("无穷大", "infinite"),
    "reading.bad_moment": ("时间无法识别", "unreadable moment"),
    "reading.future": ("时间在未来", "in the future"),
    "reading.sentinel": ("设备报无效值", "the device's mark for no value"),
    "reading.out_of_range": ("超出量程", "out of range"),
    "reading.quota": ("超过限额", "over quota"),
    "reading.forbidden": ("凭证不符", "wrong credentials"),
}
register_messages(MESSAGES)
