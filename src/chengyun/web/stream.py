"""Live changes as server-sent events, replayed from `Last-Event-ID`."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from chengyun.identity.routing import Caller, resolve
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import AppError, Unauthenticated

router = APIRouter(prefix="/api", tags=["stream"])
RECHECK = 15.0  # seconds after which a stream asks again who is listening


def fresh_actor(request: Request, actor: Actor) -> Callable[[], Actor | None]:
    """Who is listening *now*: a changed post or an ended session takes effect within `RECHECK`."""
    known: Actor | None = actor
    asked = time.monotonic()

    def current() -> Actor | None:
        nonlocal known, asked
        if time.monotonic() - asked > RECHECK:
            try:
                known = resolve(request)
            except AppError:
                known = None
            asked = time.monotonic()
        return known

    return current


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
    body = request.app.state.feed.stream(fresh_actor(request, actor), since)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(body, media_type="text/event-stream", headers=headers)
