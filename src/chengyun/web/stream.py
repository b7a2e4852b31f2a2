"""Live changes as server-sent events, replayed from `Last-Event-ID`."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from chengyun.identity.routing import Caller, resolve
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import AppError, Unauthenticated

router = APIRouter(prefix="/api", tags=["stream"])
RECHECK = 15.0  # seconds after which a stream asks again who is listening


class Listening:
    """Who is listening *now*: a changed post or an ended session takes effect within `RECHECK`."""

    def __init__(self, request: Request, actor: Actor) -> None:
        self._request = request
        self._known: Actor | None = actor
        self._asked = time.monotonic()

    def due(self) -> bool:
        """Whether the next call has to ask the database."""
        return time.monotonic() - self._asked > RECHECK

    def __call__(self) -> Actor | None:
        if self.due():
            try:
                self._known = resolve(self._request)
            except AppError:
                self._known = None
            self._asked = time.monotonic()
        return self._known


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses={
        200: {"description": "Events, until either side closes", "content": {"text/event-stream": {}}}
    },
)
async def stream(
    request: Request,
    actor: Caller,
    last_event_id: Annotated[int | None, Header()] = None,
    after: Annotated[int | None, Query(description="same as Last-Event-ID, for a first connection")] = None,
) -> StreamingResponse:
    """Everything the caller may see change; `reset`: too much was missed, lists must be read again."""
    if actor.kind == "anonymous":
        raise Unauthenticated("session.required")
    since = after if last_event_id is None else last_event_id
    listening = Listening(request, actor)
    body = request.app.state.feed.stream(listening, since, listening.due)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(body, media_type="text/event-stream", headers=headers)
