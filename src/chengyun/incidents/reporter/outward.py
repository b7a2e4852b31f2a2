"""What other systems may be told of incidents: flat facts, read under the reader's own jurisdiction.

Open311 and webhooks are served from here. Whether a text leaves is theirs to decide; here it is only read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.incidents.contracts import State
from chengyun.incidents.inputs import Move
from chengyun.incidents.life import Doer
from chengyun.incidents.moving import moves, store
from chengyun.incidents.reading.detail import label_of
from chengyun.incidents.reading.filters import readable
from chengyun.incidents.reading.rows import categories
from chengyun.incidents.reporter.tracking import report_by_token
from chengyun.incidents.rules import STATE_NAMES
from chengyun.incidents.tables import DONE, deadline, incident, order, step
from chengyun.kernel.errors import Forbidden, NotFound
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

i = incident.c
SHIFTED = ("returned", "withdrawn")  # orders whose unit is responsible no more


@dataclass(frozen=True, slots=True)
class Outward:
    """One incident. `responsible` is the lead unit, before the dispatch the owning centre; `due` the end of its
    handling limit; `changed` the moment of closing once it is closed. Positions are WGS-84 degrees."""

    id: int
    number: str
    category: str | None
    category_name: str | None
    level: str
    state: State
    state_name: str
    open: bool
    text: str
    address: str
    place: str  # regions down to the village or community
    regions: tuple[int, ...]  # city, district, town: those that may publish it
    lon: float
    lat: float
    responsible: str
    outcome: str | None
    requested: datetime
    changed: datetime
    due: datetime | None
    simulated: bool
    readers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OutwardStep:
    """One line of an incident's history, without who did it."""

    seq: int
    at: datetime
    move: str
    label: str
    text: str
    open: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed by; None or empty is not narrowed. Periods are of the time of reporting."""

    numbers: tuple[str, ...] = ()
    categories: tuple[str | None, ...] = ()  # None: not classified yet
    open: bool | None = None
    region: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 100
    skip: int = 0


def outward(tx: Tx, wanted: Wanted) -> list[Outward]:
    """Incidents that the caller may see, the newest first."""
    query = sa.select(incident).where(readable(tx), *_narrowed(wanted))
    query = query.order_by(i.reported_at.desc(), i.id.desc()).limit(wanted.limit).offset(wanted.skip)
    return _facts(tx, list(tx.execute(query)))


def outward_one(tx: Tx, number: str) -> Outward:
    """One incident by its number. Raises NotFound for those that the caller may not see."""
    return _one(tx, i.number == number, number)


def outward_by_id(tx: Tx, incident_id: int) -> Outward:
    """One incident by id. Raises NotFound for those that the caller may not see."""
    return _one(tx, i.id == incident_id, incident_id)


def followed(tx: Tx, secret: str) -> Outward:
    """The incident behind a reporter's unguessable link; the transaction runs under the policy "tracking"."""
    return outward_by_id(tx, report_by_token(tx, secret).incident_id)


def outward_steps(tx: Tx, incident_id: int) -> list[OutwardStep]:
    """The history of an incident that the caller was shown before."""
    query = sa.select(step).where(step.c.incident_id == incident_id).order_by(step.c.seq)
    return [
        OutwardStep(
            row.seq, row.at, row.move, label_of(row.move, row.order_id is not None, tx.actor.language),
            row.text, row.state not in DONE,
        )
        for row in tx.execute(query)
    ]  # fmt: skip


def reopen_by_link(tx: Tx, secret: str, reason: str) -> None:
    """The holder of a reporter's link says that it is not solved; policy "tracking"."""
    moves.move_as_reporter(tx, report_by_token(tx, secret), Move("reopen", {"reason": reason}))


def reopen_by_source(tx: Tx, incident_id: int, token: int, name: str, reason: str) -> None:
    """The system that reported an incident, known by its API token, says that it is not solved; policy "tracking".

    Raises Forbidden where another one reported it.
    """
    first = sa.select(step.c.actor_kind, step.c.actor_id)
    row = tx.execute(first.where(step.c.incident_id == incident_id, step.c.seq == 1)).one_or_none()
    if row is None or (row.actor_kind, row.actor_id) != ("token", token):
        raise Forbidden("incidents.not_yours", move="reopen")
    made = Move("reopen", {"reason": reason})
    moves.run(tx, store.load(tx, incident_id), [made], None, Doer("token", token, name))


def _narrowed(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.numbers:
        found.append(i.number.in_(wanted.numbers))
    if wanted.categories:
        known = i.category.in_([code for code in wanted.categories if code is not None])
        found.append(sa.or_(known, i.category.is_(None)) if None in wanted.categories else known)
    if wanted.open is not None:
        found.append(i.state.not_in(DONE) if wanted.open else i.state.in_(DONE))
    if wanted.region is not None:
        found.append(sa.or_(*(column == wanted.region for column in (i.city_id, i.district_id, i.town_id))))
    if wanted.since is not None:
        found.append(i.reported_at >= wanted.since)
    if wanted.until is not None:
        found.append(i.reported_at <= wanted.until)
    return found


def _one(tx: Tx, which: sa.ColumnElement[bool], shown: int | str) -> Outward:
    row = tx.execute(sa.select(incident).where(readable(tx), which)).one_or_none()
    if row is None:
        raise NotFound("incidents.none", id=shown)
    return _facts(tx, [row])[0]


def _facts(tx: Tx, rows: Sequence[Any]) -> list[Outward]:
    """A handful of statements for all of them."""
    if not rows:
        return []
    ids = [row.id for row in rows]
    names, leads, ends = categories(tx), _leads(tx, ids), _ends(tx, ids)
    english = tx.actor.language == "en"
    found = []
    for row in rows:
        kind = names.get(row.category or "")
        state = State(row.state)
        found.append(
            Outward(
                id=row.id,
                number=row.number,
                category=row.category,
                category_name=(kind.name_en if english else kind.name_zh) if kind else None,
                level=row.level,
                state=state,
                state_name=STATE_NAMES[state][1 if english else 0],
                open=state not in DONE,
                text=row.text,
                address=row.address,
                place=territory.chain_of(tx, row.village_id or row.town_id).label,
                regions=(row.city_id, row.district_id, row.town_id),
                lon=row.lon,
                lat=row.lat,
                responsible=leads.get(row.id) or f"{territory.region(tx, row.centre_id).name}治理中心",
                outcome=row.outcome,
                requested=row.reported_at,
                changed=(row.closed_at if state in DONE else None) or row.changed_at,
                due=ends.get(row.id),
                simulated=row.simulated,
                readers=tuple(row.readers),
            )
        )
    return found


def _leads(tx: Tx, ids: Sequence[int]) -> dict[int, str]:
    """The unit that leads each incident, by its latest order."""
    query = sa.select(order.c.incident_id, order.c.unit_id).order_by(order.c.id)
    query = query.where(order.c.incident_id.in_(ids), order.c.role == "lead", order.c.state.not_in(SHIFTED))
    latest = {row.incident_id: row.unit_id for row in tx.execute(query)}
    units = identity.units_by_ids(tx, list(latest.values()))
    return {incident_id: units[unit].name for incident_id, unit in latest.items() if unit in units}


def _ends(tx: Tx, ids: Sequence[int]) -> dict[int, datetime]:
    """When the handling of each incident is to end, or was to."""
    end = sa.func.max(deadline.c.due_at).label("end")
    query = sa.select(deadline.c.incident_id, end).group_by(deadline.c.incident_id)
    handling = sa.and_(deadline.c.stage == "handle", deadline.c.state != "dropped")
    return {
        row.incident_id: row.end for row in tx.execute(query.where(deadline.c.incident_id.in_(ids), handling))
    }
