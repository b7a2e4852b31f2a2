"""Take a report in exactly once, however often it is sent, and no more than one source may send."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from chengyun.identity.vault import Vault
from chengyun.incidents import abuse, intake
from chengyun.incidents.bodies import MovesBody, ReportBody
from chengyun.incidents.contracts import Receipt
from chengyun.kernel.idempotency import hash_body, once, remember
from chengyun.kernel.transactions import Tx

RECEIPT: TypeAdapter[Receipt] = TypeAdapter(Receipt)


def report_once(tx: Tx, body: ReportBody, key: str, source: bytes, vault: Vault) -> Receipt:
    """The receipt of a report; a retry with the same key gets the first one back, marked a duplicate.

    `source` is the keyed hash of the address it comes from; `vault` seals the reporter's name and phone.
    """
    scope = scope_of(tx, source)
    digest = hash_body(body.model_dump_json().encode())
    known = once(tx, key, scope, digest)
    if known is not None:
        return replace(opened(known.response, scope, vault), duplicate=True)
    abuse.admit(tx, source)
    receipt = intake.report(tx, body.as_report(source), vault)
    remember(tx, key, scope, digest, 201, sealed(receipt, scope, vault))
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


def scope_of(tx: Tx, source: bytes) -> str:
    """Whose key it is: the account's, or the address's where nobody signed in."""
    if tx.actor.kind == "anonymous":
        return f"report anonymous {source.hex()}"
    return f"report {tx.actor.kind} {tx.actor.id}"
