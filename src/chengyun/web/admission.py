"""Who is let in when more comes than can be done: life-safety first, the rest as far as it can be answered soon.

Work is done for so many requests at once as there are connections to the database; a share of the places is kept for
what is vital. Others wait, but only while the wait is expected to be short; who would wait longer is told so at once
(429 with Retry-After), which costs a fraction of a millisecond. What is vital waits in a line of its own, is served
before every other, and is not turned away. Where even reading comes late, work for the others gives way to it.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import deque
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chengyun.incidents.reporting.routes import REPORTS
from chengyun.kernel.errors import AppError, TooMany, Unavailable, problem
from chengyun.kernel.failpoints import failpoint
from chengyun.web.pulse import Pulse
from chengyun.web.triage import PEEK, Triage

LATE = 0.1  # seconds by which the event loop may be late before others get few places only
FEW = 16  # that is, one in so many
LONGEST_WAIT = 1.0  # seconds that an ordinary request may be expected to wait
PATIENCE = 8.0  # seconds after which it is turned away where it was expected wrongly
VITAL_MOST = 2_000  # vital requests that wait; more is not a city's emergency but an attack
RECEIVING_MOST = 512  # requests whose bodies arrive at the same time
EXEMPT = ("/api/stream", "/api/health")
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass
class Gate:
    """Places for work, and two lines before them. Lives on one event loop."""

    places: int
    reserved: int  # of those, for what is vital
    longest_wait: float = LONGEST_WAIT
    patience: float = PATIENCE
    working: int = 0
    usual: float = 0.05  # seconds that a place is taken, smoothed
    refused: int = 0
    pulse: Pulse = field(default_factory=Pulse)
    vital_line: deque[asyncio.Future[None]] = field(default_factory=deque)
    line: deque[asyncio.Future[None]] = field(default_factory=deque)

    def open(self) -> int:
        """Places for what is not vital: few where requests wait to be read, since work holds reading up."""
        return self.places - self.reserved if self.pulse.late < LATE else max(1, self.places // FEW)

    def busy(self) -> bool:
        """Whether an ordinary request would have to wait."""
        return self.working >= self.open() or bool(self.line)

    def expected_wait(self) -> float:
        """Seconds until an ordinary request that comes now would begin."""
        ahead = len(self.line) + len(self.vital_line) + 1
        return ahead * self.usual / max(1, self.open())

    async def enter(self, vital: bool) -> None:
        """Take a place, perhaps after waiting. Raises TooMany, for what is vital Unavailable."""
        if self.working < (self.places if vital else self.open()) and not (self.line and not vital):
            self.working += 1
            return
        if vital and len(self.vital_line) >= VITAL_MOST:
            raise Unavailable("web.overloaded", retry_after=1)
        if vital:
            await self._wait(self.vital_line)
            return
        if (wait := self.expected_wait()) > self.longest_wait:
            raise self._refusal(wait)
        try:
            async with asyncio.timeout(self.patience):
                await self._wait(self.line)
        except TimeoutError as error:
            raise self._refusal(self.patience) from error

    def _refusal(self, wait: float) -> TooMany:
        """Spread over a few seconds, so that those who were turned away do not all come back at once."""
        self.refused += 1
        return TooMany("web.overloaded", min(30, 1 + int(wait)) + secrets.randbelow(4))

    async def _wait(self, line: deque[asyncio.Future[None]]) -> None:
        turn = asyncio.get_running_loop().create_future()
        line.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            self._gave_up(line, turn)
            raise

    def _gave_up(self, line: deque[asyncio.Future[None]], turn: asyncio.Future[None]) -> None:
        """Who waited has gone; the place that was just given goes to the next."""
        if turn in line:
            line.remove(turn)
        elif turn.done() and not turn.cancelled():
            self.leave(None)

    def leave(self, spent: float | None) -> None:
        """Give the place up; `spent` is how long it was taken."""
        if spent is not None:
            self.usual += (spent - self.usual) * 0.05
        self.working -= 1
        while self.vital_line or (self.line and self.working < self.open()):
            turn = (self.vital_line or self.line).popleft()
            if not turn.done():
                self.working += 1
                turn.set_result(None)
                return


class Admission:
    """ASGI wrapper: lets requests in by the gate. A body is received before a place is taken: who sends slowly, or
    reads slowly, keeps nobody from work.
    """

    def __init__(self, app: ASGIApp, gate: Gate, triage: Triage, intake: Gate | None = None) -> None:
        self.app = app
        self.gate = gate
        self.intake = intake or gate  # reports share connections: more of them are at work at the same time
        self.triage = triage
        self.receiving = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith("/api/") or path in EXEMPT:
            await self.app(scope, receive, send)
            return
        visit = Visit(self, scope, receive, send)
        if bodiless(scope):
            await visit.without_body()
        elif self.receiving >= RECEIVING_MOST:
            await visit.refuse(TooMany("web.overloaded", 2))
        else:
            await visit.with_body()
        if visit.status < 400 and scope["method"] not in READING:
            failpoint("web.replied")


def bodiless(scope: Scope) -> bool:
    """Whether nothing comes after the headers."""
    headers = dict(scope["headers"])
    length = headers.get(b"content-length", b"0")
    return scope["method"] in READING or (length == b"0" and b"transfer-encoding" not in headers)


class Visit:
    """One request on its way through."""

    def __init__(self, admission: Admission, scope: Scope, receive: Receive, send: Send) -> None:
        self.admission = admission
        self.gate = admission.intake if scope["path"] == REPORTS else admission.gate
        self.scope, self.receive, self.send = scope, receive, send
        self.body = bytearray()
        self.status = 0
        self.since: float | None = None  # when the place was taken; None: none is held
        self.refusal: AppError | None = None
        self.arriving = False

    async def without_body(self) -> None:
        try:
            await self._enter(self.admission.triage.vital(self.scope, b"") if self.gate.busy() else False)
        except AppError as error:
            await self.refuse(error)
            return
        await self._through(self.receive)

    async def with_body(self) -> None:
        """Whatever the application says of a body that ended in a refusal: the answer is the refusal."""
        self.arriving = True
        self.admission.receiving += 1
        try:
            await self._through(self._received)
        except AppError as error:
            if error is not self.refusal:
                raise
        finally:
            self._arrived()
        if self.refusal is not None and not self.status:
            await self.refuse(self.refusal)

    async def _received(self) -> Message:
        """Hand the body on; its last piece waits for a place."""
        message = await self.receive()
        if self.since is None and message["type"] == "http.request":
            if len(self.body) < PEEK:
                self.body += message.get("body", b"")
            if not message.get("more_body", False):
                self._arrived()
                await self._admitted()
        return message

    def _arrived(self) -> None:
        if self.arriving:
            self.arriving = False
            self.admission.receiving -= 1

    async def _admitted(self) -> None:
        vital = self.gate.busy() and self.admission.triage.vital(self.scope, bytes(self.body))
        try:
            await self._enter(vital)
        except AppError as error:
            self.refusal = error
            raise

    async def _enter(self, vital: bool) -> None:
        if self.gate.busy():
            self.admission.triage.refresh()
        await self.gate.enter(vital)
        self.since = asyncio.get_running_loop().time()

    async def _through(self, receive: Receive) -> None:
        try:
            await self.admission.app(self.scope, receive, self._sent)
        finally:
            self._leave()

    async def _sent(self, message: Message) -> None:
        if self.refusal is not None:
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._leave()  # the work is done; how fast the other side reads is its affair
        await self.send(message)

    def _leave(self) -> None:
        if self.since is not None:
            since, self.since = self.since, None
            self.gate.leave(asyncio.get_running_loop().time() - since)

    async def refuse(self, error: AppError) -> None:
        """Answer with a problem, without asking the application."""
        headers = dict(self.scope["headers"])
        english = headers.get(b"accept-language", b"zh")[:2].lower() == b"en"
        document = problem(error, "en" if english else "zh", self.scope["path"])
        body = json.dumps(document, ensure_ascii=False).encode()
        told = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(body)).encode()),
            (b"retry-after", str(error.params["retry_after"]).encode()),
        ]
        self.status = error.status
        await self.send({"type": "http.response.start", "status": error.status, "headers": told})
        await self.send({"type": "http.response.body", "body": body})
