"""HTTP of signing in by OpenID Connect. The callback is a page's navigation: it answers with a redirect, always."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from chengyun.identity import accounts, oidc, oidc_provider, sessions
from chengyun.identity.contracts import Account, SignedIn
from chengyun.identity.cookies import is_secure, set_cookie
from chengyun.identity.routing import COOKIE, Configured, Db, From, Keys, Language, Proven, SignedInCaller
from chengyun.identity.rules import WAITING, policy
from chengyun.identity.signin import Rules
from chengyun.kernel.errors import AppError
from chengyun.kernel.fields import Body, Id, Text
from chengyun.kernel.settings import Settings

router = APIRouter()
BROWSER = "chengyun_oidc"
PATH = "/api/identity/oidc"


class ProviderView(BaseModel):
    """A button of the sign-in page."""

    key: str
    name: str


class AccountIn(Body):
    issuer: Text = Field(min_length=1, max_length=300)
    subject: Text = Field(min_length=1, max_length=300)


class Linked(BaseModel):
    change: int


class Leaving(BaseModel):
    """Where the browser signs out at the provider too."""

    redirect: str


@router.get("/oidc")
def list_providers(settings: Configured, language: Language) -> list[ProviderView]:
    """Providers by which one may sign in; mostly none."""
    found = oidc_provider.providers(settings.oidc_file).values()
    return [ProviderView(key=one.key, name=one.name_en if language == "en" else one.name_zh) for one in found]


@router.get("/oidc/callback", include_in_schema=True, status_code=303, response_class=RedirectResponse)
def return_from_provider(
    request: Request,
    db: Db,
    keys: Keys,
    settings: Configured,
    origin: From,
    state: Annotated[Text, Query(max_length=200)] = "",
    code: Annotated[Text, Query(max_length=4000)] = "",
    iss: Annotated[Text, Query(max_length=300)] = "",
    error: Annotated[Text, Query(max_length=200)] = "",
) -> RedirectResponse:
    """The provider sends the browser back here: the session begins, or the sign-in page says why not."""
    back = oidc.Returned(state, code, request.cookies.get(BROWSER, ""), iss)
    rules = Rules(settings.demo, policy(settings.second_factor_roles))
    desk = oidc.Desk(db, keys, settings.oidc_file, _base(request, settings) + f"{PATH}/callback", rules)
    try:
        arrived = oidc.arrive(desk, back, origin)
    except AppError as failed:
        told = "oidc.cancelled" if error else failed.code
        return _leave(RedirectResponse(f"/login?problem={told}", 303))
    waits = not isinstance(arrived.entered, SignedIn)
    page = "/m/login" if arrived.target.startswith("/m/") else "/login"
    answer = RedirectResponse(f"{page}?second={arrived.entered.waits}" if waits else arrived.target, 303)  # type: ignore[union-attr]
    set_cookie(request, answer, settings, arrived.entered)
    return _leave(answer)


@router.get("/oidc/{provider}/begin", status_code=303, response_class=RedirectResponse)
def begin_at_provider(
    provider: Text,
    request: Request,
    db: Db,
    keys: Keys,
    settings: Configured,
    to: Annotated[Text, Query(max_length=500)] = "/",
) -> RedirectResponse:
    """Send the browser to the provider; what it brings back is bound to this browser."""
    try:
        one = oidc_provider.provider(settings.oidc_file, provider)
        begun = oidc.begin(db, keys, one, _base(request, settings) + f"{PATH}/callback", _own(to))
    except AppError as failed:
        return RedirectResponse(f"/login?problem={failed.code}", 303)
    answer = RedirectResponse(begun.url, 303)
    answer.set_cookie(
        BROWSER, begun.browser_secret, max_age=int(WAITING.total_seconds()), httponly=True, samesite="lax",
        secure=is_secure(request, settings), path=PATH,
    )  # fmt: skip
    return answer


@router.get("/people/{person_id}/accounts")
def list_accounts(person_id: Id, found: SignedInCaller, db: Db) -> list[Account]:
    """Accounts at providers that are this person."""
    with db.begin(found.actor) as tx:
        return accounts.of_person(tx, person_id)


@router.post("/people/{person_id}/accounts", status_code=201)
def link_account(person_id: Id, body: AccountIn, found: Proven, db: Db) -> Linked:
    """Say which account at a provider is this person."""
    with db.begin(found.actor) as tx:
        return Linked(change=accounts.link(tx, person_id, body.issuer.rstrip("/"), body.subject))


@router.delete("/accounts/{account_id}")
def unlink_account(account_id: Id, found: Proven, db: Db) -> Linked:
    """The account opens nothing here from now on."""
    with db.begin(found.actor) as tx:
        return Linked(change=accounts.unlink(tx, account_id))


def leaving(request: Request, db: Db, keys: Keys, settings: Settings) -> Leaving | None:
    """End this browser's session; where it came by a provider that offers it, the way to sign out there too."""
    cookie = request.cookies.get(COOKIE)
    ended = sessions.sign_out(db, cookie) if cookie else None
    if ended is None or not ended.provider or ended.id_token is None:
        return None
    try:
        one = oidc_provider.provider(settings.oidc_file, ended.provider)
        hint = keys.open(bytes(ended.id_token), "id_token")
        url = oidc_provider.logout_url(one, hint, _base(request, settings) + "/login")
    except AppError:
        return None  # signed out here all the same; the provider is away or no longer configured
    return Leaving(redirect=url) if url else None


def _leave(answer: RedirectResponse) -> RedirectResponse:
    answer.delete_cookie(BROWSER, path=PATH)
    return answer


def _base(request: Request, settings: Settings) -> str:
    return (settings.public_url or str(request.base_url)).rstrip("/")


def _own(target: str) -> str:
    """A path of this installation, never another site's address."""
    plain = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if plain and target.isprintable() else "/"
