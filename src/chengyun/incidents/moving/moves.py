"""Making moves: lock, check against the table, decide, let them take effect, save, tell. One page per question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from chengyun.attachments import service as attachments
from chengyun.identity import service as identity
from chengyun.incidents import rulebook, tables
from chengyun.incidents.dispatch.places import Units, names_of
from chengyun.incidents.effects import apply, check_state, not_now
from chengyun.incidents.inputs import Move
from chengyun.incidents.life import Act, Doer, Order, doer_of
from chengyun.incidents.messages import tell
from chengyun.incidents.moving import merged, merging, news, store
from chengyun.incidents.moving.merging import Beside
from chengyun.incidents.moving.resolving import Working, resolve
from chengyun.incidents.moving.standing import View, fits, may, stand_of
from chengyun.incidents.moving.store import Loaded
from chengyun.incidents.rules import MOVES, ORDER_MOVE, PERIODS, MoveRow, missing
from chengyun.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from chengyun.kernel.transactions import Tx

# Moves of a work order that an officer may also name on the incident, with the order given.
_BY_CENTRE = {"release_order": "release", "recall": "withdraw", "withdraw": "withdraw", "release": "release"}


def move(tx: Tx, incident_id: int, made: Sequence[Move], version: int | None = None) -> None:
    """Make moves of an incident, all or none.

    Raises NotFound outside the caller's jurisdiction, Forbidden, Invalid naming each missing field, and Conflict
    where the state does not allow it or `version` is not the present one ("incidents.changed").
    """
    merging.lock(tx, incident_id, made)
    loaded = store.load(tx, incident_id)
    if version is not None and version != loaded.life.incident.version:
        raise Conflict("incidents.changed", number=loaded.life.incident.number)
    run(tx, loaded, made, None)


def move_order(tx: Tx, order_id: int, made: Sequence[Move]) -> int:
    """Make moves of a work order, all or none; the id of its incident. Raises as `move` does."""
    found = tx.execute(sa.select(tables.order.c.incident_id).where(tables.order.c.id == order_id)).scalar()
    if found is None:
        raise NotFound("incidents.no_order", id=order_id)
    run(tx, store.load(tx, found), made, order_id)
    return int(found)


def move_as_reporter(tx: Tx, told: Any, made: Move) -> None:
    """A move by whoever holds the secret link of the report `told` (a row of its table); policy "tracking"."""
    name = told.masked_name or "反映人"
    doer = Doer("resident" if told.resident_id else "anonymous", told.resident_id, name)
    run(tx, store.load(tx, merged.root_of(tx, told.incident_id)), [made], None, doer)


def move_for_reporter(tx: Tx, incident_id: int, made: Sequence[Move]) -> None:
    """Moves by whoever talks to a reporter, on the reporter's behalf. Raises as `move` does."""
    tx.actor.require("reporter.contact")
    run(tx, store.load(tx, incident_id), made, None, doer_of(tx.actor))


def note_by_origin(tx: Tx, incident_id: int, text: str) -> None:
    """A word of whatever opened an incident (a sensor that has calmed down); the caller is a part of the system."""
    with tx.under("incidents.origin"):
        run(tx, store.load(tx, incident_id), [Move("note", {"note": text})], None)


def run(
    tx: Tx, loaded: Loaded, made: Sequence[Move], order_id: int | None, reporter: Doer | None = None
) -> list[Act]:
    """Make moves on a life that is loaded and locked; `reporter` acts by the secret link."""
    incident = loaded.life.incident
    if incident.rulebook_id is None:
        raise Conflict("incidents.no_rulebook")
    work = Working(tx, loaded.life, rulebook.book(tx, incident.rulebook_id), store.Ids(tx), Units(tx))
    alerts = list(incident.alerts)
    acts = [_one(work, one, order_id, reporter) for one in made]
    store.save(tx, loaded)
    _share_files(tx, loaded, acts)
    news.announce(tx, loaded.life, acts, alerts)
    for one in work.beside:
        _beside(tx, one)
    return acts


def _beside(tx: Tx, brought: Beside) -> None:
    """The other side of a merge or a split: a history of its own."""
    loaded = brought.loaded
    incident = loaded.life.incident
    work = Working(tx, loaded.life, rulebook.book(tx, incident.rulebook_id or 0), store.Ids(tx), Units(tx))
    alerts = list(incident.alerts)
    for act in brought.acts:
        take(work, act)
    store.save(tx, loaded)
    if brought.then is not None:
        brought.then(tx)
    news.announce(tx, loaded.life, brought.acts, alerts)


def _share_files(tx: Tx, loaded: Loaded, acts: Sequence[Act]) -> None:
    incident, files = loaded.life.incident, [one for act in acts for one in act.attachments]
    if incident.readers != loaded.incident["readers"]:
        attachments.share(tx, incident.id, incident.readers)
    if files:
        attachments.bind(tx, files, incident.id, incident.readers)


def _one(work: Working, made: Move, order_id: int | None, reporter: Doer | None) -> Act:
    """Decide one move and let it take effect."""
    row, order = _line(work, made, order_id)
    _check(work, row, made, order, reporter is not None)
    work.why = {}
    args = resolve(work, made, order)
    given = made.given
    act = Act(
        on=row.on,
        move=row.name,
        at=work.tx.now,
        doer=reporter or doer_of(work.tx.actor),
        order=order.id if order else None,
        text=str(given.get("reason") or given.get("note") or given.get("outcome") or ""),
        args=args,
        why=work.why,
        attachments=tuple(given.get("attachments") or ()),
    )
    take(work, act)
    return act


def take(work: Working, act: Act) -> None:
    """Let a decided move take effect and write what is to be told about it."""
    apply(work.life, act, work.book, work.ids.deadline)
    tell(work.life, act, work.book, names_of(work.tx, work.incident, work.units))


def _line(work: Working, made: Move, order_id: int | None) -> tuple[MoveRow, Order | None]:
    """The line of the table that is meant, and the work order it is about."""
    order_id = order_id or made.given.get("order")
    name = _BY_CENTRE.get(made.name, made.name) if order_id else made.name
    row = ORDER_MOVE.get(name) if order_id and name in ORDER_MOVE else MOVES.get(name)
    if row is None or name in ("report", "add_report"):
        raise Invalid([FieldError("move", "incidents.no_such_move", {"move": made.name})])
    if row.on == "incident":
        return row, None
    try:
        return row, work.life.order(order_id or 0)
    except KeyError:
        raise NotFound("incidents.no_order", id=order_id) from None


def _check(work: Working, row: MoveRow, made: Move, order: Order | None, reporter: bool) -> None:
    """Who, when, and with what: the table decides."""
    tx, incident = work.tx, work.incident
    view = View(incident, work.life.orders, _owes_answer(work), reporter)
    stand = stand_of(tx, view, order)
    if not may(tx, row, stand):
        if row.permission is not None and not reporter:
            tx.actor.require(row.permission)
        raise Forbidden("incidents.not_yours", move=row.zh if tx.actor.language == "zh" else row.en)
    check_state(work.life, row, order.id if order else None)
    if not fits(tx, row, view, order):
        raise _refused(row, incident.state)
    lacking = missing(row, dict(made.given))
    if lacking:
        raise Invalid([FieldError(name, "incidents.needed") for name in lacking])


def _refused(row: MoveRow, state: str) -> Conflict:
    """Why it cannot be made though the state would allow it, where there is more to say than that."""
    if row.name == "reopen":
        return Conflict("incidents.too_late_to_reopen", days=PERIODS["reopen"].days)
    if row.name == "rate":
        return Conflict("incidents.too_late_to_rate", days=PERIODS["rate_change"].days)
    if row.name == "urge":
        return Conflict("incidents.urged_already", hours=int(PERIODS["urge_again"].total_seconds() // 3600))
    return not_now(row, state)


def _owes_answer(work: Working) -> bool:
    return any(d.live and d.stage == "supervision" for d in work.life.deadlines)


def report_again(tx: Tx, loaded: Loaded, doer: Doer, resident: int | None, text: str, report: int) -> None:
    """Another telling of an incident that is open already, with the id of its report."""
    incident = loaded.life.incident
    work = Working(tx, loaded.life, rulebook.book(tx, incident.rulebook_id or 0), store.Ids(tx), Units(tx))
    alerts = list(incident.alerts)
    act = Act(
        "incident", "add_report", tx.now, doer, text=text, args={"resident": resident, "report": report}
    )
    take(work, act)
    store.save(tx, loaded)
    news.announce(tx, loaded.life, [act], alerts)


def pin(tx: Tx, incident_id: int, on: bool) -> None:
    """Keep an incident on top of its centre's queue; a mark, not a move."""
    tx.actor.require("incident.accept")
    table = tables.incident
    readable = identity.readable_by(tx.actor, table.c.readers)
    marked = tx.execute(sa.update(table).where(table.c.id == incident_id, readable).values(pinned=on))
    if marked.rowcount == 0:
        raise NotFound("incidents.none", id=incident_id)
