"""The words that scenario files may use and where they come from: kinds of unit, moves, events, facts. Data."""

from __future__ import annotations

from chengyun.identity.kinds import KINDS
from chengyun.incidents.contracts import Channel, Level, Stage
from chengyun.incidents.rules import TABLE

CENTRES = ("city", "district", "town")
LEVELS = (*CENTRES, "village")
URGENCIES = tuple(str(level) for level in Level)
CHANNELS = tuple(str(channel) for channel in Channel)
EVENTS = ("reported", "transferred-in", "escalated", "assigned-down", "returned", "reopened", "arbitrated")
STAGES = tuple(
    stage for stage in Stage if stage is not Stage.SUSPENSION
)  # that one ends when its approval says
STEPS = frozenset(row.name for row in TABLE)
MESSAGE_FIELDS = (
    "number",
    "title",
    "category",
    "place",
    "centre",
    "unit",
    "due",
    "reason",
    "outcome",
    "until",
    "other",
)


def kind_levels(kind: str) -> tuple[str, ...]:
    """The levels at which a kind of unit exists, from the city down; empty for an unknown kind."""
    known = KINDS.get(kind)
    return tuple(level for level in LEVELS if level in known.suffix) if known else ()


def below(level: str) -> tuple[str, ...]:
    return LEVELS[LEVELS.index(level) + 1 :]
