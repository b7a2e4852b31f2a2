"""HTTP of incidents for those on duty: report, read, move."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query

from chengyun.identity.routing import Caller, Db, Keys
from chengyun.incidents import lookups, rules, service
from chengyun.incidents.bodies import (
    BlockBody,
    BulkBody,
    Filtering,
    Latitude,
    Longitude,
    MovesBody,
    PinBody,
    Short,
    SpamBody,
    chosen,
)
from chengyun.incidents.bulk import move_each
from chengyun.incidents.classification import service as classification
from chengyun.incidents.classification.contracts import Guess
from chengyun.incidents.contracts import OrderState
from chengyun.incidents.intake import abuse
from chengyun.incidents.reading import detail, queries, tasks
from chengyun.incidents.reporting.once import made_before
from chengyun.incidents.views import (
    Counts,
    IncidentDetail,
    IncidentPage,
    MapPoint,
    MoveResult,
    Proposal,
    Task,
    WorkOrder,
)
from chengyun.kernel.failpoints import failpoint
from chengyun.kernel.fields import Id, Text, box_of

router = APIRouter(prefix="/api/incidents", tags=["incidents"])
Sort = Annotated[str, Query(pattern="^(urgency|newest|due)$")]
MaybeKey = Annotated[Text | None, Header(alias="Idempotency-Key", min_length=8, max_length=200)]
IncidentId = Annotated[Id, Path()]


@router.get("/")
def read_queue(
    actor: Caller,
    db: Db,
    by: Filtering,
    sort: Sort = "urgency",
    after: Short | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> IncidentPage:
    """The queue, most urgent first, narrowed by filters."""
    actor.require("incident.read")
    with db.begin(actor) as tx:
        return queries.queue(tx, by.filters(), sort, after, limit)


@router.get("/counts")
def read_counts(actor: Caller, db: Db, by: Filtering) -> Counts:
    """The strip of counts."""
    actor.require("incident.read")
    with db.begin(actor) as tx:
        return queries.counts(tx, by.filters())


@router.get("/map")
def read_map(
    actor: Caller, db: Db, by: Filtering, bbox: Annotated[str, Query(description="west,south,east,north")]
) -> list[MapPoint]:
    """Incidents in a box, the most urgent first."""
    actor.require("incident.read")
    with db.begin(actor) as tx:
        return queries.points(tx, by.filters(), box_of(bbox))


@router.get("/region-values")
def read_region_values(
    actor: Caller, db: Db, level: Short = "district", parent: Id | None = None
) -> dict[str, dict[str, object]]:
    """Open and overdue incidents per region: what colours the map."""
    actor.require("incident.read")
    with db.begin(actor) as tx:
        return queries.region_values(tx, level, parent)


@router.get("/categories")
def read_categories(actor: Caller, db: Db) -> list[lookups.Group]:
    """Categories in their groups."""
    with db.begin(actor) as tx:
        return lookups.category_tree(tx)


@router.get("/guess")
def guess(
    actor: Caller, db: Db, text: Annotated[Text, Query(max_length=4000)], title: Short = ""
) -> list[Guess]:
    """Categories proposed for a text, best first, with the words that speak for them and, once the city has
    learned from its own history, a confidence."""
    with db.begin(actor) as tx:
        return classification.guess(tx, text, title)


@router.get("/table")
def read_table() -> list[dict[str, object]]:
    """The plain table of states and moves."""
    return rules.plain_table()


@router.get("/orders")
def read_tasks(
    actor: Caller,
    db: Db,
    state: Short = "",
    lon: Longitude | None = None,
    lat: Latitude | None = None,
    sort: Annotated[str, Query(pattern="^(due|distance)$")] = "due",
) -> list[Task]:
    """The caller's work orders, by deadline or distance."""
    actor.require("workorder.read")
    here = (lon, lat) if lon is not None and lat is not None else None
    with db.begin(actor) as tx:
        return tasks.tasks(tx, states=chosen(OrderState, "state", state), here=here, sort=sort)


@router.post("/moves")
def move_many(body: BulkBody, actor: Caller, db: Db) -> list[MoveResult]:
    """One move for many incidents, each in its own transaction; a result per row."""
    return move_each(db, actor, body)


@router.get("/{incident_id}")
def read_one(incident_id: IncidentId, actor: Caller, db: Db) -> IncidentDetail:
    """Everything about one incident that the caller may see."""
    actor.require("incident.read")
    with db.begin(actor) as tx:
        return detail.detail(tx, incident_id)


@router.get("/{incident_id}/proposal")
def read_proposal(incident_id: IncidentId, actor: Caller, db: Db) -> Proposal:
    """The dispatch that the rules propose, with reasons and a rejected alternative."""
    actor.require("incident.read")
    with db.begin(actor) as tx:
        return service.propose(tx, incident_id)


@router.get("/{incident_id}/nearby")
def read_nearby(incident_id: IncidentId, actor: Caller, db: Db) -> lookups.Nearby:
    """What happens around an incident and who works there."""
    actor.require("incident.read")
    with db.begin(actor) as tx:
        return lookups.nearby(tx, detail.find(tx, incident_id))


@router.get("/{incident_id}/reports/{report_id}/contact")
def reveal_contact(
    incident_id: IncidentId,
    report_id: Annotated[Id, Path()],
    reason: Annotated[Text, Query(min_length=2, max_length=400)],
    actor: Caller,
    db: Db,
    keys: Keys,
) -> lookups.Contact:
    """A reporter's name and phone; written to the audit trail before they leave."""
    return lookups.contact(db, actor, keys, incident_id, report_id, reason)


@router.post("/{incident_id}/moves")
def move(
    incident_id: IncidentId, body: MovesBody, actor: Caller, db: Db, key: MaybeKey = None
) -> IncidentDetail:
    """Make one or more moves in one transaction; a retry with the same key acts once."""
    with db.begin(actor) as tx:
        if not made_before(tx, f"incident {incident_id}", body, key):
            service.move(tx, incident_id, [item.as_move() for item in body.moves], body.version)
        shown = detail.detail(tx, incident_id)
        failpoint("moves.made")
    failpoint("moves.committed")
    return shown


@router.post("/orders/{order_id}/moves")
def move_order(
    order_id: Annotated[Id, Path()], body: MovesBody, actor: Caller, db: Db, key: MaybeKey = None
) -> WorkOrder:
    """Make one or more moves of a work order in one transaction; a retry with the same key acts once."""
    with db.begin(actor) as tx:
        if not made_before(tx, f"order {order_id}", body, key):
            service.move_order(tx, order_id, [item.as_move() for item in body.moves])
        return detail.order_view(tx, order_id)


@router.post("/{incident_id}/pin", status_code=204)
def pin(incident_id: IncidentId, body: PinBody, actor: Caller, db: Db) -> None:
    """Pin an incident above the queue, or unpin it."""
    actor.require("incident.accept")
    with db.begin(actor) as tx:
        service.pin(tx, incident_id, body.on)


@router.post("/{incident_id}/alert-ack", status_code=204)
def acknowledge_alert(incident_id: IncidentId, actor: Caller, db: Db) -> None:
    """The caller's centre has seen the alert: it stops flashing and sounding there."""
    actor.require("incident.accept")
    with db.begin(actor) as tx:
        service.acknowledge_alert(tx, incident_id)


@router.post("/reports/{report_id}/spam", status_code=204)
def spam(report_id: Annotated[Id, Path()], body: SpamBody, actor: Caller, db: Db) -> None:
    """Mark or unmark a report as spam."""
    with db.begin(actor) as tx:
        abuse.mark_spam(tx, report_id, body.on, body.reason)


@router.post("/reports/{report_id}/block", status_code=204)
def block(report_id: Annotated[Id, Path()], body: BlockBody, actor: Caller, db: Db) -> None:
    """Refuse further reports of whoever sent this one."""
    with db.begin(actor) as tx:
        abuse.block_reporter(tx, report_id, body.reason, body.until)
