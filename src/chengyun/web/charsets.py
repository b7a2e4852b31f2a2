"""JSON in the encodings that Chinese systems still send: decoded when they say so, told apart when they do not."""

from __future__ import annotations

from email.message import Message as Header

from starlette.types import ASGIApp, Message, Receive, Scope, Send

CHINESE = frozenset({"gbk", "gb2312", "gb18030", "cp936"})
MOST = 1_000_000  # bytes of JSON that are held to be decoded; longer ones stay what they are


def charset_of(content_type: str) -> str | None:
    """The declared charset of a JSON body, lower case."""
    header = Header()
    header["content-type"] = content_type
    return header.get_content_charset() if header.get_content_subtype().endswith("json") else None


class Charsets:
    """ASGI wrapper: a JSON body declared as GBK, GB2312 or GB18030 goes on as UTF-8.

    One that is not what it declares goes on as it is and is answered 400 "web.not_utf8".
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            told = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
            if b"charset" in told.lower() and charset_of(told.decode("latin-1")) in CHINESE:
                receive = Decoded(receive).receive
        await self.app(scope, receive, send)


class Decoded:
    """A body that is received whole and handed on as UTF-8."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._done = False

    async def receive(self) -> Message:
        if self._done:
            return await self._receive()
        body = bytearray()
        while True:
            message = await self._receive()
            if message["type"] != "http.request":
                return message
            body += message.get("body", b"")
            if not message.get("more_body", False) or len(body) > MOST:
                break
        self._done = True
        more = bool(message.get("more_body", False))
        if more:
            return {"type": "http.request", "body": bytes(body), "more_body": True}
        return {"type": "http.request", "body": _utf8(bytes(body)), "more_body": False}


def _utf8(body: bytes) -> bytes:
    try:
        return body.decode("gb18030").encode()
    except UnicodeDecodeError:
        return body
