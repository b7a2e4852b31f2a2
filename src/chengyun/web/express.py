"""The straight way of a report: what is certain does not pass the whole stack.

A city's reports come by one route, and routing, dependencies and wrappers cost as much as taking one in. So a plain body
that validates, of a session that was known a moment ago, is handed over at once. Everything else goes on untouched to
the application, which alone says what is wrong with it.
"""

from __future__ import annotations

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chengyun.identity.resolving import Resolved
from chengyun.identity.routing import WRITE_HEADER, remembered
from chengyun.incidents.bodies import ReportBody
from chengyun.incidents.reporting.routes import KEY_LENGTHS, REPORTS, take_in
from chengyun.web.errors import response_to

PLAIN = 16_384  # bytes; a report with more goes the way of everything else


class Express:
    """ASGI wrapper around the application; where requests are let in stands before it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != REPORTS or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        key, parcel = plain_key(request), Parcel(receive)
        body = report_in(await parcel.whole()) if key is not None else None
        if key is None or body is None or (who := remembered(request)) is None:
            await self.app(scope, parcel.receive, send)
            return
        response = await answered(request, body, who, key)
        await response(scope, receive, send)


async def answered(request: Request, body: ReportBody, who: Resolved, key: str) -> Response:
    """What the route answers."""
    try:
        return await take_in(request, body, who, key)
    except Exception as error:  # noqa: BLE001  as around every route: whatever it is, it is answered and logged
        return response_to(request, error)


def plain_key(request: Request) -> str | None:
    """The idempotency key of a request that may go this way: short JSON in UTF-8 with everything it needs."""
    headers = request.headers
    length, key = headers.get("content-length", ""), headers.get("idempotency-key", "")
    small = length.isdigit() and int(length) <= PLAIN
    plain = headers.get("content-type") == "application/json" and headers.get(WRITE_HEADER) == "1"
    return key if small and plain and len(key) in KEY_LENGTHS and key.isprintable() else None


def report_in(content: bytes | None) -> ReportBody | None:
    """The report, unless anything is wrong with it."""
    try:
        return None if content is None else ReportBody.model_validate_json(content)
    except ValidationError:
        return None


class Parcel:
    """A body that was received whole, and can be received once more."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._kept: list[Message] = []

    async def whole(self) -> bytes | None:
        """Everything that comes; None where the other side leaves before the end."""
        more = True
        while more:
            message = await self._receive()
            self._kept.append(message)
            if message["type"] != "http.request":
                return None
            more = message.get("more_body", False)
        return b"".join(message.get("body", b"") for message in self._kept)

    async def receive(self) -> Message:
        """What was kept, then what still comes."""
        return self._kept.pop(0) if self._kept else await self._receive()
