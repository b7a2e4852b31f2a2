"""Sentences for what goes wrong with evaluation, zh and en."""

from __future__ import annotations

from chengyun.kernel.errors import register_messages

register_messages(
    {
        "evaluation.day_out_of_range": ("日期要在 2000 年到 2099 年之间。", "The day must lie between 2000 and 2099."),
        "evaluation.last_out_of_range": (
            "结束日不能早于开始日，自定义时段最长 {days} 天。",
            "The last day cannot be before the first, and a custom period has at most {days} days.",
        ),
        "evaluation.no_people_export": (
            "人员维度不导出：文件里不放个人信息。",
            "Figures by person are not exported: files carry no personal data.",
        ),
    }
)  # fmt: skip
