"""The dispatch that the rules propose, and how it is written down when it is taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.incidents import tables
from chengyun.incidents.contracts import Lamp, Role, Stage, UnitBrief
from chengyun.incidents.deadlines import Book
from chengyun.incidents.dispatch.places import Units, facts_of
from chengyun.incidents.dispatch.routing import Decision, decide
from chengyun.incidents.life import Incident
from chengyun.incidents.tables import OPEN_ORDER
from chengyun.incidents.views import Candidate, Deadline, Proposal
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory


@dataclass(frozen=True, slots=True)
class Load:
    """What a unit has to do and how many people hold a post in it."""

    open_orders: int
    people: int


def decision_of(tx: Tx, incident: Incident, book: Book, units: Units, at: datetime | None = None) -> Decision:
    """Who should handle it, by the rulebook the incident was opened under; `at` another moment than now."""
    facts = facts_of(tx, incident, at or tx.now)
    return decide(book.rulebook, facts, units.find)


def proposal_of(tx: Tx, incident: Incident, book: Book, at: datetime | None = None) -> Proposal:
    """The same for the dispatch dialog, with the load of each unit and what was rejected."""
    units = Units(tx)
    decision = decision_of(tx, incident, book, units, at)
    english = tx.actor.language == "en"
    rejected = [(unit, en if english else zh) for unit, _, zh, en in decision.rejected]
    loads = loads_of(tx, [c.unit for c in decision.units] + [unit for unit, _ in rejected])
    why = decision.why_en if english else decision.why_zh

    def far(unit: UnitBrief) -> float:
        return units.distance(unit.id, incident.lon, incident.lat)

    return Proposal(
        rule=decision.rule,
        why=why,
        source=decision.source,
        units=[_candidate(c.unit, c.role, loads, why, far(c.unit)) for c in decision.units],
        rejected=[_candidate(unit, Role.LEAD, loads, text, far(unit)) for unit, text in rejected],
        limit=limit_of(incident, book, Stage.HANDLE, at or tx.now),
        trace=list(decision.trace),
    )


def _candidate(unit: UnitBrief, role: Role, loads: Mapping[int, Load], why: str, far: float) -> Candidate:
    load = loads[unit.id]
    return Candidate(unit, role, load=load.open_orders, distance_m=far, on_duty=load.people, why=why)


def loads_of(tx: Tx, units: Iterable[UnitBrief]) -> dict[int, Load]:
    """Open work orders (those that the caller may see) and people of each unit."""
    ids = list(dict.fromkeys(unit.id for unit in units))
    order = tables.order
    counted: Iterable[Any] = tx.execute(
        sa.select(order.c.unit_id, sa.func.count())
        .join(tables.incident, tables.incident.c.id == order.c.incident_id)
        .where(order.c.unit_id.in_(ids), order.c.state.in_(OPEN_ORDER), _readable(tx))
        .group_by(order.c.unit_id)
    )
    loads = {unit: int(n) for unit, n in counted}
    return {unit: Load(loads.get(unit, 0), len(identity.people_of_unit(tx, unit))) for unit in ids}


def _readable(tx: Tx) -> sa.ColumnElement[bool]:
    return identity.readable_by(tx.actor, tables.incident.c.readers)


def limit_of(incident: Incident, book: Book, stage: Stage, at: datetime) -> Deadline:
    """The end of a stage if it began then."""
    rule = book.limit(incident.category, incident.level, stage)
    due = book.calendar.due(at, rule.limit)
    return Deadline(
        stage=stage,
        started=at,
        due=due,
        amount=rule.limit.amount,
        clock=rule.limit.clock,
        lamp=Lamp.NONE,
        share=0.0,
        rule=rule.id,
    )


def reachable(tx: Tx, centre: int, region: int) -> bool:
    """Whether a unit of `region` is within what `centre` governs, or stands above it."""
    above = territory.ancestors(tx, centre)
    return region in above or centre in territory.ancestors(tx, region)
