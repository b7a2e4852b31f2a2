"""Signing in with a password: counted before it is checked, equally slow and equally worded for unknown logins."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa

from chengyun.identity import sessions
from chengyun.identity.contracts import SignedIn, invalid
from chengyun.identity.passwords import check_password, hash_password, needs_rehash
from chengyun.identity.posts import lasting, person_row
from chengyun.identity.resolving import DOOR
from chengyun.identity.rules import (
    ADDRESS_FAILURES,
    LOGIN_FAILURES,
    PASSWORD_MAX,
    Throttle,
    normal_login,
    password_faults,
)
from chengyun.identity.sessions import Browser
from chengyun.identity.tables import attempt as attempts
from chengyun.identity.tables import password as passwords
from chengyun.identity.tables import person as persons
from chengyun.identity.tables import post as posts
from chengyun.kernel import audit
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import FieldError, Forbidden, TooMany, Unauthenticated
from chengyun.kernel.transactions import Database, Tx

# A failure no longer counts once the same address has signed in to the same login. An address that did so within
# thirty days is counted by itself: a stranger guessing elsewhere cannot lock an officer out of their own desk.
_FAILURES = sa.text(
    """
    SELECT f.at FROM identity_attempt f
    WHERE f.subject = :subject AND NOT f.ok AND f.at > now() - CAST(:span AS interval)
      AND (f.address = :address OR NOT EXISTS (
          SELECT 1 FROM identity_attempt k WHERE k.subject = :subject AND k.address = :address AND k.ok
             AND k.at > now() - interval '30 days'))
      AND NOT EXISTS (SELECT 1 FROM identity_attempt g
                      WHERE g.subject = f.subject AND g.address = f.address AND g.ok AND g.id > f.id)
    """
)
_FROM_ADDRESS = sa.text(
    "SELECT at FROM identity_attempt WHERE address = :address AND NOT ok AND at > now() - CAST(:span AS interval)"
)


@dataclass(frozen=True, slots=True)
class Credentials:
    login: str
    password: str
    post: int | None = None


@dataclass(frozen=True, slots=True)
class _Account:
    person_id: int
    hash: str | None
    demo: bool


def sign_in(db: Database, given: Credentials, browser: Browser, *, demo: bool) -> SignedIn:
    """Check the password and begin a session in the wanted post (default: the oldest lasting one).

    Raises TooMany("login.locked"), Unauthenticated("login.failed"), Forbidden("login.no_post"|"post.not_yours").
    Three short transactions: a failure must stay counted although it raises, and no connection waits for argon2.
    """
    login = normal_login(given.login)
    attempt, account = _reserve(db, login, browser.address)
    right = check_password(account.hash if account else None, given.password[:PASSWORD_MAX])
    if account is None or not right or (account.demo and not demo):
        with db.begin(DOOR) as tx:
            detail = {"login": login if account else "unknown", "address": browser.address}
            audit.record(tx, "login.failed", ("person", account.person_id) if account else None, detail)
        raise Unauthenticated("login.failed")
    with db.begin(DOOR) as tx:
        post_id = _wanted_post(tx, account.person_id, given.post)
        tx.execute(sa.update(attempts).where(attempts.c.id == attempt).values(ok=True))
        _rehash(tx, account, given.password)
        audit.record(
            tx, "login", ("person", account.person_id), {"address": browser.address, "post": post_id}
        )
        return sessions.begin(tx, {"person_id": account.person_id, "post_id": post_id}, browser, demo=demo)


def _reserve(db: Database, login: str, address: str) -> tuple[int, _Account | None]:
    """Count this attempt as failed before trying it, so that parallel guesses cannot outrun the limit."""
    subject = hashlib.sha256(login.encode()).digest()
    with db.begin(DOOR) as tx:
        tx.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:login, 0))"), {"login": login})
        wait = max(
            _wait(tx, LOGIN_FAILURES, _FAILURES, subject=subject, address=address),
            _wait(tx, ADDRESS_FAILURES, _FROM_ADDRESS, address=address),
        )
        row = tx.execute(
            sa.select(persons.c.id, passwords.c.hash, persons.c.demo)
            .join(passwords, passwords.c.person_id == persons.c.id, isouter=True)
            .where(persons.c.login == login, persons.c.active)
        ).one_or_none()
        if wait:
            audit.record(tx, "login.locked", ("person", row.id) if row else None, {"address": address})
        else:
            made = sa.insert(attempts).values(subject=subject, address=address).returning(attempts.c.id)
            attempt = int(tx.execute(made).scalar_one())
    if wait:
        raise TooMany("login.locked", wait)
    return attempt, None if row is None else _Account(row.id, row.hash, row.demo)


def _wait(tx: Tx, throttle: Throttle, query: sa.TextClause, **params: object) -> int:
    span = f"{throttle.window.total_seconds():.0f} seconds"
    counted = list(tx.execute(query, {**params, "span": span}).scalars())
    return throttle.wait(counted, tx.execute(sa.select(sa.func.now())).scalar_one())


def _wanted_post(tx: Tx, person_id: int, wanted: int | None) -> int:
    query = sa.select(posts.c.id).where(posts.c.person_id == person_id, lasting(tx.now)).order_by(posts.c.id)
    held = list(tx.execute(query).scalars())
    if not held:
        raise Forbidden("login.no_post")
    if wanted is not None and wanted not in held:
        raise Forbidden("post.not_yours")
    return int(wanted if wanted is not None else held[0])


def _rehash(tx: Tx, account: _Account, password: str) -> None:
    if account.hash is not None and needs_rehash(account.hash):
        _store(tx, account.person_id, password)


def _store(tx: Tx, person_id: int, password: str) -> None:
    """Insert or replace a password, in a transaction of identity's own."""
    hashed = hash_password(password)
    changed = tx.execute(
        sa.update(passwords)
        .where(passwords.c.person_id == person_id)
        .values(hash=hashed, changed_at=sa.func.now())
    )
    if changed.rowcount == 0:
        tx.execute(sa.insert(passwords).values(person_id=person_id, hash=hashed))


def change_password(db: Database, actor: Actor, session: int | None, old: str, new: str) -> None:
    """Change one's own password; every other session of the person ends. Raises Invalid per field."""
    if actor.kind != "person" or actor.id is None:
        raise Unauthenticated("session.required")
    query = sa.select(persons.c.login, passwords.c.hash).join(passwords).where(persons.c.id == actor.id)
    with db.begin(DOOR) as tx:
        row = tx.execute(query).one()
    # Guesses at the old password count like guesses at the door.
    attempt, _ = _reserve(db, row.login, f"session {session}")
    if not check_password(row.hash, old[:PASSWORD_MAX]):
        raise invalid(FieldError("old", "password.wrong"))
    _require_good(new, row.login)
    with db.begin(DOOR) as tx:
        tx.execute(sa.update(attempts).where(attempts.c.id == attempt).values(ok=True))
        _store(tx, actor.id, new)
        ended = sessions.end_all(tx, actor.id, except_session=session)
        audit.record(tx, "password.changed", ("person", actor.id), {"sessions_ended": ended})


def reset_password(db: Database, actor: Actor, person_id: int, new: str) -> None:
    """An administrator sets a person's password: lifts the lockout and ends every session of theirs."""
    actor.require("admin.people")
    with db.begin(actor) as tx:
        login = person_row(tx, person_id).login
        _require_good(new, login)
        audit.record(tx, "password.reset", ("person", person_id))
    with db.begin(DOOR) as tx:
        _store(tx, person_id, new)
        sessions.end_all(tx, person_id)
        subject = hashlib.sha256(login.encode()).digest()
        tx.execute(sa.delete(attempts).where(attempts.c.subject == subject, sa.not_(attempts.c.ok)))


def _require_good(new: str, login: str) -> None:
    fault = password_faults(new, login)
    if fault:
        raise invalid(FieldError("new", fault))
