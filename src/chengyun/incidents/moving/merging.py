"""Merging, undoing it and splitting, as moves: what is checked, and what happens to the history on the other side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from chengyun.attachments import service as attachments
from chengyun.incidents.dispatch import opening
from chengyun.incidents.dispatch.opening import Ground
from chengyun.incidents.inputs import Move
from chengyun.incidents.life import Act, Doer, Incident, Life, Order, doer_of
from chengyun.incidents.moving import merged, store
from chengyun.incidents.moving.standing import View, stand_of
from chengyun.incidents.moving.store import Loaded
from chengyun.incidents.tables import incident as incidents
from chengyun.incidents.tables import report as reports
from chengyun.kernel.errors import Conflict, FieldError, Forbidden, Invalid
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

if TYPE_CHECKING:
    from chengyun.incidents.moving.resolving import Working

Args = dict[str, Any]
Given = Mapping[str, Any]
_NUMBERS = sa.text(
    "SELECT nextval('incidents_incident_id_seq') AS id, nextval('incidents_number_seq') AS serial"
)


@dataclass(frozen=True, slots=True)
class Beside:
    """What a move brings with it on another incident, which is locked or not yet born."""

    loaded: Loaded
    acts: Sequence[Act]
    then: Callable[[Tx], None] | None = None  # once both are saved


def lock(tx: Tx, incident_id: int, made: Sequence[Move]) -> None:
    """Lock both sides of a merge in the order of their ids, so that two that cross do not wait for one another."""
    ids = {incident_id}
    for one in made:
        if one.name == "merge_into" and one.given.get("into"):
            ids |= {one.given["into"], *merged.line_of(tx, one.given["into"])}
        elif one.name == "unmerge":
            ids |= set(merged.line_of(tx, incident_id))
    if len(ids) > 1:
        query = sa.select(incidents.c.id).where(incidents.c.id.in_(ids)).order_by(incidents.c.id)
        tx.execute(query.with_for_update()).all()


def merge_into(work: Working, given: Given, _order: Order | None) -> Args:
    """Into the incident that answers for the one named: an open one, whose owner or a centre above it asks."""
    tx, incident = work.tx, work.incident
    master = store.load(tx, merged.root_of(tx, given["into"]))
    other = master.life.incident
    if other.id == incident.id:
        raise Invalid([FieldError("into", "incidents.merge_with_itself")])
    if other.ended:
        raise Conflict("incidents.master_has_ended", number=other.number)
    stand = stand_of(tx, View(other, master.life.orders))
    if not (stand.owner or stand.above or stand.system):
        raise Forbidden("incidents.merge_beyond_owner", number=other.number)
    args = {
        "incident": incident.id,
        "number": incident.number,
        "reports": incident.reports_count,
        "residents": [one for one in incident.residents if one not in other.residents],
    }
    work.beside.append(Beside(master, [_mirrored(work, "take_in", given, args)]))
    return {"incident": other.id, "number": other.number, "from": incident.state}


def unmerge(work: Working, given: Given, _order: Order | None) -> Args:
    """Every master above lets go of what came with it; whoever reports there too stays."""
    tx, incident = work.tx, work.incident
    own = set(merged.group_of(tx, incident.id))
    line = merged.line_of(tx, incident.id)[1:]
    if not line or line[0] != incident.merged_into:
        raise Forbidden("incidents.merge_beyond_owner", number=incident.number)
    for above in line:
        master = store.load(tx, above)
        staying = merged.reporters_of(tx, [one for one in merged.group_of(tx, above) if one not in own])
        gone = [one for one in incident.residents if one not in staying]
        args = {"incident": incident.id, "number": incident.number, "reports": incident.reports_count}
        work.beside.append(Beside(master, [_mirrored(work, "let_go", given, {**args, "residents": gone})]))
    last = store.load(tx, line[0]).life.incident
    return {"incident": last.id, "number": last.number}


def _mirrored(work: Working, name: str, given: Given, args: Args) -> Act:
    return Act(
        "incident", name, work.tx.now, doer_of(work.tx.actor), text=str(given.get("reason") or ""), args=args
    )


# split


def split_off(work: Working, given: Given, _order: Order | None) -> Args:
    """Some reports, not all, become an incident of their own; its limits run from when they were told."""
    told = _chosen(work, given["reports"])
    moved = [row.id for row in told]
    staying = merged.reporters_of(work.tx, merged.group_of(work.tx, work.incident.id), without=moved)
    gone = [one for one in dict.fromkeys(row.resident_id for row in told) if one and one not in staying]
    child, ground = _child(work, given, told)
    work.beside.append(_birth(work, given, child, ground, told))
    return {"reports": moved, "residents": gone, "incident": child.id, "number": child.number}


def _chosen(work: Working, ids: Sequence[int]) -> list[Any]:
    """The reports that were named, oldest first; all of this very incident, and not all that it has."""
    query = sa.select(reports).where(reports.c.incident_id == work.incident.id)
    rows = work.tx.execute(query.order_by(reports.c.at, reports.c.id).with_for_update()).all()
    told = [row for row in rows if row.id in set(ids)]
    if len(told) != len(set(ids)):
        raise Invalid([FieldError("reports", "incidents.reports_of_another")])
    if len(told) == len(rows):
        raise Invalid([FieldError("reports", "incidents.split_leaves_nothing")])
    return told


def _child(work: Working, given: Given, told: Sequence[Any]) -> tuple[Incident, Ground]:
    """The new incident, told when its first report was: at the given place and of the given class, else as before."""
    parent, first = work.incident, told[0]
    place = given.get("place") or {"lon": parent.lon, "lat": parent.lat, "address": parent.address}
    located = territory.locate(work.tx, place["lon"], place["lat"])
    ground = opening.ground_of(located)
    category = work.book.categories.get(given.get("category") or parent.category or "")
    if given.get("category") and category is None:
        raise Invalid([FieldError("category", "incidents.no_such_category", {"category": given["category"]})])
    number: Any = work.tx.execute(_NUMBERS).one()
    child = Incident(
        id=number.id,
        number=opening.number_of(work.tx.now, number.serial),
        title=opening.title_of(first.text, category),
        text=first.text,
        category=category.code if category else None,
        level=str(category.level) if given.get("category") and category else parent.level,
        **opening.placed(located, category),
        lon=place["lon"],
        lat=place["lat"],
        address=place.get("address") or "",
        positioned=parent.positioned,
        channel=first.channel,
        occurred_at=first.at,
        reported_at=first.at,
        changed_at=first.at,
        rulebook_id=parent.rulebook_id,
        simulated=parent.simulated,
        residents=[one for one in dict.fromkeys(row.resident_id for row in told) if one],
    )
    if work.tx.actor.kind != "system" and not set(child.chain()) & set(work.tx.actor.scopes):
        raise Invalid([FieldError("place", "incidents.split_out_of_reach")])
    return child, ground


def _birth(work: Working, given: Given, child: Incident, ground: Ground, told: Sequence[Any]) -> Beside:
    """The first steps of the new incident, and its reports with their files once it is there."""
    first = told[0]
    kind = "resident" if first.resident_id else "anonymous"
    teller = Doer(kind, first.resident_id, first.masked_name or "反映人")
    category = work.book.categories.get(child.category or "")
    act = opening.first_act(child, ground, category, (), teller)
    args = {"incident": work.incident.id, "number": work.incident.number, "reports": len(told)}
    files = [one for row in told for one in row.attachments]
    moved = [row.id for row in told]

    def take_along(tx: Tx) -> None:
        tx.execute(sa.update(reports).where(reports.c.id.in_(moved)).values(incident_id=child.id))
        attachments.pass_on(tx, files, work.incident.id, child.id, child.readers)

    origin = _mirrored(work, "split_from", given, args)
    return Beside(store.unborn(Life(child)), [act, origin], take_along)
