"""Limits on guessing: every attempt at a password or a code is counted before it is tried, by login and by address."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa

from chengyun.identity.resolving import DOOR
from chengyun.identity.rules import ADDRESS_FAILURES, LOGIN_FAILURES, Throttle
from chengyun.identity.tables import attempt as attempts
from chengyun.identity.tables import password as passwords
from chengyun.identity.tables import person as persons
from chengyun.kernel import audit
from chengyun.kernel.errors import TooMany
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
class Account:
    """What a sign-in needs of an account; `hash` is None without a password."""

    person_id: int
    hash: str | None
    demo: bool


def reserve(db: Database, login: str, address: str) -> tuple[int, Account | None]:
    """Count this attempt as failed before trying it, so that parallel guesses cannot outrun the limit.

    The attempt's id, and the account of that login if there is one. Raises TooMany("login.locked").
    """
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
    return attempt, None if row is None else Account(row.id, row.hash, row.demo)


def _wait(tx: Tx, throttle: Throttle, query: sa.TextClause, **params: object) -> int:
    span = f"{throttle.window.total_seconds():.0f} seconds"
    counted = list(tx.execute(query, {**params, "span": span}).scalars())
    return throttle.wait(counted, tx.execute(sa.select(sa.func.now())).scalar_one())


def forgive(db: Database, attempt: int) -> None:
    """The attempt was right: it counts no longer, nor do the failures before it from its address."""
    with db.begin(DOOR) as tx:
        forgiven(tx, attempt)


def forgiven(tx: Tx, attempt: int) -> None:
    """`forgive` inside a transaction of identity's own."""
    tx.execute(sa.update(attempts).where(attempts.c.id == attempt).values(ok=True))
