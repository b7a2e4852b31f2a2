"""Sentences for what goes wrong with lookup, zh and en."""

from __future__ import annotations

from chengyun.kernel.errors import register_messages

register_messages(
    {
        "vitals.region_outside": (
            "没有这个区域，或不在您的管辖范围内。",
            "There is no such region in your jurisdiction.",
        ),
        "vitals.no_region": (
            "您的岗位没有管辖区域，看不到城市体征。",
            "Your post has no region, so it has no vital signs.",
        ),
        "vitals.no_sign": ("没有代码为“{sign}”的体征。", "There is no sign {sign}."),
        "vitals.span": (
            "起止时间不正确：起始须早于结束，最长 {days} 天。",
            "The span cannot be used: it begins before it ends and has at most {days} days.",
        ),
        "vitals.no_direction": (
            "这个体征没有好坏方向，不能设阈值。",
            "This sign has no bad direction and can have no thresholds.",
        ),
        "vitals.threshold.twice": ("每个等级只能有一条阈值。", "A level has one threshold."),
        "vitals.threshold.order": (
            "等级越高，阈值应越严（{level}）。",
            "A higher level begins further out ({level}).",
        ),
        "vitals.threshold.off": (
            "解除值须在触发值的安全一侧，或与其相同。",
            "The off value lies on the safe side of the on value, or equals it.",
        ),
        "vitals.threshold.range": (
            "超出该体征的有效范围，永远不会触发。",
            "Outside the sign's valid range: it could never be reached.",
        ),
        "vitals.threshold.nothing": ("没有可撤销的区域阈值。", "This region has no thresholds of its own."),
    }
)
