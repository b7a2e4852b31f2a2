"""The second factor: time-based codes (RFC 6238) and one-time recovery codes. Real time, never the demo clock's.

The secret lies sealed under the installation's key and bound to its row; a recovery code lies as a keyed hash. A time
step counts once, so a code that was read over somebody's shoulder is worth nothing after its use.
"""

from __future__ import annotations

import base64
import hmac
import io
import secrets
from collections.abc import Collection
from typing import Any

import segno
import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from chengyun.identity.contracts import Enrolment, FactorState
from chengyun.identity.posts import lasting
from chengyun.identity.resolving import DOOR
from chengyun.identity.tables import factor as factors
from chengyun.identity.tables import person as persons
from chengyun.identity.tables import post as posts
from chengyun.identity.tables import recovery
from chengyun.identity.tables import session as sessions
from chengyun.identity.vault import Vault
from chengyun.kernel import audit
from chengyun.kernel.errors import Conflict, Forbidden, Unauthenticated
from chengyun.kernel.transactions import Database, Tx

ISSUER = "城运"
SECRET_BYTES = 20
DIGITS, STEP, WINDOW = 6, 30, 1  # RFC 6238's own; seconds; steps before and after
RECOVERY_CODES = 10
_LIVING = factors.c.removed_at.is_(None)
_CONFIRMED = sa.and_(factors.c.confirmed_at.is_not(None), _LIVING)


def stance(tx: Tx, person_id: int, policy: Collection[str]) -> str | None:
    """What a sign-in still waits for: "factor", "enrolment" (a role held asks for one), or None. In DOOR's transaction."""
    enrolled = sa.select(factors.c.id).where(factors.c.person_id == person_id, _CONFIRMED)
    if tx.execute(enrolled).one_or_none() is not None:
        return "factor"
    return "enrolment" if required(tx, person_id, policy) else None


def required(tx: Tx, person_id: int, policy: Collection[str]) -> bool:
    """Whether a post that the person holds has a role of the policy."""
    held = sa.select(posts.c.id).where(
        posts.c.person_id == person_id, posts.c.role.in_(list(policy)), lasting(tx.now)
    )
    return bool(policy) and tx.execute(held.limit(1)).one_or_none() is not None


def state(db: Database, person_id: int, policy: Collection[str]) -> FactorState:
    """Whether a second factor is set up, since when, how many recovery codes are left, whether one must be."""
    with db.begin(DOOR) as tx:
        row = tx.execute(sa.select(factors).where(factors.c.person_id == person_id, _CONFIRMED)).one_or_none()
        left = 0
        if row is not None:
            unused = sa.and_(recovery.c.factor_id == row.id, recovery.c.used_at.is_(None))
            left = tx.execute(sa.select(sa.func.count()).select_from(recovery).where(unused)).scalar_one()
        return FactorState(
            enrolled=row is not None,
            since=None if row is None else row.confirmed_at,
            recovery_left=int(left),
            required=required(tx, person_id, policy),
        )


def begin(db: Database, vault: Vault, person_id: int) -> Enrolment:
    """A new secret to be scanned; it counts once `confirm` has seen a code of it. Raises Conflict("factor.exists")."""
    secret = secrets.token_bytes(SECRET_BYTES)
    with db.begin(DOOR) as tx:
        tx.execute(
            sa.delete(factors).where(factors.c.person_id == person_id, factors.c.confirmed_at.is_(None))
        )
        if (
            tx.execute(sa.select(factors.c.id).where(factors.c.person_id == person_id, _LIVING)).first()
            is not None
        ):
            raise Conflict("factor.exists")
        sealed = vault.seal(secret.hex(), f"factor {person_id}")
        tx.execute(sa.insert(factors).values(person_id=person_id, secret=sealed))
        login = tx.execute(sa.select(persons.c.login).where(persons.c.id == person_id)).scalar_one()
    uri = _totp(secret).get_provisioning_uri(login, ISSUER)
    picture = io.BytesIO()
    segno.make(uri, error="m").save(picture, kind="svg", scale=5, border=4, light="#fff", xmldecl=False)
    return Enrolment(base64.b32encode(secret).decode().rstrip("="), uri, picture.getvalue().decode())


def confirm(db: Database, vault: Vault, person_id: int, code: str, session: int | None) -> list[str] | None:
    """Turn the pending secret on with a code of it; ten recovery codes, shown this once. None: the code is wrong.

    Every other session of the person ends: whoever has one did not prove this factor.
    """
    with db.begin(DOOR) as tx:
        pending = sa.and_(factors.c.person_id == person_id, _LIVING, factors.c.confirmed_at.is_(None))
        row = tx.execute(sa.select(factors).where(pending).with_for_update()).one_or_none()
        if row is None:
            raise Conflict("factor.not_begun")
        step = _step_of(tx, vault, row, code)
        if step is None:
            return None
        values = {"confirmed_at": sa.func.now(), "last_step": step}
        tx.execute(sa.update(factors).where(factors.c.id == row.id).values(**values))
        others = sa.and_(
            sessions.c.person_id == person_id, sessions.c.ended_at.is_(None), sessions.c.id != session
        )
        tx.execute(sa.update(sessions).where(others).values(ended_at=sa.func.now()))
        audit.record(tx, "factor.enrolled", ("person", person_id))
        return _fresh_codes(tx, vault, row.id)


def proves(db: Database, vault: Vault, person_id: int, code: str) -> bool:
    """Whether `code` is one of the present ones or an unused recovery code; it is used up by this."""
    with db.begin(DOOR) as tx:
        query = sa.select(factors).where(factors.c.person_id == person_id, _CONFIRMED)
        row = tx.execute(query.with_for_update()).one_or_none()
        if row is None:
            return False
        step = _step_of(tx, vault, row, code)
        if step is not None:
            tx.execute(sa.update(factors).where(factors.c.id == row.id).values(last_step=step))
            return True
        return _spend(tx, vault, row, code)


def _spend(tx: Tx, vault: Vault, row: sa.Row[Any], code: str) -> bool:
    mine = sa.and_(recovery.c.factor_id == row.id, recovery.c.code_hash == _digest(vault, row.id, code))
    spent = tx.execute(
        sa.update(recovery).where(mine, recovery.c.used_at.is_(None)).values(used_at=sa.func.now())
    )
    if spent.rowcount:
        audit.record(tx, "factor.recovery_used", ("person", row.person_id))
    return bool(spent.rowcount)


def renew_codes(db: Database, vault: Vault, person_id: int) -> list[str]:
    """Ten new recovery codes; the old ones no longer count. Raises Conflict("factor.none")."""
    with db.begin(DOOR) as tx:
        query = sa.select(factors.c.id).where(factors.c.person_id == person_id, _CONFIRMED)
        ident = tx.execute(query.with_for_update()).scalar_one_or_none()
        if ident is None:
            raise Conflict("factor.none")
        tx.execute(sa.delete(recovery).where(recovery.c.factor_id == ident))
        audit.record(tx, "factor.codes_renewed", ("person", person_id))
        return _fresh_codes(tx, vault, ident)


def drop(db: Database, person_id: int, policy: Collection[str]) -> None:
    """Do without a second factor from now on. Raises Forbidden("factor.mandatory") where a role held asks for one."""
    with db.begin(DOOR) as tx:
        if required(tx, person_id, policy):
            raise Forbidden("factor.mandatory")
        mine = sa.and_(factors.c.person_id == person_id, _LIVING)
        dropped = tx.execute(sa.update(factors).where(mine).values(removed_at=sa.func.now()))
        if dropped.rowcount:
            audit.record(tx, "factor.dropped", ("person", person_id))


def _step_of(tx: Tx, vault: Vault, row: sa.Row[Any], code: str) -> int | None:
    """The unused time step that `code` belongs to, within the window; compared in constant time."""
    given = code.strip().replace(" ", "").encode()
    totp = _totp(bytes.fromhex(vault.open(bytes(row.secret), f"factor {row.person_id}")))
    now = int(tx.execute(sa.select(sa.func.floor(sa.extract("epoch", sa.func.now()) / STEP))).scalar_one())
    found = None
    for step in range(now - WINDOW, now + WINDOW + 1):
        if hmac.compare_digest(totp.generate(step * STEP), given) and step > row.last_step:
            found = step
    return found


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP)  # noqa: S303  what authenticator apps speak; an HMAC


def _fresh_codes(tx: Tx, vault: Vault, factor_id: int) -> list[str]:
    codes = [_readable(secrets.token_bytes(7)) for _ in range(RECOVERY_CODES)]
    rows = [{"factor_id": factor_id, "code_hash": _digest(vault, factor_id, code)} for code in codes]
    tx.execute(sa.insert(recovery), rows)
    return codes


def _readable(chance: bytes) -> str:
    text = base64.b32encode(chance).decode().lower()[:10]
    return f"{text[:5]}-{text[5:]}"


def _digest(vault: Vault, factor_id: int, code: str) -> bytes:
    folded = code.strip().lower().replace("-", "").replace(" ", "")
    return vault.digest("recovery", f"{factor_id}:{folded}")


def wrong() -> Unauthenticated:
    """The one answer to a code that does not count."""
    return Unauthenticated("factor.wrong")
