"""The second step of a sign-in, and proving the factor again before sensitive acts. Limits are those of the password."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from chengyun.identity import factor, people, sessions
from chengyun.identity.changes import ChangeKind, register_kind
from chengyun.identity.contracts import Change, SignedIn
from chengyun.identity.guessing import forgive, reserve
from chengyun.identity.resolving import DOOR, Waiting
from chengyun.identity.sessions import Browser
from chengyun.identity.tables import factor as factors
from chengyun.identity.tables import session as session_table
from chengyun.identity.vault import Vault
from chengyun.identity.within import own_part
from chengyun.kernel import audit
from chengyun.kernel.errors import Conflict, Unauthenticated
from chengyun.kernel.transactions import Database, Tx


@dataclass(frozen=True, slots=True)
class Step:
    """What every second step works with."""

    db: Database
    vault: Vault
    browser: Browser
    demo: bool


def enter(step: Step, waiting: Waiting, code: str) -> SignedIn:
    """Finish a sign-in that waits for the second factor: the waiting session ends, a new one begins.

    Raises TooMany("login.locked"), Unauthenticated("factor.wrong").
    """
    if waiting.waits != "factor":
        raise Unauthenticated("factor.enrolment")
    _guess(step, waiting, code)
    return finish(step, waiting)


def enrol(step: Step, waiting: Waiting, code: str) -> tuple[list[str], SignedIn | None]:
    """Turn the second factor on: recovery codes, and the session that a sign-in waited for."""
    attempt, _ = reserve(step.db, waiting.login, step.browser.address)
    codes = factor.confirm(step.db, step.vault, waiting.person_id, code, waiting.session)
    if codes is None:
        raise factor.wrong()
    forgive(step.db, attempt)
    if waiting.waits is None:
        _stamp(step.db, waiting.session)
        return codes, None
    return codes, finish(step, waiting)


def prove(step: Step, waiting: Waiting, code: str) -> None:
    """Prove the factor again in a session: sensitive acts pass for ten minutes."""
    _guess(step, waiting, code)
    _stamp(step.db, waiting.session)


def finish(step: Step, waiting: Waiting) -> SignedIn:
    """A new session in place of the waiting one, in the same post; the secret changes with the rights."""
    with step.db.begin(DOOR) as tx:
        row = tx.execute(
            sa.update(session_table)
            .where(session_table.c.id == waiting.session, session_table.c.ended_at.is_(None))
            .values(ended_at=sa.func.now())
            .returning(session_table.c.provider, session_table.c.id_token, session_table.c.post_id)
        ).one_or_none()
        if row is None:
            raise Unauthenticated("session.ended")
        detail = {"address": step.browser.address, "post": row.post_id, "second_factor": True}
        audit.record(tx, "login", ("person", waiting.person_id), detail)
        holder = {"person_id": waiting.person_id, "post_id": row.post_id}
        made = {"provider": row.provider, "id_token": row.id_token, "factor_at": sa.func.now()}
        return sessions.begin(tx, holder, step.browser, demo=step.demo, more=made)


def _guess(step: Step, waiting: Waiting, code: str) -> None:
    attempt, _ = reserve(step.db, waiting.login, step.browser.address)
    if not factor.proves(step.db, step.vault, waiting.person_id, code):
        with step.db.begin(DOOR) as tx:
            audit.record(
                tx, "factor.failed", ("person", waiting.person_id), {"address": step.browser.address}
            )
        raise factor.wrong()
    forgive(step.db, attempt)


def _stamp(db: Database, session: int) -> None:
    with db.begin(DOOR) as tx:
        tx.execute(
            sa.update(session_table).where(session_table.c.id == session).values(factor_at=sa.func.now())
        )


def reset(tx: Tx, person_id: int) -> int:
    """An administrator takes somebody's second factor off (a phone is lost): their sessions end. The change's id."""
    if person_id == tx.actor.id:
        raise Conflict("person.self")
    row = people.governed(tx, person_id)
    with own_part(tx):
        mine = sa.and_(
            factors.c.person_id == person_id,
            factors.c.removed_at.is_(None),
            factors.c.confirmed_at.is_not(None),
        )
        removed = tx.execute(
            sa.update(factors).where(mine).values(removed_at=sa.func.now()).returning(factors.c.id)
        ).scalar_one_or_none()
        if removed is None:
            raise Conflict("factor.none")
        sessions.end_all(tx, person_id)
    return people.record_of(tx, "factor.reset", row, {"second_factor": removed}, {"second_factor": None})


def _return(tx: Tx, change: Change) -> int:
    """The factor counts again, unless the person has set up another one."""
    row = people.governed(tx, int(change.subject_id))
    ident = int(change.before["second_factor"])
    with own_part(tx):
        tx.execute(sa.delete(factors).where(factors.c.person_id == row.id, factors.c.confirmed_at.is_(None)))
        other = sa.select(factors.c.id).where(factors.c.person_id == row.id, factors.c.removed_at.is_(None))
        if tx.execute(other).one_or_none() is not None:
            raise Conflict("factor.exists")
        tx.execute(sa.update(factors).where(factors.c.id == ident).values(removed_at=None))
    return people.record_of(tx, "factor.returned", row, {"second_factor": None}, {"second_factor": ident})


register_kind(ChangeKind("factor.reset", "admin.people", "解除第二因素", "second factor reset", _return))
register_kind(
    ChangeKind(
        "factor.returned", "admin.people", "恢复第二因素", "second factor returned",
        lambda tx, change: reset(tx, int(change.subject_id)),
    )
)  # fmt: skip
