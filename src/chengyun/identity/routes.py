"""HTTP of identity: signing in, sessions, posts, units, people, duty, tokens, emergency access."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from chengyun.identity import (
    breakglass,
    demo,
    duty,
    posts,
    residents,
    routes_access,
    routes_admin,
    routes_changes,
    routes_oidc,
    routes_people,
    sessions,
    signin,
    tokens,
    units,
)
from chengyun.identity.contracts import (
    BreakGlass,
    CodeSent,
    DemoAccount,
    IssuedToken,
    Me,
    Person,
    PersonRef,
    SessionRef,
    SignedIn,
    TokenRef,
    Unit,
)
from chengyun.identity.cookies import keep, set_cookie
from chengyun.identity.routes_oidc import Leaving, leaving
from chengyun.identity.routing import (
    COOKIE,
    Caller,
    Configured,
    Db,
    From,
    Keys,
    Language,
    Proven,
    SignedInCaller,
)
from chengyun.identity.rules import policy
from chengyun.kernel.fields import Body, Id, Text
from chengyun.territory import service as territory

router = APIRouter(prefix="/api/identity", tags=["identity"])
for part in (routes_people, routes_access, routes_admin, routes_changes, routes_oidc):
    router.include_router(part.router)


class LoginIn(Body):
    login: Text = Field(min_length=1, max_length=100)
    password: Text = Field(min_length=1, max_length=1000)
    post: Id | None = Field(default=None, description="post to act in; default: the oldest one held")


class PostIn(Body):
    post: Id


class PasswordIn(Body):
    old: Text = Field(max_length=1000)
    new: Text = Field(max_length=1000)


class LanguageIn(Body):
    language: Text = Field(max_length=5)


class PhoneIn(Body):
    phone: Text = Field(max_length=30)


class CodeIn(PhoneIn):
    code: Text = Field(min_length=1, max_length=10)


class DutyIn(Body):
    on: bool


class TokenIn(Body):
    name: Text = Field(min_length=1, max_length=100)
    permissions: list[Text] = Field(max_length=50)
    region: Id
    days: int = Field(default=90, description="lifetime, 1–730")


class BreakGlassIn(Body):
    region: Id
    reason: Text = Field(max_length=1000)
    minutes: int = Field(default=60, description="1–240")


class SecondStep(BaseModel):
    """What a sign-in still waits for: "factor" (a code) or "enrolment" (setting a second factor up)."""

    waits: str
    expires_in: int  # seconds


class DutyView(BaseModel):
    """Who stands duty at a centre now."""

    centre: int
    name: str
    people: list[PersonRef]


class Ended(BaseModel):
    ended: int


@router.post("/login", responses={202: {"model": SecondStep, "description": "A second step is to come"}})
def login(
    body: LoginIn, request: Request, response: Response, db: Db, settings: Configured, origin: From
) -> Me | SecondStep:
    """Sign in with a password; the session comes as a cookie. 202: a second step is to come, nothing is open yet."""
    given = signin.Credentials(body.login, body.password, body.post)
    roles = policy(settings.second_factor_roles)
    entered = signin.sign_in(db, given, origin, demo=settings.demo, second_factor=roles)
    set_cookie(request, response, settings, entered)
    if isinstance(entered, SignedIn):
        return entered.me
    response.status_code = 202
    return SecondStep(waits=entered.waits, expires_in=entered.max_age)


@router.post(
    "/logout",
    response_class=Response,
    responses={
        200: {"model": Leaving, "description": "Where to sign out at the provider too"},
        204: {"description": "Signed out; nothing more to do"},
    },
)
def logout(request: Request, db: Db, keys: Keys, settings: Configured) -> Response:
    """End this browser's session; fine without one."""
    found = leaving(request, db, keys, settings)
    answer = JSONResponse(found.model_dump()) if found else Response(status_code=204)
    answer.delete_cookie(COOKIE, path="/")
    return answer


@router.get("/me")
def read_me(found: SignedInCaller, db: Db, settings: Configured) -> Me:
    """Who is signed in, in which post, with which permissions."""
    with db.begin(found.actor) as tx:
        return sessions.me(tx, found.actor, demo=settings.demo)


@router.post("/me/post")
def change_post(body: PostIn, found: SignedInCaller, db: Db, settings: Configured) -> Me:
    """Act in another of one's posts from now on."""
    with db.begin(found.actor) as tx:
        return sessions.change_post(tx, found.session, body.post, demo=settings.demo)


@router.post("/me/password", status_code=204)
def change_password(body: PasswordIn, found: SignedInCaller, db: Db) -> None:
    """Change one's own password; all other sessions end."""
    signin.change_password(db, found.actor, found.session, body.old, body.new)


@router.post("/me/language", status_code=204)
def change_language(body: LanguageIn, found: SignedInCaller, db: Db) -> None:
    """Be addressed in Chinese ("zh") or English ("en")."""
    with db.begin(found.actor) as tx:
        sessions.set_language(tx, body.language)


@router.get("/sessions")
def list_sessions(found: SignedInCaller, db: Db) -> list[SessionRef]:
    """One's own open sessions."""
    with db.begin(found.actor) as tx:
        return sessions.listed(tx, found.session)


@router.delete("/sessions/{session_id}", status_code=204)
def end_session(session_id: Id, found: SignedInCaller, db: Db, lost: bool = False) -> None:
    """End one of one's own sessions, at once; `lost`: its device is cut off and wipes itself."""
    with db.begin(found.actor) as tx:
        sessions.end(tx, session_id, lost=lost)


@router.get("/tokens")
def list_tokens(found: SignedInCaller, db: Db) -> list[TokenRef]:
    """API tokens of one's jurisdiction."""
    with db.begin(found.actor) as tx:
        return tokens.listed(tx)


@router.post("/tokens", status_code=201)
def issue_token(body: TokenIn, found: Proven, db: Db) -> IssuedToken:
    """Issue an API token; its secret is in this answer only."""
    with db.begin(found.actor) as tx:
        return tokens.issue(tx, body.name, body.permissions, body.region, body.days)


@router.delete("/tokens/{token_id}", status_code=204)
def revoke_token(token_id: Id, found: Proven, db: Db) -> None:
    """End a token, at once."""
    with db.begin(found.actor) as tx:
        tokens.revoke(tx, token_id)


@router.get("/break-glass")
def list_break_glass(found: SignedInCaller, db: Db) -> list[BreakGlass]:
    """One's own emergency accesses that run now."""
    with db.begin(found.actor) as tx:
        return breakglass.running(tx)


@router.post("/break-glass", status_code=201)
def begin_break_glass(body: BreakGlassIn, found: SignedInCaller, db: Db) -> BreakGlass:
    """See a region beyond one's jurisdiction for a while; on the record."""
    with db.begin(found.actor) as tx:
        return breakglass.begin(tx, body.region, body.reason, body.minutes)


@router.delete("/break-glass")
def end_break_glass(found: SignedInCaller, db: Db) -> Ended:
    """End one's emergency accesses now."""
    with db.begin(found.actor) as tx:
        return Ended(ended=breakglass.end(tx))


@router.post("/resident/code")
def request_code(
    body: PhoneIn, request: Request, db: Db, keys: Keys, origin: From, language: Language
) -> CodeSent:
    """Send a one-time code to a phone; the demo shows it (模拟)."""
    return residents.request_code(db, keys, _sender(request), body.phone, origin, language)


@router.post("/resident/login")
def resident_login(
    body: CodeIn,
    request: Request,
    response: Response,
    db: Db,
    settings: Configured,
    keys: Keys,
    origin: From,
    language: Language,
) -> Me:
    """Sign in with a phone number and its code; the session comes as a cookie."""
    signed = residents.sign_in_resident(
        db, keys, body.phone, body.code, origin, language=language, demo=settings.demo
    )
    return keep(request, response, settings, signed)


def _sender(request: Request) -> residents.CodeSender:
    chosen: residents.CodeSender | None = getattr(request.app.state, "code_sender", None)
    if chosen is not None:
        return chosen
    return residents.DemoSender() if request.app.state.settings.demo else residents.NoSender()


@router.get("/units")
def find_units(
    actor: Caller,
    db: Db,
    region: Id | None = None,
    kind: Annotated[Text | None, Query(max_length=50)] = None,
    level: Annotated[Text | None, Query(max_length=20)] = None,
    q: Annotated[Text | None, Query(max_length=50)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[Unit]:
    """Units by region, kind, level and name."""
    actor.require("unit.read")
    with db.begin(actor) as tx:
        return units.find_units(tx, region_id=region, kind=kind, level=level, q=q, limit=limit)


@router.get("/people")
def find_people(actor: Caller, db: Db, unit: Id | None = None, region: Id | None = None) -> list[Person]:
    """People with a post in the unit or the region, as far as one's jurisdiction goes."""
    with db.begin(actor) as tx:
        return posts.find_people(tx, unit_id=unit, region_id=region)


@router.post("/duty")
def set_duty(body: DutyIn, found: SignedInCaller, db: Db, settings: Configured) -> Me:
    """Go on or off duty at the centre of the post acted in."""
    with db.begin(found.actor) as tx:
        duty.set_duty(tx, body.on)
        return sessions.me(tx, found.actor, demo=settings.demo)


@router.get("/duty")
def read_duty(actor: Caller, db: Db, centre: Id) -> DutyView:
    """Who stands duty at a centre now."""
    actor.require("unit.read")
    with db.begin(actor) as tx:
        ref = territory.region(tx, centre)
        return DutyView(centre=ref.id, name=ref.name, people=duty.on_duty(tx, ref.id))


@router.get("/demo-accounts")
def demo_accounts(db: Db, settings: Configured, language: Language) -> list[DemoAccount]:
    """The demo's accounts, all with the password `chengyun`; 404 outside demo mode."""
    with db.begin(demo.DEMO) as tx:
        return demo.demo_accounts(tx, language, demo=settings.demo)
