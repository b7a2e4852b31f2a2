"""Refuse a request body that is larger than the installation allows, before it is read into memory."""

from __future__ import annotations

import json
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chengyun.kernel.errors import TooLarge, problem


class BodyTooLong(Exception):
    """Raised inside `receive` once a streamed body passes the limit."""


class BodyLimit:
    """ASGI wrapper: answers 413 problem+json when a body passes `limit` bytes, declared or streamed."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self.limit:
            await self._refuse(scope, send)
            return
        started = over = False
        seen = 0

        async def counted() -> Message:
            nonlocal seen, over
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.limit:
                over = True
                raise BodyTooLong
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            if over and not started:
                return  # whatever the reader of a body that was cut off says of it: the answer is 413
            started = True
            await send(message)

        with suppress(BodyTooLong):
            await self.app(scope, counted, watched)
        if over and not started:
            await self._refuse(scope, send)

    async def _refuse(self, scope: Scope, send: Send) -> None:
        language = dict(scope["headers"]).get(b"accept-language", b"zh").decode("latin-1")[:2]
        error = TooLarge("web.body_too_large", limit_mb=self.limit // 1_000_000)
        body = json.dumps(
            problem(error, "en" if language == "en" else "zh", scope["path"]), ensure_ascii=False
        ).encode()
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send(
            {"type": "http.response.start", "status": 413, "headers": [*headers, (b"connection", b"close")]}
        )
        await send({"type": "http.response.body", "body": body})
