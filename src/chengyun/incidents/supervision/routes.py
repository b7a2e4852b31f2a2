"""HTTP of supervision: the board and the arbitration desk. Acts are moves, made where all moves are made."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from chengyun.identity.routing import Caller, Db
from chengyun.incidents.bodies import Filtering, Short
from chengyun.incidents.supervision import arbitration
from chengyun.incidents.supervision import board as boards
from chengyun.incidents.supervision.contracts import Board, Case, Tab
from chengyun.incidents.views import IncidentRow
from chengyun.kernel.fields import Id

router = APIRouter(prefix="/api/incidents/supervision", tags=["incidents"])


@router.get("/board")
def read_board(
    actor: Caller,
    db: Db,
    by: Filtering,
    tab: Tab = Tab.OVERDUE,
    after: Short | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Board:
    """What is late, bouncing, forgotten, reopened, urged or supervised, with the reasons in words."""
    actor.require("incident.supervise")
    with db.begin(actor) as tx:
        return boards.board(tx, tab, by.filters(), after, limit)


@router.get("/arbitration")
def read_disputes(actor: Caller, db: Db) -> list[IncidentRow]:
    """Incidents that wait for the decision of the caller's centre, the most urgent first."""
    actor.require("incident.arbitrate")
    with db.begin(actor) as tx:
        return arbitration.disputes(tx)


@router.get("/arbitration/{incident_id}")
def read_case(incident_id: Annotated[Id, Path()], actor: Caller, db: Db) -> Case:
    """One dispute: both sides, the duty matrix, earlier decisions."""
    actor.require("incident.arbitrate")
    with db.begin(actor) as tx:
        return arbitration.case(tx, incident_id)
