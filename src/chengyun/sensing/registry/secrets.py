"""The secret of a device: shown once, kept as two hashes, of which one is in the form that Mosquitto reads."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterator

import sqlalchemy as sa

from chengyun.identity.vault import bearer_hash
from chengyun.kernel.transactions import Tx
from chengyun.sensing.registry.contracts import WRITE
from chengyun.sensing.tables import thing

_SALT_BYTES = 12
_ROUNDS = 101  # Mosquitto's own; a secret is random, so that more would protect nothing


def hashes(secret: str) -> dict[str, object]:
    """The columns of a thing that has this secret."""
    return {"secret_hash": bearer_hash(secret), "broker_hash": _mosquitto(secret)}


def broker_passwords(tx: Tx) -> Iterator[str]:
    """The lines of Mosquitto's password file: every thing in use that has a secret. Needs thing.write."""
    tx.actor.require(WRITE)
    query = sa.select(thing.c.code, thing.c.broker_hash).where(
        thing.c.active, thing.c.broker_hash.is_not(None)
    )
    for row in tx.execute(query.order_by(thing.c.code)):
        yield f"{row.code}:{row.broker_hash}"


def _mosquitto(secret: str) -> str:
    """PBKDF2 with SHA-512 as `mosquitto_passwd` writes it."""
    salt = secrets.token_bytes(_SALT_BYTES)
    digest = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, _ROUNDS)
    return f"$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
