"""The server's half of a device's key: without it nothing that a phone keeps can be read; see docs/decisions/0013.

The phone names itself by a random id of its own and gets the half for whoever is signed in; it holds it in memory
only. A device that was cut off gets it no more, and a day later the half is gone for good.
"""

from __future__ import annotations

import base64
import hashlib
import secrets

import sqlalchemy as sa

from chengyun.identity.contracts import KeyHalf
from chengyun.identity.resolving import DOOR, Resolved
from chengyun.identity.tables import device as devices
from chengyun.identity.tables import session as sessions
from chengyun.identity.vault import Vault
from chengyun.kernel import audit
from chengyun.kernel.errors import Forbidden, Gone
from chengyun.kernel.transactions import Database, Tx

HALF_BYTES = 32


def unlock(db: Database, vault: Vault, found: Resolved, device: str) -> KeyHalf:
    """The half for this device and whoever is signed in; made on the first time, the same ever after.

    Raises Gone("device.cut") for a device that was cut off: its keeper wipes it and takes a new id.
    """
    column = {"person": "person_id", "resident": "resident_id"}.get(found.actor.kind)
    if column is None or found.session is None:
        raise Forbidden("device.people_only")
    name = hashlib.sha256(device.encode()).digest()
    with db.begin(DOOR) as tx:
        tx.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 3))"), {"name": name.hex()})
        mine = sa.and_(devices.c.device_hash == name, devices.c[column] == found.actor.id)
        row = tx.execute(sa.select(devices).where(mine)).one_or_none()
        if row is None:
            row = _made(tx, vault, {"device_hash": name, column: found.actor.id})
            audit.record(tx, "device.known", ("session", found.session))
        if row.cut_at is not None or row.half is None:
            raise Gone("device.cut")
        tx.execute(sa.update(devices).where(mine).values(seen_at=sa.func.now()))
        tx.execute(sa.update(sessions).where(sessions.c.id == found.session).values(device_id=row.id))
        return KeyHalf(vault.open(bytes(row.half), f"device {name.hex()}"))


def _made(tx: Tx, vault: Vault, values: dict[str, object]) -> sa.Row[tuple[object, ...]]:
    half = base64.b64encode(secrets.token_bytes(HALF_BYTES)).decode()
    name = values["device_hash"]
    assert isinstance(name, bytes)  # noqa: S101  ours
    sealed = vault.seal(half, f"device {name.hex()}")
    return tx.execute(sa.insert(devices).values(half=sealed, **values).returning(*devices.c)).one()


def cut(tx: Tx, device_id: int | None) -> None:
    """No half any more for this device, and every session on it ends. Inside identity's own part."""
    if device_id is None:
        return
    tx.execute(sa.update(devices).where(devices.c.id == device_id).values(cut_at=sa.func.now()))
    open_ones = sa.and_(sessions.c.device_id == device_id, sessions.c.ended_at.is_(None))
    tx.execute(sa.update(sessions).where(open_ones).values(ended_at=sa.func.now(), cut=True))


def trust_again(tx: Tx, device_id: int | None) -> None:
    """Take a cut back, while the half is still there. Inside identity's own part."""
    kept = sa.and_(devices.c.id == device_id, devices.c.half.is_not(None))
    tx.execute(sa.update(devices).where(kept).values(cut_at=None))
