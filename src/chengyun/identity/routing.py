"""FastAPI dependencies for every feature's routes: who calls, and the database.

`Caller` opens and closes its own short transaction before the handler runs; no connection is held between.
What only looks at the request is async, although it awaits nothing: FastAPI would take a thread for each.
"""

from __future__ import annotations

from asyncio import to_thread
from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Request

from chengyun.identity.recent import Recent
from chengyun.identity.resolving import (
    Resolved,
    Waiting,
    actor_for_token,
    anonymous,
    resolve_session,
    waiting_of,
)
from chengyun.identity.rules import parse_language, policy
from chengyun.identity.sessions import Browser
from chengyun.identity.vault import Vault, open_vault
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import Forbidden, Unauthenticated
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database

COOKIE = "chengyun_session"
WRITE_HEADER = "X-Chengyun"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


async def database(request: Request) -> Database:
    """The application's database."""
    found: Database = request.app.state.db
    return found


async def settings(request: Request) -> Settings:
    """The application's settings."""
    found: Settings = request.app.state.settings
    return found


async def vault(request: Request) -> Vault:
    """The installation's secret key, read from its file once per process."""
    state = request.app.state
    if not hasattr(state, "vault"):
        state.vault = open_vault(state.settings)
    found: Vault = state.vault
    return found


def language_of(request: Request) -> str:
    """What the browser asks for: "zh" or "en"."""
    return parse_language(request.headers.get("accept-language"))


async def asked_language(request: Request) -> str:
    """The same as a dependency."""
    return language_of(request)


async def browser(request: Request) -> Browser:
    """Where the request comes from; behind a proxy uvicorn has put the real address there."""
    address = request.client.host if request.client else "unknown"
    return Browser(address, request.headers.get("user-agent", ""))


def resolve(request: Request) -> Actor:
    """Who calls, asked anew: for a stream that outlives its request's first answer. Raises Unauthenticated."""
    return _spoken(request, request.app.state.db).actor


def _spoken(request: Request, db: Database) -> Resolved:
    """Who calls, speaking the language of the screen they look at; their own where the request names none."""
    return _heard(request, _resolve(request, db))


def _heard(request: Request, found: Resolved) -> Resolved:
    language = parse_language(request.headers.get("accept-language"), found.actor.language)
    return replace(found, actor=replace(found.actor, language=language))


def _resolve(request: Request, db: Database) -> Resolved:
    """Who calls, by bearer token, else by cookie, else nobody. A credential that no longer counts is an error.

    Raises Unauthenticated, and Forbidden("csrf.header_missing") for a write by cookie without its header.
    """
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        return Resolved(actor_for_token(db, bearer.strip()), None)
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return Resolved(anonymous(), None)
    found = resolve_session(db, cookie, policy(request.app.state.settings.second_factor_roles))
    _require_header(request)
    return found


def _require_header(request: Request) -> None:
    if request.method not in SAFE_METHODS and request.headers.get(WRITE_HEADER) != "1":
        raise Forbidden("csrf.header_missing")


def waiting(request: Request, db: Annotated[Database, Depends(database)]) -> Waiting:
    """Whose second factor this is about. Raises Unauthenticated for nobody."""
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        raise Unauthenticated("session.required")
    found = waiting_of(db, cookie)
    _require_header(request)
    return found


def current(request: Request, db: Annotated[Database, Depends(database)]) -> Resolved:
    """Who calls, resolved once per request."""
    found: Resolved | None = getattr(request.state, "resolved", None)
    return found if found is not None else _known(request, _spoken(request, db))


def remembered(request: Request) -> Resolved | None:
    """Who calls, where that is remembered from a moment ago (to be confirmed: `Resolved.under`), else None.

    Raises Forbidden("csrf.header_missing").
    """
    cookie = request.cookies.get(COOKIE)
    held: Recent = request.app.state.recent
    if not cookie or "authorization" in request.headers:
        return None
    found = held.find(cookie)
    if found is None:
        return None
    _require_header(request)
    return _known(request, _heard(request, found))


async def recent(request: Request) -> Resolved:
    """Who calls, perhaps as remembered; what is read anew is remembered for the next time."""
    found = remembered(request)
    return await to_thread(_read_anew, request) if found is None else found


def _read_anew(request: Request) -> Resolved:
    db: Database = request.app.state.db
    held: Recent = request.app.state.recent
    cookie = request.cookies.get(COOKIE)
    if not cookie or "authorization" in request.headers:
        return current(request, db)
    found = _resolve(request, db)
    held.keep(cookie, found)
    return _known(request, replace(_heard(request, found), under=None))


def _known(request: Request, found: Resolved) -> Resolved:
    request.state.resolved, request.state.language = found, found.actor.language
    return found


async def caller(found: Annotated[Resolved, Depends(current)]) -> Actor:
    """Who calls; anonymous when nobody signed in."""
    return found.actor


async def signed_in(found: Annotated[Resolved, Depends(current)]) -> Resolved:
    """Who calls, with the session. Raises Unauthenticated for nobody."""
    if found.actor.kind == "anonymous":
        raise Unauthenticated("session.required")
    return found


async def proven(found: Annotated[Resolved, Depends(signed_in)]) -> Resolved:
    """Who calls, for sensitive acts: a second factor, where there is one, was proven within ten minutes.

    Raises Forbidden("factor.stale"), upon which the screen asks for a code and tries again.
    """
    if found.stale_factor:
        raise Forbidden("factor.stale")
    return found


Caller = Annotated[Actor, Depends(caller)]
Db = Annotated[Database, Depends(database)]
SignedInCaller = Annotated[Resolved, Depends(signed_in)]
Proven = Annotated[Resolved, Depends(proven)]
OnTheWay = Annotated[Waiting, Depends(waiting)]
Configured = Annotated[Settings, Depends(settings)]
From = Annotated[Browser, Depends(browser)]
Language = Annotated[str, Depends(asked_language)]
Keys = Annotated[Vault, Depends(vault)]
Recently = Annotated[Resolved, Depends(recent)]
