"""Residents: a phone number and a one-time code, no account. The number is encrypted and read only on the record."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Protocol

import sqlalchemy as sa

from chengyun.identity import sessions
from chengyun.identity.contracts import CodeSent, Resident, SignedIn, invalid
from chengyun.identity.resolving import DOOR, SIGN_IN
from chengyun.identity.rules import CODE_LIFETIME, CODE_TRIES, Throttle, normal_phone
from chengyun.identity.sessions import Browser
from chengyun.identity.tables import code as codes
from chengyun.identity.tables import contact as contacts
from chengyun.identity.tables import resident as residents
from chengyun.identity.vault import Vault
from chengyun.identity.within import own_part
from chengyun.kernel import audit
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import FieldError, NotFound, TooMany, Unauthenticated, Unavailable
from chengyun.kernel.transactions import Database, Tx

PURPOSE = "incident-feedback"  # why a number is kept: to tell its owner what became of a report
REVEAL = system_actor("identity.reveal")


class CodeSender(Protocol):
    """Carries a one-time code to a phone. The limits belong to the provider: they keep its bill and its peace."""

    per_phone: ClassVar[Throttle]
    per_address: ClassVar[Throttle]

    def send(self, phone: str, code: str, language: str) -> str | None:
        """Send it; return the code only where the product may show it (模拟). Raises Unavailable."""
        ...


class DemoSender:
    """Shows the code on the screen instead of sending it; marked 模拟 there."""

    per_phone: ClassVar[Throttle] = Throttle(60, CODE_LIFETIME)
    per_address: ClassVar[Throttle] = Throttle(600, CODE_LIFETIME)

    def send(self, phone: str, code: str, language: str) -> str | None:
        return code


class NoSender:
    """No provider is set up: says so, instead of pretending that a code is on its way."""

    per_phone: ClassVar[Throttle] = Throttle(5, CODE_LIFETIME)
    per_address: ClassVar[Throttle] = Throttle(30, CODE_LIFETIME)

    def send(self, phone: str, code: str, language: str) -> str | None:
        raise Unavailable("code.no_provider")


def request_code(
    db: Database, vault: Vault, sender: CodeSender, phone: str, browser: Browser, language: str
) -> CodeSent:
    """Send a code of six digits that lives five minutes. Raises Invalid, TooMany("code.too_many"), Unavailable."""
    number = _number(phone)
    code = f"{secrets.randbelow(1_000_000):06d}"
    hashed = vault.digest("phone", number)
    with db.begin(DOOR) as tx:
        tx.execute(
            sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:phone, 1))"), {"phone": hashed.hex()}
        )
        wait = max(
            _wait(tx, sender.per_phone, codes.c.phone_hash == hashed),
            _wait(tx, sender.per_address, codes.c.address == browser.address),
        )
        if not wait:
            values = {
                "phone_hash": hashed, "code_hash": vault.digest("code", f"{number}:{code}"),
                "address": browser.address, "ends_at": sa.func.now() + CODE_LIFETIME,
            }  # fmt: skip
            tx.execute(sa.insert(codes).values(values))
    if wait:
        raise TooMany("code.too_many", wait)
    return CodeSent(int(CODE_LIFETIME.total_seconds()), sender.send(number, code, language))


def sign_in_resident(
    db: Database, vault: Vault, phone: str, code: str, browser: Browser, *, language: str, demo: bool
) -> SignedIn:
    """Begin a resident's session; the resident is made on the first sign-in. Raises Unauthenticated("code.wrong")."""
    number = _number(phone)
    hashed = vault.digest("phone", number)
    if not _spend(db, vault, hashed, number, code.strip()):
        raise Unauthenticated("code.wrong")
    with db.begin(DOOR) as tx:
        resident_id = _found_or_made(tx, vault, number, language)
        audit.record(tx, "login", ("resident", resident_id), {"address": browser.address})
        return sessions.begin(tx, {"resident_id": resident_id}, browser, demo=demo)


def _spend(db: Database, vault: Vault, hashed: bytes, number: str, code: str) -> bool:
    """Count a try on the newest living code, then compare; a right code is used up. Committed either way."""
    newest = (
        sa.select(codes.c.id)
        .where(codes.c.phone_hash == hashed, codes.c.used_at.is_(None), codes.c.ends_at > sa.func.now())
        .order_by(codes.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    count = sa.update(codes).where(
        codes.c.id == newest, codes.c.tries < CODE_TRIES, codes.c.used_at.is_(None)
    )
    with db.begin(DOOR) as tx:
        row = tx.execute(
            count.values(tries=codes.c.tries + 1).returning(codes.c.id, codes.c.code_hash)
        ).one_or_none()
        right = row is not None and hmac.compare_digest(
            row.code_hash, vault.digest("code", f"{number}:{code}")
        )
        if row is not None and right:
            tx.execute(sa.update(codes).where(codes.c.id == row.id).values(used_at=sa.func.now()))
    return right


def _found_or_made(tx: Tx, vault: Vault, number: str, language: str) -> int:
    hashed = vault.digest("phone", number)
    tx.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:phone, 2))"), {"phone": hashed.hex()})
    found = tx.execute(
        sa.select(contacts.c.resident_id).where(contacts.c.phone_hash == hashed)
    ).scalar_one_or_none()
    if found is not None:
        return int(found)
    made = int(
        tx.execute(sa.insert(residents).values(language=language).returning(residents.c.id)).scalar_one()
    )
    sealed = vault.seal(number, f"resident {made}")
    values: Mapping[str, object] = {
        "resident_id": made, "phone_hash": hashed, "phone_cipher": sealed, "purpose": PURPOSE
    }  # fmt: skip
    tx.execute(sa.insert(contacts).values(values))
    return made


def resident_for_phone(db: Database, vault: Vault, phone: str, *, language: str = "zh") -> int:
    """The resident of a phone number, made if new: for the hotline desk. Its own transaction: call it before yours."""
    number = _number(phone)
    with db.begin(DOOR) as tx:
        return _found_or_made(tx, vault, number, language)


def resident(tx: Tx, resident_id: int) -> Resident:
    """A resident without the number. Raises NotFound for those whom the actor may not know."""
    row = tx.execute(sa.select(residents).where(residents.c.id == resident_id)).one_or_none()
    if row is None:
        raise NotFound("resident.not_found")
    return Resident(row.id, f"居民 {row.id:06d}", row.language, row.blocked_until)


def reveal_phone(
    db: Database, vault: Vault, actor: Actor, resident_id: int, subject: tuple[str, int | str], reason: str
) -> str:
    """The phone number, after the reading stands in the audit. Needs reporter.contact.

    The caller has shown that the actor may see `subject` (the incident reported). Own transactions: call it outside
    of yours. Raises NotFound.
    """
    actor.require("reporter.contact")
    audit.record_read(db, actor, "reporter.contact", subject, {"resident": resident_id, "reason": reason})
    return phone_of(db, vault, resident_id)


def phone_of(db: Database, vault: Vault, resident_id: int) -> str:
    """The number for a message to its owner; people read it through `reveal_phone` only. Raises NotFound."""
    query = sa.select(contacts.c.phone_cipher).where(contacts.c.resident_id == resident_id)
    with db.begin(REVEAL) as tx:
        sealed = tx.execute(query).scalar_one_or_none()
    if sealed is None:
        raise NotFound("resident.not_found")
    return vault.open(bytes(sealed), f"resident {resident_id}")


def forget_phone(tx: Tx, resident_id: int) -> None:
    """Erase the number of the resident who asks for it, with every session of theirs. Audited by the caller's act."""
    if tx.actor.kind != "resident" or tx.actor.id != resident_id:
        raise NotFound("resident.not_found")
    with own_part(tx, SIGN_IN):
        tx.execute(sa.delete(contacts).where(contacts.c.resident_id == resident_id))
        tx.execute(sa.text("DELETE FROM identity_session WHERE resident_id = :id"), {"id": resident_id})
    audit.record(tx, "resident.forgotten", ("resident", resident_id), {})


def block(tx: Tx, resident_id: int, until: datetime | None, reason: str) -> None:
    """Suspend a resident's reports until a time (None: lift it), with a reason. Needs reporter.block."""
    tx.actor.require("reporter.block")
    changed = tx.execute(
        sa.update(residents)
        .where(residents.c.id == resident_id)
        .values(blocked_until=until, block_reason=reason if until else None)
    )
    if changed.rowcount == 0:
        raise NotFound("resident.not_found")
    detail = {"until": until.isoformat() if until else None, "reason": reason}
    audit.record(tx, "resident.blocked" if until else "resident.unblocked", ("resident", resident_id), detail)


def _number(phone: str) -> str:
    number = normal_phone(phone)
    if number is None:
        raise invalid(FieldError("phone", "phone.shape"))
    return number


def _wait(tx: Tx, throttle: Throttle, which: sa.ColumnElement[bool]) -> int:
    now = tx.execute(sa.select(sa.func.now())).scalar_one()
    query = sa.select(codes.c.created_at).where(which, codes.c.created_at > now - throttle.window)
    return throttle.wait(list(tx.execute(query).scalars()), now)
