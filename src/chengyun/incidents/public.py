"""HTTP of incidents for residents: follow, rate, reopen. An unguessable link is the key."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from chengyun.identity.routing import Caller, Db
from chengyun.incidents import service
from chengyun.incidents.bodies import RatingBody, ReopenBody, UrgeBody
from chengyun.incidents.inputs import Move
from chengyun.incidents.reporter import tracking
from chengyun.incidents.views import Tracking
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import Unauthenticated

router = APIRouter(prefix="/api/incidents", tags=["incidents"])
Token = Annotated[str, Path(min_length=20, max_length=100, pattern="^[A-Za-z0-9_-]+$")]
POLICY = system_actor("tracking")


@router.get("/mine")
def read_mine(actor: Caller, db: Db) -> list[Tracking]:
    """The signed-in caller's own reports, newest first."""
    if actor.kind not in {"resident", "person"}:
        raise Unauthenticated("session.required")
    with db.begin(actor) as tx:
        return tracking.of_reporter(tx, tracking.own_reports(tx), actor.language)


@router.get("/tracking/{token}")
def follow(token: Token, actor: Caller, db: Db) -> Tracking:
    """The reporter's view."""
    with db.begin(POLICY) as tx:
        return tracking.tracking(tx, tracking.report_by_token(tx, token), actor.language)


@router.post("/tracking/{token}/rating")
def rate(token: Token, body: RatingBody, actor: Caller, db: Db) -> Tracking:
    """The reporter's verdict on a closed incident."""
    given = {"stars": body.stars, "solved": body.solved, "note": body.comment or None}
    return _move(db, actor, token, Move("rate", given))


@router.post("/tracking/{token}/reopen")
def reopen(token: Token, body: ReopenBody, actor: Caller, db: Db) -> Tracking:
    """The reporter says it is not solved."""
    return _move(db, actor, token, Move("reopen", {"reason": body.reason}))


@router.post("/tracking/{token}/urge")
def urge(token: Token, body: UrgeBody, actor: Caller, db: Db) -> Tracking:
    """The reporter asks to hurry; again only after a while."""
    return _move(db, actor, token, Move("urge", {"note": body.note or None}))


def _move(db: Db, actor: Actor, token: str, made: Move) -> Tracking:
    with db.begin(POLICY) as tx:
        told = tracking.report_by_token(tx, token)
        service.move_as_reporter(tx, told, made)
        return tracking.tracking(tx, told, actor.language)
