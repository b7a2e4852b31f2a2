"""Texts of checkups."""

from __future__ import annotations

from chengyun.kernel.errors import register_messages

register_messages(
    {
        "checkup.not_found": (
            "没有编号为 {id} 的体检表, 或不在你的管辖范围内",
            "There is no checkup {id} that you may read",
        ),
        "checkup.region_outside": (
            "没有这个区域, 或不在你的管辖范围内",
            "There is no such region that you may read",
        ),
        "checkup.level": ("体检表只出到镇街一级", "Checkups are made of towns, districts and the city"),
        "checkup.future": ("这个时段还没有开始", "This period has not begun"),
        "checkup.no_font": (
            "缺少打印字体, 请运行 make setup",
            "The font for printing is missing: run make setup",
        ),
    }
)
