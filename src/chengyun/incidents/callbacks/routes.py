"""HTTP of call-backs, for whoever may talk to reporters."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from chengyun.identity.routing import Caller, Db
from chengyun.incidents.bodies import Body, Long
from chengyun.incidents.callbacks import service
from chengyun.incidents.callbacks.contracts import Answer, Attempt, Callbacks
from chengyun.kernel.fields import Id

router = APIRouter(prefix="/api/incidents/callbacks", tags=["incidents"])


class AnswerBody(Body):
    """What a call has brought."""

    reached: bool
    stars: Annotated[int, Field(ge=1, le=5)] | None = None
    solved: bool | None = None
    words: Long = ""
    reopen: bool = False

    def as_answer(self) -> Answer:
        """As the service takes it."""
        return Answer(self.reached, self.stars, self.solved, self.words, self.reopen)


@router.get("/due")
def read_callbacks(actor: Caller, db: Db) -> Callbacks:
    """Closed incidents whose reporters are to be called back."""
    actor.require("reporter.contact")
    with db.begin(actor) as tx:
        return service.due(tx)


@router.get("/made")
def read_calls_made(actor: Caller, db: Db) -> list[Attempt]:
    """Call-backs of the last weeks."""
    actor.require("reporter.contact")
    with db.begin(actor) as tx:
        return service.made(tx)


@router.post("/{incident_id}", status_code=204)
def record_callback(incident_id: Annotated[Id, Path()], body: AnswerBody, actor: Caller, db: Db) -> None:
    """Record a call: reached or not, content or not; it becomes a rating or a reopening."""
    with db.begin(actor) as tx:
        service.record(tx, incident_id, body.as_answer())
