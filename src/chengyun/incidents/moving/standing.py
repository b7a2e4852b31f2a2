"""How a caller stands to an incident, and which lines of the table they may use now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from chengyun.incidents.contracts import Level, Role, Stage, State
from chengyun.incidents.life import OPEN_ORDERS
from chengyun.incidents.rules import (
    MOVES,
    NEED_KINDS,
    NEXT,
    NEXT_OF_ORDER,
    ORDER_MOVE,
    PERIODS,
    MoveRow,
    Stand,
    Who,
    stands,
)
from chengyun.incidents.tables import deadline, order
from chengyun.incidents.views import Allowed, Need
from chengyun.kernel.contracts import Actor
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

_OPTIONS: dict[str, tuple[str, ...]] = {"level": tuple(Level), "solved": ("true", "false")}
_NOT_OFFERED = frozenset({"report", "add_report"})  # these come as reports


BY_REPORTER = frozenset({Who.REPORTER, Who.OWNER_OR_REPORTER, Who.ANYBODY_OR_REPORTER})


class IncidentLike(Protocol):
    """A row of the table or a life's incident."""

    id: Any
    state: Any
    centre_id: Any
    desk_id: Any
    pending: Any
    alerts: Any
    binding: Any
    closed_at: Any
    residents: Any
    returns: Any
    refusals: Any
    supervision: Any
    urged_at: Any
    rated_at: Any


class OrderLike(Protocol):
    unit_id: Any
    person_id: Any
    role: Any
    state: Any
    handlers: Any
    pending: Any


@dataclass(frozen=True, slots=True)
class View:
    """An incident as far as it decides who may do what."""

    incident: IncidentLike
    orders: Sequence[OrderLike] = field(default_factory=tuple)
    supervised: bool = False
    reporter: bool = False  # the caller holds the secret link


def stand_of(tx: Tx, view: View, of_order: OrderLike | None = None) -> Stand:
    """How the caller of `tx` stands to the incident, and to one of its work orders."""
    actor, incident = tx.actor, view.incident
    if view.reporter:  # the link opens what reporters may do, whatever the policy it runs under may
        return Stand(reporter=True, link=True)
    asked = of_order.pending if of_order is not None else incident.pending
    home = actor.home if actor.kind == "person" else None
    mine = [one for one in view.orders if _handles(actor, one)]
    return Stand(
        system=actor.kind == "system",
        owner=home is not None and home == incident.centre_id and _at_centre(actor),
        desk=home is not None and home == incident.desk_id and _at_centre(actor),
        above=home is not None and _at_centre(actor) and home in _above(tx, incident.centre_id),
        supervisor=home is not None and _at_centre(actor) and _supervises(tx, incident, home),
        handler=of_order is not None and _handles(actor, of_order),
        involved=bool(mine),
        handled=actor.id is not None and any(actor.id in one.handlers for one in view.orders),
        asked=bool(asked) and _same(asked["by"], actor),
        reporter=view.reporter or (actor.kind == "resident" and actor.id in incident.residents),
    )


def _at_centre(actor: Actor) -> bool:
    """Units of a region share its id as home; only those who may dispatch act for the centre."""
    return actor.may("incident.accept") or actor.may("incident.arbitrate")


def _above(tx: Tx, centre: int) -> tuple[int, ...]:
    return territory.ancestors(tx, centre)[1:]


def _supervises(tx: Tx, incident: IncidentLike, home: int) -> bool:
    supervision = incident.supervision
    return supervision is not None and home in territory.ancestors(tx, supervision["centre"])


def _handles(actor: Actor, one: OrderLike) -> bool:
    if actor.kind != "person":
        return False
    return bool((actor.unit is not None and actor.unit == one.unit_id) or actor.id == one.person_id)


def _same(by: dict[str, Any], actor: Actor) -> bool:
    return (by["kind"], by["id"]) == (actor.kind, actor.id)


def may(tx: Tx, row: MoveRow, stand: Stand) -> bool:
    """Permission and standing; whether it fits the state is another question."""
    if stand.reporter and row.who in BY_REPORTER:
        return True
    return (
        not stand.link and (row.permission is None or tx.actor.may(row.permission)) and stands(row.who, stand)
    )


def fits(tx: Tx, row: MoveRow, view: View, of_order: OrderLike | None = None) -> bool:
    """What the state alone does not say: something waits for approval, something is owed, time is left."""
    check = _FITS.get(row.name)
    if check is not None:
        return check(tx, view)
    return of_order is None or _fits_order(row, view.incident, of_order)


def _within(tx: Tx, since: datetime | None, period: str) -> bool:
    return since is not None and tx.now - since <= PERIODS[period]


def _may_urge(tx: Tx, view: View) -> bool:
    """Its reporters press again only after a while; staff whenever they see reason to."""
    reporter = view.reporter or tx.actor.kind == "resident"
    return not (reporter and _within(tx, view.incident.urged_at, "urge_again"))


def _answered(_tx: Tx, view: View) -> bool:
    supervision = view.incident.supervision
    return supervision is not None and supervision["state"] == "answered"


def _contested(_tx: Tx, view: View) -> bool:
    incident = view.incident
    return bool(incident.returns + incident.refusals) and not incident.binding


_FITS: dict[str, Callable[[Tx, View], bool]] = {
    "suspend_approve": lambda _tx, view: view.incident.pending is not None,
    "suspend_reject": lambda _tx, view: view.incident.pending is not None,
    "suspend_request": lambda _tx, view: view.incident.pending is None,
    "supervise_reply": lambda _tx, view: view.supervised,
    "supervise_accept": _answered,
    "supervise_refuse": _answered,
    "seek_arbitration": _contested,
    "alert_ack": lambda tx, view: bool(tx.actor.home in view.incident.alerts),
    "urge": _may_urge,
    "rate": lambda tx, view: (
        view.incident.state == State.CLOSED or _within(tx, view.incident.rated_at, "rate_change")
    ),
    "reopen": lambda tx, view: _within(tx, view.incident.closed_at, "reopen"),
}


def _fits_order(row: MoveRow, incident: IncidentLike, one: OrderLike) -> bool:
    if row.name in ("defer_approve", "defer_reject"):
        return one.pending is not None
    if row.name == "defer_request":
        return one.pending is None
    if row.name == "release":
        return bool(one.role != Role.LEAD)
    return row.name != "return" or incident.binding is False


# what screens offer


def allowed(tx: Tx, incident: Any) -> list[Allowed]:
    """The moves of an incident (a row of its table) that the caller may make now."""
    view = View(incident, _orders(tx, incident.id), _supervised(tx, incident.id))
    stand = stand_of(tx, view)
    rows = [row for row in MOVES.values() if incident.state in row.source and row.name not in _NOT_OFFERED]
    rows = [row for row in rows if may(tx, row, stand) and fits(tx, row, view) and _offered(row, view)]
    return _told(tx, rows, NEXT.get(State(incident.state)), None)


def allowed_among(tx: Tx, incident: Any, names: Sequence[str]) -> list[Allowed]:
    """Those of some moves that the caller may make by the standing of its centre: for lists, without a query per row."""
    supervision = incident.supervision
    view = View(incident, (), supervision is not None and supervision["state"] == "owed")
    stand = stand_of(tx, view)
    rows = [MOVES[name] for name in names if incident.state in MOVES[name].source]
    rows = [row for row in rows if may(tx, row, stand) and fits(tx, row, view)]
    return _told(tx, rows, NEXT.get(State(incident.state)), None)


def _offered(row: MoveRow, view: View) -> bool:
    """A check before everybody has reported is offered as soon as the lead has."""
    early = row.name in ("check_pass", "check_fail") and view.incident.state == State.HANDLING
    return not early or not any(one.role == Role.LEAD and one.state in OPEN_ORDERS for one in view.orders)


def allowed_of_order(tx: Tx, incident: Any, one: Any) -> list[Allowed]:
    """The moves of a work order (a row of its table) that the caller may make now."""
    view = View(incident, (one,))
    stand = stand_of(tx, view, one)
    rows = [row for row in ORDER_MOVE.values() if one.state in row.source and incident.state in row.within]
    rows = [row for row in rows if may(tx, row, stand) and fits(tx, row, view, one)]
    return _told(tx, rows, NEXT_OF_ORDER.get(one.state), one.id)


def _told(tx: Tx, rows: Iterable[MoveRow], following: str | None, order_id: int | None) -> list[Allowed]:
    english = tx.actor.language == "en"
    found = [
        Allowed(
            move=row.name,
            label=row.en if english else row.zh,
            proposed=row.name == following,
            needs=[need_of(name) for name in row.needs],
            order=order_id,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: not one.proposed)


def need_of(name: str) -> Need:
    """A need as screens ask for it; "?" marks an optional one."""
    plain = name.rstrip("?")
    return Need(plain, NEED_KINDS[plain], not name.endswith("?"), _OPTIONS.get(plain, ()))


def _orders(tx: Tx, incident_id: int) -> Sequence[Any]:
    columns = (
        order.c.unit_id,
        order.c.person_id,
        order.c.role,
        order.c.state,
        order.c.handlers,
        order.c.pending,
    )
    return tx.execute(sa.select(*columns).where(order.c.incident_id == incident_id)).all()


def _supervised(tx: Tx, incident_id: int) -> bool:
    query = sa.select(sa.literal(True)).where(
        deadline.c.incident_id == incident_id,
        deadline.c.stage == Stage.SUPERVISION,
        deadline.c.state == "running",
    )
    return tx.execute(query.limit(1)).scalar() is not None
