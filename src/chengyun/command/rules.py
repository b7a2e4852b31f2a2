"""Which figures a handover shows, as data; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chengyun.command.contracts import Brief, Line

FIGURES: tuple[tuple[str, str, str, str], ...] = (
    # field of incidents.Counts, zh, en, queue filter
    ("to_accept", "待受理", "To accept", "state=reported"),
    ("to_verify", "待核实", "To verify", "state=accepted"),
    ("to_dispatch", "待分拨", "To dispatch", "state=verified,filed"),
    ("handling", "处置中", "Being handled", "state=dispatched,handling"),
    ("overdue", "超时", "Overdue", "lamp=red"),
    ("to_check", "待核查", "To check", "state=handled,checked"),
    ("alerts", "未确认告警", "Unacknowledged alerts", "alert=1"),
    ("closed_today", "今日结案", "Closed today", "state=closed,rated&sort=newest"),
)


def lines_of(counts: object) -> list[Line]:
    """The figures of a handover from an `incidents.Counts`."""
    return [Line(zh, en, int(getattr(counts, name)), query) for name, zh, en, query in FIGURES]


def content_of(lines: list[Line], attention: list[Brief]) -> dict[str, Any]:
    """What a signed handover keeps, as JSON."""
    fields = tuple(Line.__dataclass_fields__)
    brief = tuple(Brief.__dataclass_fields__)
    return {
        "lines": [{name: getattr(line, name) for name in fields} for line in lines],
        "attention": [{name: getattr(item, name) for name in brief} for item in attention],
    }


def read_content(content: Mapping[str, Any]) -> tuple[list[Line], list[Brief]]:
    """The inverse of `content_of`."""
    return [Line(**line) for line in content["lines"]], [Brief(**item) for item in content["attention"]]
