"""The sweeper: deadlines that have come due, and centres where nobody is on duty. Nothing stops silently.

It works on rows that it has locked (others are skipped and come next time), for thousands at once: one read, one
write per table. What it finds becomes steps of the history like any move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.incidents import rulebook, tables
from chengyun.incidents.clock.telling import told_args, told_words
from chengyun.incidents.clock.writes import write
from chengyun.incidents.contracts import OrderState, Stage
from chengyun.incidents.deadlines import Book, fire, rank_of
from chengyun.incidents.dispatch.places import Units, names_of
from chengyun.incidents.effects import apply_told
from chengyun.incidents.life import SYSTEM, Act, Incident, Life, Order, Running
from chengyun.incidents.messages import tell
from chengyun.incidents.moving import moves, news, store
from chengyun.incidents.moving.resolving import Working
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

BATCH = 2_000
_LAMPS = {"none": 0, "yellow": 1, "red": 2}
_INCIDENT = len(fields(Incident))
_RUNNING = len(fields(Running))
# Desks where something waits that nobody above has been told of: one probe per desk, not one per incident.
_DESKS = sa.text(
    f"""
    WITH RECURSIVE desks AS (
        (SELECT desk_id FROM incidents_incident WHERE {tables.WAITS} ORDER BY desk_id LIMIT 1)
        UNION ALL
        SELECT (SELECT i.desk_id FROM incidents_incident i
                WHERE {tables.WAITS} AND i.desk_id > desks.desk_id ORDER BY i.desk_id LIMIT 1)
        FROM desks WHERE desks.desk_id IS NOT NULL
    )
    SELECT desk_id FROM desks WHERE desk_id IS NOT NULL
    """
)


@dataclass(slots=True)
class Swept:
    """What one pass has found: lives with their new steps, and the acts behind them."""

    tx: Tx
    units: Units
    lives: dict[int, Life] = field(default_factory=dict)
    acts: list[tuple[Life, Act]] = field(default_factory=list)
    fired: list[Running] = field(default_factory=list)
    _books: dict[int, Book] = field(default_factory=dict)
    _lines: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def book(self, incident: Incident) -> Book:
        """The rulebook of an incident; asked for once per pass, not per row."""
        number = incident.rulebook_id or 0
        if number not in self._books:
            self._books[number] = rulebook.book(self.tx, number)
        return self._books[number]

    def line(self, centre: int) -> tuple[int, ...]:
        """A centre and those above it."""
        if centre not in self._lines:
            self._lines[centre] = territory.ancestors(self.tx, centre)
        return self._lines[centre]

    def take(self, life: Life, act: Act) -> None:
        """Let a telling take effect."""
        book = self.book(life.incident)
        apply_told(life, act, book)
        tell(life, act, book, names_of(self.tx, life.incident, self.units))
        self.acts.append((life, act))


def sweep(tx: Tx, limit: int = BATCH) -> int:
    """Tell what has come due until now → how many deadlines and unattended incidents were told (≤ about `limit`).

    Call it again while it returns `limit`. Runs as system "incidents.sweep".
    """
    return _due(tx, limit) + _unattended(tx, limit)


def _due(tx: Tx, limit: int) -> int:
    rows = tx.execute(_query(), {"now": tx.now, "limit": limit}).all()
    swept = Swept(tx, Units(tx))
    resumed = 0
    for row in rows:
        running = Running(*row[_INCIDENT : _INCIDENT + _RUNNING])
        if running.stage == Stage.SUSPENSION:
            resumed += _resume(tx, store.incident_of(row[:_INCIDENT]))
        else:
            _tell_due(swept, row, running)
    _finish(tx, swept)
    return len(swept.fired) + resumed


def _query() -> sa.Select[Any]:
    incident, deadline, order = tables.incident, tables.deadline, tables.order
    columns = [
        *store.columns(incident),
        *(deadline.c[f.name] for f in fields(Running)),
        *(order.c[f.name] for f in fields(Order)),
    ]
    return (
        sa.select(*columns)
        .select_from(deadline)
        .join(incident, incident.c.id == deadline.c.incident_id)
        .outerjoin(order, order.c.id == deadline.c.order_id)
        .where(deadline.c.state == "running", deadline.c.next_at <= sa.bindparam("now"))
        .order_by(deadline.c.next_at, deadline.c.id)
        .limit(sa.bindparam("limit"))
        .with_for_update(of=[deadline, incident], skip_locked=True)
    )


def _tell_due(swept: Swept, row: Sequence[Any], running: Running) -> None:
    """One deadline: what it tells now and when it comes back."""
    life = swept.lives.setdefault(running.incident_id, Life(store.incident_of(row[:_INCIDENT])))
    if running.order_id is not None and all(order.id != running.order_id for order in life.orders):
        life.orders.append(Order(*row[_INCIDENT + _RUNNING :]))
    life.deadlines.append(running)
    order = life.order(running.order_id) if running.order_id is not None else None
    step = running.position - 2
    only = order is not None and order.state == OrderState.ACKNOWLEDGED
    move = fire(running, swept.book(life.incident).calendar, acknowledged_only=only)
    centre = life.incident.desk_id if order is None else life.incident.centre_id
    args = told_args(running, move, step, swept.line(centre))
    act = Act("incident", move, swept.tx.now, SYSTEM, running.order_id, told_words(move, running), args)
    swept.take(life, act)
    swept.fired.append(running)
    _lamp(life.incident, running.lamp)


def _lamp(incident: Incident, lamp: str) -> None:
    if _LAMPS[lamp] > _LAMPS[incident.lamp]:
        incident.lamp = lamp
    incident.rank = rank_of(incident)


def _resume(tx: Tx, incident: Incident) -> int:
    """A suspension has ended: work goes on where it stood."""
    loaded = store.read(tx, incident)
    work = Working(tx, loaded.life, rulebook.book(tx, incident.rulebook_id or 0), store.Ids(tx), Units(tx))
    alerts = list(incident.alerts)
    act = Act("incident", "resume", tx.now, SYSTEM, text="挂账到期，自动恢复")
    moves.take(work, act)
    store.save(tx, loaded)
    news.announce(tx, loaded.life, [act], alerts)
    return 1


def _unattended(tx: Tx, limit: int) -> int:
    """Incidents that wait at a desk where nobody is on duty: the next centre above with somebody hears at once."""
    desks = [row.desk_id for row in tx.execute(_DESKS)]
    empty = {desk for desk, people in identity.duty_at(tx, desks).items() if not people} if desks else set()
    if not empty:
        return 0
    listeners = _listeners(tx, sorted(empty))
    incident = tables.incident
    query = sa.select(*store.columns(incident)).where(sa.text(tables.WAITS), incident.c.desk_id.in_(empty))
    rows = tx.execute(query.limit(limit).with_for_update(skip_locked=True)).all()
    swept = Swept(tx, Units(tx))
    for row in rows:
        life = swept.lives.setdefault(row.id, Life(store.incident_of(row)))
        args = {"absent": True, "alert": [listeners[life.incident.desk_id]]}
        act = Act("incident", "escalated", tx.now, SYSTEM, text="值班席无人", args=args)
        swept.take(life, act)
    _finish(tx, swept)
    return len(rows)


def _listeners(tx: Tx, desks: Sequence[int]) -> dict[int, int]:
    """For each empty desk the nearest centre above with somebody on duty, else the city's."""
    lines = {desk: territory.ancestors(tx, desk) for desk in desks}
    everywhere = sorted({centre for line in lines.values() for centre in line})
    duty = identity.duty_at(tx, everywhere)
    return {desk: next((c for c in line[1:] if duty[c]), line[-1]) for desk, line in lines.items()}


def _finish(tx: Tx, swept: Swept) -> None:
    if swept.lives:
        write(tx, list(swept.lives.values()), swept.fired)
        news.announce_many(tx, swept.acts)
