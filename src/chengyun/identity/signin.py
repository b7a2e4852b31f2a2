"""Signing in with a password: counted before it is checked, equally slow and equally worded for unknown logins."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from chengyun.identity import factor, sessions
from chengyun.identity.contracts import SignedIn, Waits, invalid
from chengyun.identity.guessing import Account, forgiven, reserve
from chengyun.identity.passwords import check_password, hash_password, needs_rehash
from chengyun.identity.posts import lasting
from chengyun.identity.resolving import DOOR
from chengyun.identity.rules import PASSWORD_MAX, normal_login, password_faults
from chengyun.identity.sessions import Browser
from chengyun.identity.tables import password as passwords
from chengyun.identity.tables import person as persons
from chengyun.identity.tables import post as posts
from chengyun.kernel import audit
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import FieldError, Forbidden, Unauthenticated
from chengyun.kernel.transactions import Database, Tx


@dataclass(frozen=True, slots=True)
class Credentials:
    login: str
    password: str
    post: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """How this installation lets people in: demo accounts or not, and the roles that need a second factor."""

    demo: bool
    second_factor: Collection[str] = ()


def sign_in(
    db: Database, given: Credentials, browser: Browser, *, demo: bool, second_factor: Collection[str] = ()
) -> SignedIn | Waits:
    """Check the password and begin a session in the wanted post (default: the oldest lasting one).

    A session that still waits for the second factor (or for setting one up) carries nothing yet. Raises
    TooMany("login.locked"), Unauthenticated("login.failed"), Forbidden("login.no_post"|"post.not_yours").
    Three short transactions: a failure must stay counted although it raises, and no connection waits for argon2.
    """
    login = normal_login(given.login)
    attempt, account = reserve(db, login, browser.address)
    right = check_password(account.hash if account else None, given.password[:PASSWORD_MAX])
    if account is None or not right or (account.demo and not demo):
        with db.begin(DOOR) as tx:
            detail = {"login": login if account else "unknown", "address": browser.address}
            audit.record(tx, "login.failed", ("person", account.person_id) if account else None, detail)
        raise Unauthenticated("login.failed")
    with db.begin(DOOR) as tx:
        post_id = wanted_post(tx, account.person_id, given.post)
        _rehash(tx, account, given.password)
        entered = admit(tx, account.person_id, post_id, browser, Rules(demo, second_factor))
        # With a second step to come the attempt stays counted: knowing a password must not renew guesses at codes.
        if isinstance(entered, SignedIn) or entered.waits == "enrolment":
            forgiven(tx, attempt)
        return entered


def admit(
    tx: Tx,
    person_id: int,
    post_id: int,
    browser: Browser,
    rules: Rules,
    more: Mapping[str, object] | None = None,
    factor_elsewhere: bool = False,
) -> SignedIn | Waits:
    """Begin the session of somebody who has shown who they are, or one that waits for the second factor.

    `factor_elsewhere`: who vouches for them has asked for a second factor.
    """
    holder = {"person_id": person_id, "post_id": post_id}
    waits = None if factor_elsewhere else factor.stance(tx, person_id, rules.second_factor)
    detail = {"address": browser.address, "post": post_id}
    if waits is not None:
        audit.record(tx, "login.first_step", ("person", person_id), {**detail, "waits": waits})
        return sessions.begin_waiting(tx, {**holder, **(more or {})}, browser, waits)
    audit.record(tx, "login", ("person", person_id), detail)
    return sessions.begin(tx, holder, browser, demo=rules.demo, more=more)


def wanted_post(tx: Tx, person_id: int, wanted: int | None) -> int:
    query = sa.select(posts.c.id).where(posts.c.person_id == person_id, lasting(tx.now)).order_by(posts.c.id)
    held = list(tx.execute(query).scalars())
    if not held:
        raise Forbidden("login.no_post")
    if wanted is not None and wanted not in held:
        raise Forbidden("post.not_yours")
    return int(wanted if wanted is not None else held[0])


def _rehash(tx: Tx, account: Account, password: str) -> None:
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
    attempt, _ = reserve(db, row.login, f"session {session}")
    if not check_password(row.hash, old[:PASSWORD_MAX]):
        raise invalid(FieldError("old", "password.wrong"))
    _require_good(new, row.login)
    with db.begin(DOOR) as tx:
        forgiven(tx, attempt)
        _store(tx, actor.id, new)
        ended = sessions.end_all(tx, actor.id, except_session=session)
        audit.record(tx, "password.changed", ("person", actor.id), {"sessions_ended": ended})


def _require_good(new: str, login: str) -> None:
    fault = password_faults(new, login)
    if fault:
        raise invalid(FieldError("new", fault))
