"""The door of duty and handover."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chengyun.command.contracts import Brief, Draft, Handover
from chengyun.command.rules import content_of, lines_of, read_content
from chengyun.command.tables import handover, switch
from chengyun.identity import service as identity
from chengyun.incidents import service as incidents
from chengyun.incidents.views import IncidentRow
from chengyun.kernel import audit
from chengyun.kernel.errors import Forbidden
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

FIRST_SHIFT = timedelta(hours=12)  # how far back the first handover of a centre looks
ATTENTION = 30  # incidents listed at most


def draft(tx: Tx) -> Draft:
    """What the caller's centre would hand over now."""
    centre = _centre(tx)
    since = _last_until(tx, centre) or tx.now - FIRST_SHIFT
    counts = incidents.counts(tx, incidents.Filters(centre=centre))
    return Draft(
        centre=centre,
        centre_name=territory.region(tx, centre).name,
        since=since,
        until=tx.now,
        lines=lines_of(counts),
        attention=_attention(tx, centre),
        on_duty=[person.name for person in identity.on_duty(tx, centre)],
    )


def hand_over(tx: Tx, notes: str, pinned: list[int]) -> Handover:
    """Sign the handover of the caller's centre; it is kept as it was and never edited."""
    tx.actor.require("handover.write")
    current = draft(tx)
    for incident in pinned:
        incidents.pin(tx, incident, on=True)
    attention = _attention(tx, current.centre)
    row = tx.execute(
        sa.insert(handover)
        .values(
            centre_id=current.centre,
            readers=list(territory.ancestors(tx, current.centre)),
            since=current.since,
            until=current.until,
            by_id=tx.actor.id,
            by_name=tx.actor.name,
            notes=identity.masked(notes),
            content=content_of(current.lines, attention),
        )
        .returning(handover.c.id)
    ).scalar_one()
    audit.record(tx, "shift.handed_over", ("handover", row), {"centre": current.centre})
    return _read(tx, sa.select(handover).where(handover.c.id == row))[0]


def handovers(tx: Tx, limit: int = 20) -> list[Handover]:
    """The last handovers of the caller's centre, newest first."""
    centre = _centre(tx)
    query = sa.select(handover).where(handover.c.centre_id == centre)
    query = query.where(identity.readable_by(tx.actor, handover.c.readers))
    return _read(tx, query.order_by(handover.c.until.desc(), handover.c.id.desc()).limit(limit))


def switch_is_on(tx: Tx, name: str) -> bool:
    """Whether a named switch is on; one that was never touched is on."""
    found = tx.execute(sa.select(switch.c.is_on).where(switch.c.name == name)).scalar()
    return True if found is None else bool(found)


def set_switch(tx: Tx, name: str, on: bool) -> None:
    """Turn a named switch on or off."""
    values = {"name": name, "is_on": on, "by_name": tx.actor.name, "at": tx.now}
    statement = insert(switch).values(values)
    tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


def _centre(tx: Tx) -> int:
    if tx.actor.home is None:
        raise Forbidden("command.no_centre")
    return tx.actor.home


def _last_until(tx: Tx, centre: int) -> datetime | None:
    query = sa.select(sa.func.max(handover.c.until)).where(handover.c.centre_id == centre)
    return tx.execute(query).scalar()


def _attention(tx: Tx, centre: int) -> list[Brief]:
    """Pinned, alarming and late incidents of the centre, most urgent first."""
    page = incidents.queue(tx, incidents.Filters(centre=centre, open=True), sort="urgency", limit=ATTENTION)
    return [_brief(row) for row in page.items if row.pinned or row.alert or row.lamp != "none"]


def _brief(row: IncidentRow) -> Brief:
    return Brief(row.id, row.number, identity.masked(row.title), row.state, row.level, row.lamp, row.pinned)


def _read(tx: Tx, query: sa.Select[tuple[object, ...]]) -> list[Handover]:
    found = []
    for row in tx.execute(query):
        lines, attention = read_content(row.content)
        found.append(
            Handover(row.id, row.centre_id, row.since, row.until, row.by_name, row.notes, lines, attention)
        )
    return found
