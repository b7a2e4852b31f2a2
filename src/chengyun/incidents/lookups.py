"""Small reads around an incident: categories, neighbours, a reporter's contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.identity.roles import role_name
from chengyun.identity.vault import Vault
from chengyun.incidents import rulebook as rulebooks
from chengyun.incidents.contracts import Category
from chengyun.incidents.duplicates import finding
from chengyun.incidents.duplicates.finding import Match
from chengyun.incidents.intake.taking import opened_contact
from chengyun.incidents.reading.detail import find
from chengyun.incidents.tables import report
from chengyun.kernel import audit
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import NotFound
from chengyun.kernel.transactions import Database, Tx


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
    incidents: list[Match]
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


def nearby(tx: Tx, row: Any) -> Nearby:
    """Open incidents that may be the same matter as `row`, and the people of its village and town who may help."""
    language = tx.actor.language
    people = [
        Neighbour(person.name, role_name(person.role, language), True)
        for person in identity.on_duty(tx, row.town_id)
    ]
    if row.village_id:
        workers = identity.grid_workers(tx, row.village_id)
        people += [Neighbour(person.name, role_name(person.role, language), False) for person in workers]
    return Nearby(finding.matches(tx, finding.wanted_of(row)), people)


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
