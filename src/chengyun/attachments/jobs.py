"""Housekeeping of attachments: what nobody claimed, what has been kept long enough, and contents without a row."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from chengyun.attachments.contracts import UNCLAIMED_FOR
from chengyun.attachments.mirroring import beside, mirror_new
from chengyun.attachments.storage import DiskStorage, Storage, storage_of
from chengyun.attachments.tables import blob as blobs
from chengyun.attachments.tables import item as items
from chengyun.kernel import audit
from chengyun.kernel.failpoints import failpoint
from chengyun.kernel.jobs import periodic
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Tx

BATCH = 500
_USED = sa.text(
    "SELECT 1 FROM attachments_item WHERE sha256 = :sha256 OR thumb_sha256 = :sha256 OR public_sha256 = :sha256 LIMIT 1"
)
_TRY = sa.text("SELECT pg_try_advisory_xact_lock(hashtextextended(:sha256, 7108064))")


@periodic("attachments.purge", every=600.0)
def purge(tx: Tx) -> None:
    """Purge with the storage that the settings name."""
    purge_with(tx, storage_of(Settings.from_env()))


@periodic("attachments.mirror", every=30.0)
def mirror(tx: Tx) -> None:
    """Copy new contents to the folder for backups, where one is set."""
    settings = Settings.from_env()
    source = storage_of(settings)
    if settings.backup_dir and isinstance(source, DiskStorage):
        mirror_new(tx, source, beside(Path(settings.backup_dir).expanduser()))


def purge_with(tx: Tx, storage: Storage) -> tuple[int, int]:
    """Remove items past their time, then contents that no item refers to; (items, contents) removed."""
    real_now = tx.execute(sa.select(sa.func.now())).scalar_one()
    gone = _purge_items(tx, real_now)
    contents = _purge_blobs(tx, storage) + _purge_orphans(tx, storage, real_now - UNCLAIMED_FOR)
    return gone, contents


def _purge_items(tx: Tx, real_now: datetime) -> int:
    """Unclaimed for a day of real time, or past retention by the installation's clock."""
    over = sa.or_(
        sa.and_(items.c.incident_id.is_(None), items.c.uploaded_at < real_now - UNCLAIMED_FOR),
        items.c.retention_until < tx.now,
    )
    which = sa.select(items.c.id).where(over).limit(BATCH)
    gone = tx.execute(
        sa.delete(items).where(items.c.id.in_(which)).returning(items.c.id, items.c.incident_id)
    ).all()
    kept_long = [row.id for row in gone if row.incident_id is not None]
    if kept_long:
        audit.record(tx, "attachment.expired", None, {"ids": kept_long})
    return len(gone)


def _purge_blobs(tx: Tx, storage: Storage) -> int:
    refers = sa.or_(
        items.c.sha256 == blobs.c.sha256,
        items.c.thumb_sha256 == blobs.c.sha256,
        items.c.public_sha256 == blobs.c.sha256,
    )
    idle = (
        sa.select(blobs.c.sha256)
        .where(~sa.exists(sa.select(1).select_from(items).where(refers)))
        .limit(BATCH)
    )
    return sum(_drop(tx, storage, sha256) for sha256 in list(tx.execute(idle).scalars()))


def _purge_orphans(tx: Tx, storage: Storage, before: datetime) -> int:
    """Contents whose upload crashed before its row: old enough that no upload is on its way to them."""
    old = [sha256 for sha256, stored in storage.listing() if stored < before]
    known: set[str] = set()
    for start in range(0, len(old), BATCH):
        part = old[start : start + BATCH]
        known.update(tx.execute(sa.select(blobs.c.sha256).where(blobs.c.sha256.in_(part))).scalars())
    return sum(_drop(tx, storage, sha256) for sha256 in old if sha256 not in known)


def _drop(tx: Tx, storage: Storage, sha256: str) -> bool:
    """Remove a content under its lock, the row before the file: a crash leaves an orphan, never a row without file."""
    if not tx.execute(_TRY, {"sha256": sha256}).scalar_one():
        return False
    if tx.execute(_USED, {"sha256": sha256}).one_or_none() is not None:
        return False
    tx.execute(sa.delete(blobs).where(blobs.c.sha256 == sha256))
    storage.delete(sha256)
    failpoint("attachments.dropped")
    return True
