"""Take a report in exactly once, however often it is sent, and no more than one source may send."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.exc import IntegrityError

from chengyun.identity.vault import Vault
from chengyun.incidents import abuse
from chengyun.incidents.bodies import MovesBody, ReportBody
from chengyun.incidents.duplicates import offers
from chengyun.incidents.intake import TAKING, take
from chengyun.incidents.views import Receipt
from chengyun.kernel.contracts import Actor
from chengyun.kernel.failpoints import failpoint
from chengyun.kernel.idempotency import KNOWN, answer_of, hash_body, once, remember, twice
from chengyun.kernel.transactions import Ask, Database, Tx

RECEIPT: TypeAdapter[Receipt] = TypeAdapter(Receipt)


@dataclass(frozen=True, slots=True)
class Sent:
    """A report as it was sent. `source` is the keyed hash of the address it comes from; `vault` seals the
    reporter's name and phone.
    """

    body: ReportBody
    key: str
    source: bytes
    vault: Vault


def report_once(db: Database, actor: Actor, sent: Sent) -> Receipt:
    """The receipt of a report; a retry with the same key gets the first one back, marked a duplicate.

    Of two that come at the same moment one finds, when it writes, that the key is taken, and begins anew.
    """
    try:
        return _attempt(db, actor, sent)
    except IntegrityError as error:
        if not twice(error):
            raise
        return _attempt(db, actor, sent)


def _attempt(db: Database, actor: Actor, sent: Sent) -> Receipt:
    scope = scope_of(actor, sent.source)
    digest = hash_body(sent.body.model_dump_json().encode())
    ask = Ask(f"{KNOWN}, {TAKING}", {"scope": scope, "key": sent.key})
    with db.begin(actor, ask) as tx:
        known = answer_of(tx.ask(ask).known, sent.key, digest)
        if known is not None:
            return replace(opened(known.response, scope, sent.vault), duplicate=True)
        abuse.admit(tx, sent.source)
        joined = offers.joined(tx, sent.body.follow, sent.body.incident, sent.vault)
        receipt = take(tx, sent.body.as_report(sent.source, joined), sent.vault, ask)
        failpoint("intake.stored")
        remember(tx, sent.key, scope, digest, 201, sealed(receipt, scope, sent.vault))
        tx.flush()
        failpoint("intake.receipt")
        return receipt


def sealed(receipt: Receipt, scope: str, vault: Vault) -> dict[str, str]:
    """The receipt as it waits for a retry: it holds the secret link, which is kept nowhere in plain."""
    closed = vault.seal(RECEIPT.dump_json(receipt).decode(), f"receipt {scope}")
    return {"sealed": base64.b64encode(closed).decode()}


def opened(stored: Any, scope: str, vault: Vault) -> Receipt:
    """What `sealed` has closed."""
    return RECEIPT.validate_json(vault.open(base64.b64decode(stored["sealed"]), f"receipt {scope}"))


def made_before(tx: Tx, subject: str, body: MovesBody, key: str | None) -> bool:
    """Whether these moves were made under this key already; if not, the key is taken with the act."""
    if key is None:
        return False
    scope = f"moves {tx.actor.kind} {tx.actor.id} {subject}"
    digest = hash_body(body.model_dump_json().encode())
    if once(tx, key, scope, digest) is not None:
        return True
    remember(tx, key, scope, digest, 200, {})
    return False


def scope_of(actor: Actor, source: bytes) -> str:
    """Whose key it is: the account's, or the address's where nobody signed in."""
    if actor.kind == "anonymous":
        return f"report anonymous {source.hex()}"
    return f"report {actor.kind} {actor.id}"
