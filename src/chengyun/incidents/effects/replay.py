"""A history read back: the same effects, one step after the other, give the same state. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from itertools import count

from chengyun.incidents.deadlines import Book
from chengyun.incidents.effects import apply
from chengyun.incidents.life import Act, Doer, Incident, Life, StepRow
from chengyun.incidents.rules import ORDER_MOVE

# What never changes after the first report; all else comes out of the history.
FIXED = [
    "id",
    "number",
    "title",
    "text",
    "city_id",
    "town_id",
    "village_id",
    "grid_id",
    "lon",
    "lat",
    "border_m",
    "schematic",
    "address",
    "positioned",
    "channel",
    "occurred_at",
    "reported_at",
    "changed_at",
    "rulebook_id",
    "simulated",
    "origin_kind",
    "origin_id",
]
# What is kept beside the history: marks of a person's own, and what depends on the moment of sweeping.
BESIDE = frozenset({"pinned", "version", "deadline_id"})


def replay(known: Incident, steps: Iterable[StepRow], book: Book) -> Life:
    """The life that `steps` describe, beginning with the first report of `known`."""
    history = list(steps)
    first = history[0].args
    incident = Incident(
        **{name: getattr(known, name) for name in FIXED},
        category=first["category"],
        level=first["level"],
        centre_id=first["centre"],
        desk_id=first["centre"],
        district_id=first["district"],
        territory_version=first["version"],
        residents=list(first.get("residents", ())),
    )
    life = Life(incident)
    ids = count(1)
    for step in history:
        apply(life, act_of(step), book, lambda: next(ids))
    return life


def act_of(step: StepRow) -> Act:
    """The move that a step of the history records."""
    doer = Doer(step.actor_kind, step.actor_id, step.actor_name, step.post_id, step.unit_id, step.home_id)
    on = "order" if step.order_id is not None and step.move in ORDER_MOVE else "incident"
    text, files = step.text, tuple(step.attachments)
    return Act(on, step.move, step.at, doer, step.order_id, text, step.args, step.why, files)


def differences(known: Life, again: Life) -> list[str]:
    """Where a replayed life differs from the one that was kept; empty when history tells everything."""
    found = []
    for column in fields(Incident):
        mine, theirs = (getattr(life.incident, column.name) for life in (known, again))
        if column.name not in BESIDE and _plain(mine) != _plain(theirs):
            found.append(f"{column.name}: kept {mine!r}, replayed {theirs!r}")
    for mine, theirs in zip(known.orders, again.orders, strict=False):
        if mine != theirs:
            found.append(f"work order {mine.number}: kept {mine!r}, replayed {theirs!r}")
    if len(known.orders) != len(again.orders):
        found.append(f"{len(known.orders)} work orders kept, {len(again.orders)} replayed")
    if _clocks(known) != _clocks(again):
        found.append(f"deadlines: kept {_clocks(known)}, replayed {_clocks(again)}")
    return found


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, list) else value


def _clocks(life: Life) -> list[tuple[object, ...]]:
    keys = (
        (d.stage, d.order_id or 0, d.started, d.due_at, d.next_at, d.position, d.lamp, d.state)
        for d in life.deadlines
    )
    return sorted(keys)
