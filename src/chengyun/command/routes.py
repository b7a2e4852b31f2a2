"""HTTP of duty and handover."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from chengyun.command import service
from chengyun.command.contracts import Draft, Handover
from chengyun.identity.routing import Caller, Db
from chengyun.kernel.fields import Body, Id, Text

router = APIRouter(prefix="/api/command", tags=["command"])


class HandoverIn(Body):
    """What the outgoing officer adds to the computed draft."""

    notes: Text = Field(default="", max_length=4000)
    pinned: list[Id] = Field(default_factory=list, max_length=50)


@router.get("/handover")
def read_draft(actor: Caller, db: Db) -> Draft:
    """What the caller's centre would hand over now."""
    actor.require("incident.read")
    with db.begin(actor) as tx:
        return service.draft(tx)


@router.post("/handover", status_code=201)
def sign(body: HandoverIn, actor: Caller, db: Db) -> Handover:
    """Sign the handover."""
    with db.begin(actor) as tx:
        return service.hand_over(tx, body.notes, body.pinned)


@router.get("/handovers")
def read_signed(actor: Caller, db: Db) -> list[Handover]:
    """The last signed handovers of the caller's centre."""
    actor.require("incident.read")
    with db.begin(actor) as tx:
        return service.handovers(tx)
