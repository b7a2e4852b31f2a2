"""What others may see of duty and handover."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chengyun.kernel.errors import register_messages


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of a handover draft and the queue filter behind it."""

    label_zh: str
    label_en: str
    value: int
    query: str


@dataclass(frozen=True, slots=True)
class Brief:
    """An incident that the next shift has to know about."""

    id: int
    number: str
    title: str
    state: str
    level: str
    lamp: str
    pinned: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """What a shift would hand over now; computed, not written by hand."""

    centre: int
    centre_name: str
    since: datetime
    until: datetime
    lines: list[Line]
    attention: list[Brief]
    on_duty: list[str]


@dataclass(frozen=True, slots=True)
class Handover:
    """A handover that was signed; never edited."""

    id: int
    centre: int
    since: datetime
    until: datetime
    by: str
    notes: str
    lines: list[Line]
    attention: list[Brief]


register_messages(
    {
        "command.no_centre": (
            "你的岗位不属于任何治理中心，无法交接班。",
            "Your post belongs to no centre, so there is no shift to hand over.",
        ),
        "command.not_your_centre": (
            "只能交接本中心的班次。",
            "You can only hand over a shift of your own centre.",
        ),
    }
)
