"""HTTP of the audit chain: its head, and the heads of other centres that we keep."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from chengyun.identity.routing import Caller, Db
from chengyun.kernel import audit, witnesses
from chengyun.kernel.audit import Head
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import Conflict

router = APIRouter(prefix="/api/audit", tags=["audit"])


class HeadBody(BaseModel):
    """The last sealed link of a chain."""

    model_config = ConfigDict(extra="forbid")
    seq: Annotated[int, Field(ge=1, lt=2**63)]
    hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class HeadView(BaseModel):
    """`seq` 0: nothing is sealed yet."""

    seq: int
    hash: str


class KeptView(HeadView):
    """A head as we received it, in real time."""

    received_at: datetime


@router.get("/head")
def read_head(actor: Caller, db: Db) -> HeadView:
    """The head of this centre's chain, for whoever wants to keep it."""
    if not actor.may("audit.witness"):
        actor.require("audit.verify")
    with db.begin(actor) as tx:
        head = audit.head(tx)
    return HeadView(seq=head.seq, hash=head.hash)


@router.post("/witness", status_code=201)
def keep(body: HeadBody, actor: Caller, db: Db) -> HeadView:
    """Keep the caller's head. One that contradicts what is kept, or goes back, is 409 and goes on record."""
    actor.require("audit.witness")
    with db.begin(actor) as tx:
        fits = witnesses.keep(tx, chain_of(actor), Head(body.seq, body.hash))
    if not fits:
        raise Conflict("audit.contradicted")
    return HeadView(seq=body.seq, hash=body.hash)


@router.get("/witness")
def read_kept(actor: Caller, db: Db) -> list[KeptView]:
    """What is kept of the caller's chain, newest first."""
    actor.require("audit.witness")
    with db.begin(actor) as tx:
        found = witnesses.kept(tx, chain_of(actor))
    return [KeptView(seq=one.seq, hash=one.hash, received_at=one.received_at) for one in found]


def chain_of(actor: Actor) -> str:
    """Whose chain it is: that of whoever holds the token."""
    return f"{actor.kind}:{actor.id}"
