"""Sessions: beginning, listing, ending, changing the post one acts in, and `Me`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from chengyun.identity import devices, duty, posts
from chengyun.identity.contracts import Me, Post, SessionRef, SignedIn, Waits, invalid
from chengyun.identity.resolving import DOOR, actor_of
from chengyun.identity.rules import PERSON_SESSION, RESIDENT_SESSION, WAITING
from chengyun.identity.tables import person as persons
from chengyun.identity.tables import resident as residents
from chengyun.identity.tables import session as sessions
from chengyun.identity.vault import bearer_hash, new_secret
from chengyun.identity.within import own_part
from chengyun.kernel import audit
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import FieldError, Forbidden, NotFound, Unauthenticated
from chengyun.kernel.transactions import Database, Tx

AGENT_MAX = 300


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a sign-in comes from."""

    address: str
    agent: str = ""


def begin(
    tx: Tx,
    holder: Mapping[str, int | None],
    browser: Browser,
    *,
    demo: bool,
    more: Mapping[str, object] | None = None,
) -> SignedIn:
    """A new session for {"person_id", "post_id"} or {"resident_id"}, in a transaction of identity's own.

    `more` are further columns: the provider of a sign-in by OIDC, when a second factor was proven.
    """
    lifetime = RESIDENT_SESSION if "resident_id" in holder else PERSON_SESSION
    secret, session = _insert(tx, {**holder, **(more or {})}, browser, lifetime.absolute)
    seconds = int(lifetime.absolute.total_seconds())
    return SignedIn(secret, seconds, me(tx, actor_of(tx, session), demo=demo))


def begin_waiting(tx: Tx, holder: Mapping[str, object], browser: Browser, waits: str) -> Waits:
    """A short session that carries nothing until the second step is made: "factor" or "enrolment"."""
    secret, _ = _insert(tx, {**holder, "waits": waits}, browser, WAITING)
    return Waits(secret, int(WAITING.total_seconds()), waits)


def _insert(tx: Tx, columns: Mapping[str, object], browser: Browser, lifetime: timedelta) -> tuple[str, int]:
    secret = new_secret()
    values = {
        "token_hash": bearer_hash(secret), "ends_at": sa.func.now() + lifetime,
        "address": browser.address, "agent": browser.agent[:AGENT_MAX], **columns,
    }  # fmt: skip
    return secret, int(tx.execute(sa.insert(sessions).values(values).returning(sessions.c.id)).scalar_one())


def me(tx: Tx, actor: Actor, *, demo: bool) -> Me:
    """Who `actor` is, for the screen. Raises Unauthenticated for nobody."""
    if actor.kind == "anonymous":
        raise Unauthenticated("session.required")
    held: list[Post] = []
    since = None
    if actor.kind == "person" and actor.id is not None:
        held = posts.posts_of(tx, [actor.id])[actor.id]
        since = duty.since(tx, actor.id)
    return Me(
        kind=actor.kind,
        id=actor.id,
        name=actor.name,
        language=actor.language,
        demo=demo,
        post=next((post for post in held if post.id == actor.post), None),
        posts=held,
        permissions=sorted(actor.permissions),
        centre=None if actor.home is None else posts.region_brief(tx, actor.home),
        on_duty=since is not None,
        shift_since=since,
    )


def change_post(tx: Tx, session: int | None, post_id: int, *, demo: bool) -> Me:
    """Act in another of one's posts from now on. Raises Forbidden("post.not_yours")."""
    person_id = tx.actor.id
    if tx.actor.kind != "person" or person_id is None or session is None:
        raise Forbidden("post.not_yours")
    if post_id not in {post.id for post in posts.posts_of(tx, [person_id])[person_id]}:
        raise Forbidden("post.not_yours")
    tx.execute(sa.update(sessions).where(sessions.c.id == session).values(post_id=post_id))
    audit.record(tx, "post.changed", ("person", person_id), {"post": post_id})
    return me(tx, actor_of(tx, session), demo=demo)


def listed(tx: Tx, current: int | None) -> list[SessionRef]:
    """The actor's own sessions that are still open, newest first."""
    mine = _mine(tx.actor)
    query = (
        sa.select(sessions)
        .where(
            mine,
            sessions.c.ended_at.is_(None),
            sessions.c.ends_at > sa.func.now(),
            sessions.c.waits.is_(None),
        )
        .order_by(sessions.c.id.desc())
    )
    return [
        SessionRef(
            row.id,
            row.created_at,
            row.seen_at,
            row.ends_at,
            row.address,
            row.agent,
            row.id == current,
            offline=row.device_id is not None,
        )
        for row in tx.execute(query)
    ]


def end(tx: Tx, session_id: int, *, lost: bool = False) -> None:
    """End one of the actor's own sessions, at once; `lost` also cuts its device off. NotFound for anybody else's."""
    ended = tx.execute(
        sa.update(sessions)
        .where(sessions.c.id == session_id, _mine(tx.actor), sessions.c.ended_at.is_(None))
        .values(ended_at=sa.func.now(), cut=lost)
        .returning(sessions.c.device_id)
    ).one_or_none()
    if ended is None:
        raise NotFound("session.not_found")
    if lost:
        with own_part(tx):
            devices.cut(tx, ended.device_id)
    audit.record(tx, "session.cut" if lost else "session.ended", ("session", session_id))


def sign_out(db: Database, cookie: str) -> sa.Row[Any] | None:
    """End the cookie's session; an unknown or ended one is fine (None). The row says by which provider it came."""
    with db.begin(DOOR) as tx:
        row = tx.execute(
            sa.update(sessions)
            .where(sessions.c.token_hash == bearer_hash(cookie), sessions.c.ended_at.is_(None))
            .values(ended_at=sa.func.now())
            .returning(sessions.c.id, sessions.c.person_id, sessions.c.provider, sessions.c.id_token)
        ).one_or_none()
        if row is not None and row.person_id is not None:
            audit.record(tx, "logout", ("person", row.person_id), {"session": row.id})
    return row


def end_all(tx: Tx, person_id: int, *, except_session: int | None = None) -> int:
    """End a person's sessions (after a change of password); the number ended. For identity's own transactions."""
    query = sa.update(sessions).where(sessions.c.person_id == person_id, sessions.c.ended_at.is_(None))
    if except_session is not None:
        query = query.where(sessions.c.id != except_session)
    return tx.execute(query.values(ended_at=sa.func.now())).rowcount


def set_language(tx: Tx, language: str) -> None:
    """What language the actor is addressed in: "zh" or "en"."""
    if language not in ("zh", "en"):
        raise invalid(FieldError("language", "language.unknown"))
    table = {"person": persons, "resident": residents}.get(tx.actor.kind)
    if table is None:
        raise Unauthenticated("session.required")
    tx.execute(sa.update(table).where(table.c.id == tx.actor.id).values(language=language))


def _mine(actor: Actor) -> sa.ColumnElement[bool]:
    columns = {"person": sessions.c.person_id, "resident": sessions.c.resident_id}
    column = columns.get(actor.kind)
    return sa.false() if column is None else column == actor.id
