"""The session's cookie: unreadable for scripts, not sent along from other sites."""

from __future__ import annotations

from fastapi import Request, Response

from chengyun.identity.contracts import Me, SignedIn, Waits
from chengyun.identity.routing import COOKIE
from chengyun.kernel.settings import Settings


def set_cookie(request: Request, response: Response, settings: Settings, signed: SignedIn | Waits) -> None:
    """Hand the session, complete or waiting, to the browser."""
    response.set_cookie(
        COOKIE,
        signed.secret,
        max_age=signed.max_age,
        httponly=True,
        samesite="lax",
        secure=is_secure(request, settings),
        path="/",
    )


def keep(request: Request, response: Response, settings: Settings, signed: SignedIn) -> Me:
    """Hand a complete session to the browser and say whose it is."""
    set_cookie(request, response, settings, signed)
    return signed.me


def is_secure(request: Request, settings: Settings) -> bool:
    """Whether the installation is reached by HTTPS."""
    served = request.url.scheme == "https" or bool(settings.tls_cert)
    return served or settings.public_url.startswith("https:")
