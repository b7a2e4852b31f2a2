"""A second copy of contents beside the backups: whole files by hash, copied once, checked as they are copied."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from chengyun.attachments.storage import DiskStorage, put_bytes
from chengyun.attachments.tables import blob as blobs
from chengyun.kernel.errors import NotFound, Unavailable
from chengyun.kernel.transactions import Tx

FOLDER = "contents"
OVERLAP = timedelta(hours=1)  # contents of transactions that were open at the last look
_MARK = ".looked"


def mirror_new(tx: Tx, source: DiskStorage, target: DiskStorage) -> int:
    """Copy what was stored since the last look → how many."""
    mark = target.root / _MARK
    since = datetime.fromtimestamp(mark.stat().st_mtime, UTC) - OVERLAP if mark.exists() else None
    began = datetime.now(UTC)
    query = sa.select(blobs.c.sha256).where(blobs.c.storage == source.name)
    if since is not None:
        query = query.where(blobs.c.stored_at >= since)
    copied = copy(tx.execute(query).scalars(), source, target)
    mark.touch()
    os.utime(mark, (began.timestamp(), began.timestamp()))
    return copied


def listed(tx: Tx, storage: str = DiskStorage.name) -> list[str]:
    """The hash of every content that a row names."""
    return list(tx.execute(sa.select(blobs.c.sha256).where(blobs.c.storage == storage)).scalars())


def copy(hashes: Iterable[str], source: DiskStorage, target: DiskStorage) -> int:
    """Copy what `target` lacks → how many. Raises Unavailable("attachments.changed") for a content that is not itself.

    One that was purged meanwhile is passed over.
    """
    copied = 0
    for sha256 in hashes:
        if target.exists(sha256):
            continue
        try:
            content = b"".join(source.read(sha256))
        except NotFound:
            continue
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Unavailable("attachments.changed", file=str(source.path(sha256)))
        put_bytes(target, sha256, content, "")
        copied += 1
    return copied


def beside(backups: Path) -> DiskStorage:
    """The copies that lie beside backups."""
    return DiskStorage(backups / FOLDER)
