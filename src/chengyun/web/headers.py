"""Security headers on every answer."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

TIANDITU = "https://*.tianditu.gov.cn"


def content_policy(tile_url: str | None, tianditu: bool) -> str:
    """The Content-Security-Policy; configured tile sources are the only foreign hosts that are let in."""
    hosts = [TIANDITU] if tianditu else []
    if tile_url:
        parts = urlsplit(tile_url)
        hosts.append(f"{parts.scheme}://{parts.netloc}")
    tiles = "".join(f" {host}" for host in hosts)
    return "; ".join(
        [
            "default-src 'self'",
            f"img-src 'self' data: blob:{tiles}",
            "media-src 'self' blob:",
            "style-src 'self' 'unsafe-inline'",
            "script-src 'self'",
            "worker-src 'self' blob:",
            f"connect-src 'self'{tiles}",
            "frame-ancestors 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        ]
    )


class SecurityHeaders:
    """ASGI wrapper that adds the headers a browser needs to keep others out."""

    def __init__(self, app: ASGIApp, tile_url: str | None, tianditu: bool) -> None:
        self.app = app
        fixed = {
            "content-security-policy": content_policy(tile_url, tianditu),
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "same-origin",
            "permissions-policy": "geolocation=(self), camera=(self), microphone=()",
            "cross-origin-opener-policy": "same-origin",
        }
        self.everywhere = [(name.encode(), value.encode()) for name, value in fixed.items()]
        self.of_api = [*self.everywhere, (b"cache-control", b"no-store")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        added = self.of_api if scope["path"].startswith("/api/") else self.everywhere

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = message.get("headers", ())
                names = {name for name, _ in told}
                message["headers"] = [*told, *(one for one in added if one[0] not in names)]
            await send(message)

        await self.app(scope, receive, with_headers)
