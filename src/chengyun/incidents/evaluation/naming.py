"""What the lines of a table are called, and which rows share one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from chengyun.identity import service as identity
from chengyun.incidents.contracts import Category
from chengyun.incidents.evaluation.contracts import Dimension, Question
from chengyun.incidents.reading.rows import categories
from chengyun.incidents.tables import step
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

NOTHING = "none"  # the key of the line for what has no unit, category, …
_NOTHING_NAMES = {
    Dimension.REGION: ("未落到下级", "No region below"),
    Dimension.UNIT: ("未分派", "Nobody yet"),
    Dimension.PERSON: ("未签收", "Nobody yet"),
    Dimension.GROUP: ("未分类", "No category"),
    Dimension.CATEGORY: ("未分类", "No category"),
    Dimension.CHANNEL: ("—", "—"),
}
_CHANNELS = {
    "resident": ("居民上报", "Resident"),
    "grid": ("网格员", "Grid worker"),
    "hotline": ("12345 热线", "Hotline"),
    "api": ("系统对接", "Interface"),
    "centre": ("中心登记", "Centre"),
    "camera": ("视频", "Camera"),
    "sensor": ("感知设备", "Sensor"),
    "inspection": ("检查", "Inspection"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """Key of a row of the log → key of its line → its name."""

    known: Mapping[str, str]
    nothing: str
    groups: Mapping[str, str] | None = None  # category code → group, where lines are groups

    def merged(self, key: Any) -> str:
        """The line that a row belongs to."""
        if key is None:
            return NOTHING
        return self.groups.get(str(key), NOTHING) if self.groups is not None else str(key)

    def name(self, key: str) -> str:
        return self.nothing if key == NOTHING else self.known.get(key, key)


def names_of(tx: Tx, question: Question, found: Sequence[tuple[Any, int]]) -> Names:
    """Names for the keys of a table; each key comes with one incident behind it."""
    english = tx.actor.language == "en"
    nothing = _NOTHING_NAMES[question.by][english]
    keys = [key for key, _ in found if key is not None]
    if question.by is Dimension.CHANNEL:
        return Names({key: pair[english] for key, pair in _CHANNELS.items()}, nothing)
    if question.by in (Dimension.GROUP, Dimension.CATEGORY):
        return _of_categories(categories(tx), question.by, english, nothing)
    if question.by is Dimension.REGION:
        return Names({str(i): ref.name for i, ref in territory.regions(tx, keys).items()}, nothing)
    if question.by is Dimension.UNIT:
        return Names({str(i): unit.name for i, unit in identity.units_by_ids(tx, keys).items()}, nothing)
    return Names(_people(tx, found), nothing)


def _of_categories(known: Mapping[str, Category], by: Dimension, english: bool, nothing: str) -> Names:
    if by is Dimension.CATEGORY:
        return Names({code: one.name_en if english else one.name_zh for code, one in known.items()}, nothing)
    names = {one.group_zh: one.group_en if english else one.group_zh for one in known.values()}
    return Names(names, nothing, {code: one.group_zh for code, one in known.items()})


def _people(tx: Tx, found: Sequence[tuple[Any, int]]) -> dict[str, str]:
    """As history calls them: also who has left since."""
    people = [person for person, _ in found if person is not None]
    query = (
        sa.select(step.c.actor_id, step.c.actor_name)
        .ext(distinct_on(step.c.actor_id))
        .where(step.c.incident_id.in_([sample for _, sample in found]), step.c.actor_id.in_(people))
        .order_by(step.c.actor_id, step.c.at.desc())
    )
    return {str(row.actor_id): row.actor_name for row in tx.execute(query)}


def group_codes(tx: Tx, group: str) -> tuple[list[str], list[str]]:
    """All categories that have a group, and those of this one."""
    known = categories(tx)
    return list(known), [code for code, one in known.items() if one.group_zh == group]
