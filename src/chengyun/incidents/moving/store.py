"""Lives in the database: load one under lock, save what a move changed. Few statements, each for many rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.incidents import tables
from chengyun.incidents.life import Incident, Life, Order, Running, StepRow, Told
from chengyun.kernel.errors import NotFound
from chengyun.kernel.transactions import Tx

Values = tuple[Any, ...]
_INCIDENT = tuple(f.name for f in fields(Incident))
_ORDER = tuple(f.name for f in fields(Order))
_RUNNING = tuple(f.name for f in fields(Running))
_STEP = tuple(f.name for f in fields(StepRow))
_TOLD = tuple(f.name for f in fields(Told))
_IDS = sa.text(
    "SELECT nextval('incidents_order_id_seq') AS order_id, nextval('incidents_deadline_id_seq') AS deadline_id"
    " FROM generate_series(1, :n)"
)
_BLOCK = 8


class Ids:
    """Ids for new work orders and deadlines, fetched a few at a time: pure code numbers rows before they exist."""

    def __init__(self, tx: Tx, orders: Sequence[int] = (), deadlines: Sequence[int] = ()) -> None:
        self._tx = tx
        self._orders = list(orders)
        self._deadlines = list(deadlines)

    def order(self) -> int:
        if not self._orders:
            self._refill()
        return self._orders.pop(0)

    def deadline(self) -> int:
        if not self._deadlines:
            self._refill()
        return self._deadlines.pop(0)

    def _refill(self) -> None:
        for row in self._tx.execute(_IDS, {"n": _BLOCK}):
            self._orders.append(row.order_id)
            self._deadlines.append(row.deadline_id)


@dataclass(slots=True)
class Loaded:
    """A life with what it was when it was loaded."""

    life: Life
    incident: dict[str, Any]
    orders: dict[int, Values]
    deadlines: dict[int, Values]


def columns(table: sa.Table) -> list[sa.Column[Any]]:
    """The columns of the incident table in the order of the dataclass."""
    return [table.c[name] for name in _INCIDENT]


def incident_of(row: Any) -> Incident:
    """A row of `columns`."""
    return Incident(*row)


def running_of(row: Any) -> Running:
    """A row of the deadline table, by its names."""
    return Running(*(getattr(row, name) for name in _RUNNING))


def load(tx: Tx, incident_id: int) -> Loaded:
    """An incident within the caller's jurisdiction, locked until the transaction ends. Raises NotFound."""
    table = tables.incident
    readable = identity.readable_by(tx.actor, table.c.readers)
    if tx.actor.kind == "resident":
        readable = table.c.residents.contains([tx.actor.id])
    query = sa.select(*columns(table)).where(table.c.id == incident_id, readable)
    row = tx.execute(query.with_for_update()).one_or_none()
    if row is None:
        raise NotFound("incidents.none", id=incident_id)
    return read(tx, incident_of(row))


def read(tx: Tx, incident: Incident) -> Loaded:
    """The work orders and deadlines around an incident that is locked already."""
    order, deadline = tables.order, tables.deadline
    orders: Iterable[Any] = tx.execute(
        sa.select(*(order.c[name] for name in _ORDER))
        .where(order.c.incident_id == incident.id)
        .order_by(order.c.id)
    )
    alive = sa.or_(deadline.c.state.in_(("running", "paused", "held")), deadline.c.stage == "handle")
    deadlines: Iterable[Any] = tx.execute(
        sa.select(*(deadline.c[name] for name in _RUNNING))
        .where(deadline.c.incident_id == incident.id, alive)
        .order_by(deadline.c.id)
    )
    return remember(Life(incident, [Order(*row) for row in orders], [Running(*row) for row in deadlines]))


def remember(life: Life) -> Loaded:
    """Keep what the life is now, so that `save` writes only what changes."""
    return Loaded(
        life,
        _named(life.incident, _INCIDENT),
        {order.id: _values(order, _ORDER) for order in life.orders},
        {running.id: _values(running, _RUNNING) for running in life.deadlines},
    )


def unborn(life: Life) -> Loaded:
    """A life of which nothing is in the database yet."""
    return Loaded(life, {}, {}, {})


def _values(row: Any, names: Sequence[str]) -> Values:
    return tuple(getattr(row, name) for name in names)


def _named(row: Any, names: Sequence[str]) -> dict[str, Any]:
    """Column → value. Effects replace lists and dicts, they never change one: a shallow copy is enough."""
    return {name: getattr(row, name) for name in names}


def save(tx: Tx, loaded: Loaded, at_once: bool = False) -> None:
    """Write what changed since `load`: the incident, work orders, deadlines, steps, messages.

    `at_once`: a new incident goes by the same statement as what hangs on it. That is for system policies; for
    anybody else the policies of what hangs on it look for the incident, which has to stand there before.
    """
    life, incident = loaded.life, loaded.life.incident
    if loaded.incident:
        before = tuple(loaded.incident.values())
        _update(tx, tables.incident, _INCIDENT, incident, before)
    else:
        tx.add(tables.incident, [incident], _INCIDENT)
        if not at_once:
            tx.flush()
    _save_rows(tx, tables.order, _ORDER, life.orders, loaded.orders)
    _save_rows(tx, tables.deadline, _RUNNING, life.deadlines, loaded.deadlines)
    add_steps(tx, life.steps)
    tx.add(tables.message, life.told, _TOLD)


def _save_rows(
    tx: Tx, table: sa.Table, names: tuple[str, ...], rows: Sequence[Any], before: dict[int, Values]
) -> None:
    for row in rows:
        if row.id in before:
            _update(tx, table, names, row, before[row.id])
    tx.add(table, [row for row in rows if row.id not in before], names)


def _update(tx: Tx, table: sa.Table, names: tuple[str, ...], row: Any, before: Values) -> None:
    now = _values(row, names)
    changed = {name: new for name, old, new in zip(names, before, now, strict=True) if old != new}
    if changed:
        tx.execute(sa.update(table).where(table.c.id == row.id).values(**changed))


def add_steps(tx: Tx, steps: Sequence[StepRow]) -> None:
    """Append to history."""
    tx.add(tables.step, steps, _STEP)


def steps_of(tx: Tx, incident_id: int) -> list[StepRow]:
    """The whole history of an incident."""
    step = tables.step
    query = sa.select(*(step.c[name] for name in _STEP)).where(step.c.incident_id == incident_id)
    rows: Iterable[Any] = tx.execute(query.order_by(step.c.seq))
    return [StepRow(*row) for row in rows]


def stored(moment: datetime) -> str:
    """A moment as the args of a step hold it."""
    return moment.isoformat()
