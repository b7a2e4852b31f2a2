"""Small reads around an incident: categories, neighbours, a reporter's contact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import cos, radians
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.identity.roles import role_name
from chengyun.identity.vault import Vault
from chengyun.incidents import rulebook as rulebooks
from chengyun.incidents.contracts import Category, IncidentRow
from chengyun.incidents.detail import find
from chengyun.incidents.filters import readable
from chengyun.incidents.intake import opened_contact
from chengyun.incidents.rows import rows_of
from chengyun.incidents.tables import DONE, incident, report
from chengyun.incidents.tasks import distance_m
from chengyun.kernel import audit
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import NotFound
from chengyun.kernel.transactions import Database, Tx

NEAR_M = 300.0
NEAR_SINCE = timedelta(days=7)
NEAR_CAP = 20
METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class Group:
    """A major class with its categories."""

    group: str
    name: str
    items: list[Category]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A person who works around the place."""

    name: str
    role: str
    on_duty: bool


@dataclass(frozen=True, slots=True)
class Nearby:
    incidents: list[IncidentRow]
    people: list[Neighbour]


@dataclass(frozen=True, slots=True)
class Contact:
    """Who reported it; None where they did not say."""

    name: str | None
    phone: str | None


def category_tree(tx: Tx) -> list[Group]:
    """Categories of the current rulebook in their groups, in the order of the scenario files."""
    groups: dict[str, list[Category]] = {}
    for item in rulebooks.current(tx)[1].categories:
        groups.setdefault(item.group_en if tx.actor.language == "en" else item.group_zh, []).append(item)
    return [Group(group=name, name=name, items=items) for name, items in groups.items()]


def around(lon: float, lat: float, metres: float) -> sa.ColumnElement[bool]:
    """A box of `metres` around a point, in degrees; served by the map index."""
    high = metres / METRES_PER_DEGREE
    wide = high / max(0.01, cos(radians(lat)))
    column = incident.c
    return sa.and_(column.lon.between(lon - wide, lon + wide), column.lat.between(lat - high, lat + high))


def similar(tx: Tx, lon: float, lat: float, category: str | None, skip: int = 0) -> list[IncidentRow]:
    """Open incidents of the last week within `NEAR_M` metres, the same category first, then the nearest."""
    query = (
        sa.select(incident)
        .where(readable(tx), incident.c.state.not_in(DONE), around(lon, lat, NEAR_M))
        .where(incident.c.reported_at >= tx.now - NEAR_SINCE, incident.c.id != skip)
        .limit(200)
    )
    near = [(distance_m(lon, lat, row.lon, row.lat), row) for row in tx.execute(query)]
    inside = [(metres, row) for metres, row in near if metres <= NEAR_M]
    inside.sort(key=lambda pair: (pair[1].category != category, pair[0]))
    return rows_of(tx, [row for _, row in inside[:NEAR_CAP]])


def nearby(tx: Tx, row: Any) -> Nearby:
    """Open incidents around `row` and the people of its village and town who may help."""
    language = tx.actor.language
    people = [
        Neighbour(person.name, role_name(person.role, language), True)
        for person in identity.on_duty(tx, row.town_id)
    ]
    if row.village_id:
        workers = identity.grid_workers(tx, row.village_id)
        people += [Neighbour(person.name, role_name(person.role, language), False) for person in workers]
    return Nearby(similar(tx, row.lon, row.lat, row.category, skip=row.id), people)


def contact(
    db: Database, actor: Actor, vault: Vault, incident_id: int, report_id: int, reason: str
) -> Contact:
    """Name and phone of a reporter; the audit row is committed before they leave."""
    actor.require("reporter.contact")
    with db.begin(actor) as tx:
        find(tx, incident_id)
        query = sa.select(report.c.contact).where(
            report.c.id == report_id, report.c.incident_id == incident_id
        )
        row = tx.execute(query).one_or_none()
        if row is None:
            raise NotFound("incidents.no_report", id=report_id)
    subject = ("report", report_id)
    audit.record_read(db, actor, "reporter.contact", subject, {"incident": incident_id, "reason": reason})
    if row.contact is None:
        return Contact(None, None)
    opened = opened_contact(bytes(row.contact), report_id, vault)
    return Contact(opened.get("name"), opened.get("phone"))
