"""From a cookie or a bearer token to the Actor that every service function receives."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from chengyun.identity.roles import ANONYMOUS, RESIDENT, ROLES
from chengyun.identity.rules import FRESH_FACTOR, PERSON_SESSION, RESIDENT_SESSION, scopes_of
from chengyun.identity.vault import bearer_hash
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import Forbidden, Unauthenticated
from chengyun.kernel.transactions import Database, Tx

SIGN_IN = "identity.signin"
DOOR = system_actor(SIGN_IN)
STEADY = timedelta(seconds=30)  # how long a session is remembered whose end is not nearer than that
# Sessions run in real time (now()), posts by the installation's clock (:now), which a demo may move.
# A post that has ended gives way to another one the person holds; without any the session is over.
_SESSION = """
    SELECT s.id, s.person_id, s.resident_id, s.waits, s.seen_at < now() - interval '60 seconds' AS stale,
           p.name, coalesce(p.language, r.language) AS language,
           post.id AS post, post.role, post.region_id, post.unit_id, post.areas, post.home_id,
           ARRAY(SELECT b.region_id FROM identity_break_glass b
                 WHERE b.person_id = s.person_id AND b.ended_at IS NULL AND b.ends_at > now()) AS opened,
           p.login, (SELECT s.factor_at IS NULL OR s.factor_at < now() - CAST(:fresh AS interval)
                     FROM identity_factor f WHERE f.person_id = s.person_id AND f.confirmed_at IS NOT NULL
                       AND f.removed_at IS NULL) AS stale_factor,
           least(s.ends_at - now(), post.valid_to - :now, (SELECT min(b.ends_at) - now()
                 FROM identity_break_glass b WHERE b.person_id = s.person_id AND b.ended_at IS NULL
                   AND b.ends_at > now())) > CAST(:steady AS interval) AS steady
    FROM identity_session s
    LEFT JOIN identity_person p ON p.id = s.person_id
    LEFT JOIN identity_resident r ON r.id = s.resident_id
    LEFT JOIN LATERAL (
        SELECT * FROM identity_post o
        WHERE o.person_id = s.person_id AND o.valid_from <= :now AND (o.valid_to IS NULL OR o.valid_to > :now)
        ORDER BY o.id IS DISTINCT FROM s.post_id, o.id LIMIT 1
    ) post ON true
    WHERE s.ended_at IS NULL AND s.ends_at > now()
      AND s.seen_at > now() - CASE WHEN s.person_id IS NULL THEN CAST(:resident_idle AS interval)
                                   ELSE CAST(:person_idle AS interval) END
      AND (s.person_id IS NULL OR (p.active AND post.id IS NOT NULL))
"""
_BY_SECRET = sa.text(_SESSION + " AND s.token_hash = :hash")
_BY_ID = sa.text(_SESSION + " AND s.id = :id")
_LIVES = {
    "fresh": f"{FRESH_FACTOR.total_seconds():.0f} seconds",
    "steady": f"{STEADY.total_seconds():.0f} seconds",
    "person_idle": f"{PERSON_SESSION.idle.total_seconds():.0f} seconds",
    "resident_idle": f"{RESIDENT_SESSION.idle.total_seconds():.0f} seconds",
}
_TOKEN = sa.text(
    """
    SELECT id, name, permissions, region_id, (used_at IS NULL OR used_at < now() - interval '60 seconds') AS stale
    FROM identity_token WHERE token_hash = :hash AND revoked_at IS NULL AND ends_at > now()
    """
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """An actor with the session it came by (None: a token, or nobody).

    `stale_factor`: the person has a second factor and has not proven it in this session within ten minutes.
    `under`: the token of "actors" (see kernel.revisions) that was read before it; None where it ends within STEADY.
    """

    actor: Actor
    session: int | None
    stale_factor: bool = False
    under: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody between the steps of a sign-in (`waits`), or signed in (None), for the second factor's own routes."""

    session: int
    person_id: int
    login: str
    waits: str | None


def anonymous(language: str = "zh") -> Actor:
    """Somebody who did not sign in; may report, and see nothing protected."""
    return Actor(kind="anonymous", id=None, name="匿名", permissions=ANONYMOUS, language=language)


def resident_actor(resident_id: int, language: str) -> Actor:
    """A resident who signed in by phone; sees their own rows only."""
    return Actor(kind="resident", id=resident_id, name="居民", permissions=RESIDENT, language=language)


def person_actor(row: sa.Row[Any]) -> Actor:
    """A person in the capacity of one post, widened by emergency access that is running."""
    scopes = (*scopes_of(row.role, row.region_id, row.unit_id, row.areas), *row.opened)
    return Actor(
        kind="person",
        id=row.person_id,
        name=row.name,
        permissions=ROLES[row.role].permissions,
        scopes=tuple(dict.fromkeys(scopes)),
        post=row.post,
        home=row.home_id,
        unit=row.unit_id,
        language=row.language,
    )


def resolve_session(db: Database, cookie: str, second_factor: Collection[str] = ()) -> Resolved:
    """Whose session this is; `second_factor` are the roles that need one.

    Raises Unauthenticated("session.ended"); ("session.cut") on a device that was cut off, which then wipes itself;
    ("factor.required" | "factor.enrolment") while a sign-in waits for its second step: it is nobody until then.
    """
    with db.begin(DOOR) as tx:
        row = _of_cookie(tx, cookie)
        if row.stale:
            tx.execute(sa.text("UPDATE identity_session SET seen_at = now() WHERE id = :id"), {"id": row.id})
        # A post given meanwhile may ask for a factor that its holder has not set up yet.
        waits = row.waits or ("enrolment" if row.role in second_factor and row.stale_factor is None else None)
        if waits and row.waits is None:
            tx.execute(_MUST_WAIT, {"id": row.id})
    if waits:
        raise Unauthenticated("factor.required" if waits == "factor" else "factor.enrolment")
    under = tx.revisions["actors"] if row.steady else None
    return Resolved(_actor(row), row.id, bool(row.stale_factor), under)


def waiting_of(db: Database, cookie: str) -> Waiting:
    """Who may work on their second factor: a person who is signed in, or whose sign-in waits for it."""
    with db.begin(DOOR) as tx:
        row = _of_cookie(tx, cookie)
    if row.person_id is None:
        raise Forbidden("factor.people_only")
    return Waiting(row.id, row.person_id, row.login, row.waits)


_MUST_WAIT = sa.text("UPDATE identity_session SET waits = 'enrolment' WHERE id = :id")


def _of_cookie(tx: Tx, cookie: str) -> sa.Row[Any]:
    hashed = bearer_hash(cookie)
    row = tx.execute(_BY_SECRET, {"hash": hashed, "now": tx.now, **_LIVES}).one_or_none()
    if row is None:
        cut = sa.text(
            "SELECT id FROM identity_session WHERE token_hash = :hash AND cut AND ended_at IS NOT NULL"
        )
        known = tx.execute(cut, {"hash": hashed}).one_or_none()
        raise Unauthenticated("session.ended" if known is None else "session.cut")
    return row


def actor_for_session(db: Database, cookie: str) -> Actor:
    """Whose session this is. Raises Unauthenticated("session.ended")."""
    return resolve_session(db, cookie).actor


def actor_of(tx: Tx, session: int) -> Actor:
    """The actor of a session that the running transaction has just begun or changed."""
    return _actor(tx.execute(_BY_ID, {"id": session, "now": tx.now, **_LIVES}).one())


_POST = sa.text(
    """
    SELECT p.id AS person_id, p.name, p.language, o.id AS post, o.role, o.region_id, o.unit_id, o.areas, o.home_id,
           CAST('{}' AS bigint[]) AS opened
    FROM identity_post o JOIN identity_person p ON p.id = o.person_id
    WHERE p.id = :person AND (CAST(:post AS bigint) IS NULL OR o.id = :post) AND p.active
      AND o.valid_from <= :now AND (o.valid_to IS NULL OR o.valid_to > :now)
    ORDER BY o.id LIMIT 1
    """
)


def actor_for_post(tx: Tx, person_id: int, post_id: int | None) -> Actor:
    """A person in a post as of now, without a session (a job that acts for them). Raises Unauthenticated."""
    row = tx.execute(_POST, {"person": person_id, "post": post_id, "now": tx.now}).one_or_none()
    if row is None:
        raise Unauthenticated("session.ended")
    return person_actor(row)


def _actor(row: sa.Row[Any]) -> Actor:
    return resident_actor(row.resident_id, row.language) if row.person_id is None else person_actor(row)


def actor_for_token(db: Database, bearer: str) -> Actor:
    """Whose API token this is. Raises Unauthenticated("token.invalid")."""
    with db.begin(DOOR) as tx:
        row = tx.execute(_TOKEN, {"hash": bearer_hash(bearer)}).one_or_none()
        if row is None:
            raise Unauthenticated("token.invalid")
        if row.stale:
            tx.execute(sa.text("UPDATE identity_token SET used_at = now() WHERE id = :id"), {"id": row.id})
    return Actor(
        kind="token",
        id=row.id,
        name=row.name,
        permissions=frozenset(row.permissions),
        scopes=(row.region_id,),
        home=row.region_id,
    )
