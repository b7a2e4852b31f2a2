"""Deadlines and another calendar: which ends would move, and moving them where an officer has asked for it.

A deadline that runs keeps its promise. Nothing here happens by itself when a calendar changes; where it does
happen, it is a step of the incident's history that says who wanted it and what moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.incidents import rulebook, tables
from chengyun.incidents.contracts import Stage
from chengyun.incidents.deadlines import at_share
from chengyun.incidents.dispatch.places import Units
from chengyun.incidents.life import Act, Running, doer_of
from chengyun.incidents.moving import moves, news, store
from chengyun.incidents.moving.resolving import Working
from chengyun.incidents.moving.store import Loaded
from chengyun.kernel.calendar import SHANGHAI, Calendar, Clock
from chengyun.kernel.clock import current_calendar
from chengyun.kernel.transactions import Tx

BATCH = 200
EXAMPLES = 20
WORKING = (Clock.WORKING_HOURS, Clock.WORKING_DAYS)
_incident, _deadline = tables.incident, tables.deadline


@dataclass(frozen=True, slots=True)
class DeadlineShift:
    """A running deadline whose end another calendar would move."""

    number: str  # of the incident; empty for a reader who may not see incidents
    stage: Stage
    due: datetime
    would_be: datetime


@dataclass(frozen=True, slots=True)
class DeadlineShifts:
    """What another calendar would do to the deadlines that run on working time."""

    running: int
    earlier: int
    later: int
    examples: list[DeadlineShift]


def shifts(tx: Tx, calendar: Calendar) -> DeadlineShifts:
    """Compare every running deadline within the caller's jurisdiction with `calendar`; nothing changes."""
    named = tx.actor.may("incident.read")
    moved: list[DeadlineShift] = []
    running = 0
    for number, one in _running(tx):
        running += 1
        would_be = at_share(one, 1.0, calendar)
        if would_be != one.due_at:
            moved.append(DeadlineShift(number if named else "", Stage(one.stage), one.due_at, would_be))
    earlier = sum(shift.would_be < shift.due for shift in moved)
    moved.sort(key=lambda shift: shift.due)
    return DeadlineShifts(running, earlier, len(moved) - earlier, moved[:EXAMPLES])


def _running(tx: Tx) -> Iterable[tuple[str, Running]]:
    columns = [_deadline.c[one.name] for one in fields(Running)]
    query = (
        sa.select(_incident.c.number, *columns)
        .join(_incident, _incident.c.id == _deadline.c.incident_id)
        .where(_working(), identity.readable_by(tx.actor, _incident.c.readers))
    )
    rows: Iterable[Any] = tx.execute(query)
    for row in rows:
        yield row[0], Running(*row[1:])


def _working() -> sa.ColumnElement[bool]:
    return sa.and_(_deadline.c.state == "running", _deadline.c.clock.in_([str(clock) for clock in WORKING]))


def recount(tx: Tx, edition: int, after: int = 0) -> int:
    """Let the next `BATCH` open incidents follow the calendar in force → the id of the last one, 0 at the end.

    `edition` is the change of the calendar, for the history. Runs as the officer who wanted it.
    """
    having = sa.select(_deadline.c.incident_id).where(_working(), _deadline.c.incident_id > after).distinct()
    query = (
        sa.select(*store.columns(_incident))
        .where(_incident.c.id.in_(having), identity.readable_by(tx.actor, _incident.c.readers))
        .order_by(_incident.c.id)
        .limit(BATCH)
        .with_for_update()
    )
    rows = tx.execute(query).all()
    calendar = current_calendar(tx)
    for row in rows:
        _follow(tx, store.read(tx, store.incident_of(row)), calendar, edition)
    return int(rows[-1].id) if len(rows) == BATCH else 0


def _follow(tx: Tx, loaded: Loaded, calendar: Calendar, edition: int) -> None:
    """One step of the history where at least one end moves."""
    ends = [(one, one.due_at) for one in loaded.life.deadlines if _moves(one, calendar)]
    if not ends:
        return
    incident = loaded.life.incident
    book = rulebook.book(tx, incident.rulebook_id or 0)
    work = Working(tx, loaded.life, book, store.Ids(tx), Units(tx))
    moved = [(one.stage, due, at_share(one, 1.0, calendar)) for one, due in ends]
    act = Act(
        "incident",
        "recount",
        tx.now,
        doer_of(tx.actor),
        text=f"日历调整后重算时限：{'；'.join(_words(due, new) for _, due, new in moved)}",
        args={"edition": edition},
        why={"deadline": _why(moved, edition)},
    )
    alerts = list(incident.alerts)
    moves.take(work, act)
    store.save(tx, loaded)
    news.announce(tx, loaded.life, [act], alerts)


def _moves(running: Running, calendar: Calendar) -> bool:
    return running.state == "running" and at_share(running, 1.0, calendar) != running.due_at


def _words(due: datetime, new: datetime) -> str:
    return f"{due.astimezone(SHANGHAI):%m-%d %H:%M} → {new.astimezone(SHANGHAI):%m-%d %H:%M}"


def _why(moved: Sequence[tuple[str, datetime, datetime]], edition: int) -> dict[str, Any]:
    ends = [{"stage": stage, "from": due.isoformat(), "to": new.isoformat()} for stage, due, new in moved]
    en = f"The calendar was changed and running limits were to follow: {len(moved)} moved"
    zh = f"日历调整，并选择重算在计时限：{len(moved)} 个时限变动"
    return {"zh": zh, "en": en, "rule": f"calendar {edition}", "inputs": {"ends": ends}}
