"""Sentences of classification, zh and en."""

from __future__ import annotations

from chengyun.kernel.errors import register_messages

register_messages(
    {
        "classification.too_few": (
            "经工作人员确认的类别只有 {confirmed} 条，至少 {needed} 条、两个类别各 {each} 条才能学习。",
            "Officers have confirmed {confirmed} categories; learning takes {needed}, with {each} in each of two.",
        ),
        "classification.too_few_new": (
            "上次学习之后新确认 {new} 条，满 {needed} 条才能比较新旧模型。",
            "{new} have been confirmed since the last time; comparing old and new takes {needed}.",
        ),
        "classification.none": ("没有这个模型。", "There is no such model."),
        "classification.not_in_use": ("这个模型没有在用。", "This model is not in use."),
        "classification.simulated": (
            "这个模型学自模拟数据，只能提建议。",
            "This model was learned from simulated incidents: it only proposes.",
        ),
        "classification.range": (
            "自动采用的把握要在 {least:.0%} 到 99% 之间。",
            "The confidence must lie between {least:.0%} and 99%.",
        ),
        "classification.not_borne_out": (
            "在没见过的文字上，把握达到 {at:.0%} 的只有 {right:.0%} 是对的，不能自动采用。",
            "Of unseen texts with a confidence of {at:.0%} only {right:.0%} were right: it may not decide alone.",
        ),
    }
)
