"""Sentences for what goes wrong with the map of risks, zh and en."""

from __future__ import annotations

from chengyun.kernel.errors import register_messages

register_messages(
    {
        "risk.too_many": (
            "一次最多看 {most} 个区域，请先选下一级区域。",
            "At most {most} regions are shown at once: choose a region further down first.",
        ),
        "risk.span": (
            "起止时间不正确：起始须早于结束，最长 {days} 天。",
            "The span cannot be used: it begins before it ends and has at most {days} days.",
        ),
    }
)
