"""Texts of alarms."""

from __future__ import annotations

from chengyun.kernel.errors import register_messages

register_messages(
    {
        "vitals.no_alarm": (
            "没有编号为 {id} 的预警，或不在你的管辖范围。",
            "There is no alarm {id}, or it is outside your jurisdiction.",
        ),
        "vitals.alarm_over": ("预警已解除，不用搁置。", "The alarm is over: there is nothing to shelve."),
        "vitals.shelf_end": ("搁置须在将来三十天内结束。", "A shelf ends in the future, within thirty days."),
        "vitals.not_shelved": ("预警没有搁置。", "The alarm is not shelved."),
    }
)
