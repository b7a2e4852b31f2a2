"""Security headers on every answer."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
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
        self.fixed = {
            "Content-Security-Policy": content_policy(tile_url, tianditu),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
            "Cross-Origin-Opener-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.fixed.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, with_headers)
