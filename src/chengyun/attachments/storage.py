"""Where contents lie, by their SHA-256: a folder of the installation's home, or an S3-compatible bucket.

Putting is idempotent and whole or not at all. Rows refer to contents only after they are stored; what no row refers
to is swept away later, so a crash in between loses nothing and leaves nothing for ever.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

from minio import Minio
from minio.error import MinioException, S3Error
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from chengyun.kernel.durable import sync
from chengyun.kernel.errors import NotFound, Unavailable
from chengyun.kernel.failpoints import failpoint
from chengyun.kernel.settings import Settings

CHUNK = 256 * 1024
_PREFIX = "blobs/"


class Storage(Protocol):
    """Contents by their SHA-256 in hexadecimal. Every method raises Unavailable when the storage cannot serve."""

    name: str

    def put(self, sha256: str, content: BinaryIO, size: int, media: str) -> None:
        """Store `size` bytes; doing so again changes nothing."""

    def exists(self, sha256: str) -> bool: ...

    def read(self, sha256: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes from `start`, at most `length`. Raises NotFound("attachments.lost")."""

    def delete(self, sha256: str) -> None:
        """Remove a content; a missing one is fine."""

    def listing(self) -> Iterator[tuple[str, datetime]]:
        """Every content with the time it was stored (UTC)."""


class DiskStorage:
    """`<root>/ab/cd/<sha256>`; written beside, synced, then renamed into place."""

    name = "disk"

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming = root / "incoming"
        self.incoming.mkdir(parents=True, exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Where a content lies."""
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def put(self, sha256: str, content: BinaryIO, size: int, media: str) -> None:
        target = self.path(sha256)
        if target.exists():
            return
        fresh = self.incoming / f"{sha256}.{secrets.token_hex(4)}"
        with disk_errors():
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                with fresh.open("xb") as out:
                    while chunk := content.read(CHUNK):
                        out.write(chunk)
                    out.flush()
                    os.fsync(out.fileno())
                failpoint("attachments.written")
                os.replace(fresh, target)
                sync(target.parent)
            finally:
                fresh.unlink(missing_ok=True)

    def exists(self, sha256: str) -> bool:
        return self.path(sha256).exists()

    def read(self, sha256: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        try:
            file = self.path(sha256).open("rb")
        except FileNotFoundError as error:
            raise NotFound("attachments.lost") from error
        return _pieces(file, start, length)

    def delete(self, sha256: str) -> None:
        self.path(sha256).unlink(missing_ok=True)

    def listing(self) -> Iterator[tuple[str, datetime]]:
        for file in self.root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            yield file.name, datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _pieces(file: BinaryIO, start: int, length: int | None) -> Iterator[bytes]:
    with file:
        file.seek(start)
        left = length
        while chunk := file.read(CHUNK if left is None else min(CHUNK, left)):
            left = None if left is None else left - len(chunk)
            yield chunk


@contextmanager
def disk_errors() -> Iterator[None]:
    """A full disk is told as Unavailable("attachments.disk_full")."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Unavailable("attachments.disk_full") from error
        raise


class S3Storage:
    """A bucket of any S3-compatible server; it must exist."""

    name = "s3"

    def __init__(self, client: Minio, bucket: str) -> None:
        self.client = client
        self.bucket = bucket

    def put(self, sha256: str, content: BinaryIO, size: int, media: str) -> None:
        if not self.exists(sha256):
            with _away():
                self.client.put_object(self.bucket, _PREFIX + sha256, content, size, content_type=media)

    def exists(self, sha256: str) -> bool:
        with _away():
            try:
                self.client.stat_object(self.bucket, _PREFIX + sha256)
            except S3Error as error:
                if error.code in ("NoSuchKey", "NoSuchObject"):
                    return False
                raise
        return True

    def read(self, sha256: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        if not self.exists(sha256):
            raise NotFound("attachments.lost")
        return self._stream(sha256, start, length)

    def _stream(self, sha256: str, start: int, length: int | None) -> Iterator[bytes]:
        with _away():
            answer = self.client.get_object(self.bucket, _PREFIX + sha256, offset=start, length=length or 0)
            try:
                yield from answer.stream(CHUNK)
            finally:
                answer.close()
                answer.release_conn()

    def delete(self, sha256: str) -> None:
        with _away():
            self.client.remove_object(self.bucket, _PREFIX + sha256)

    def listing(self) -> Iterator[tuple[str, datetime]]:
        with _away():
            for found in self.client.list_objects(self.bucket, prefix=_PREFIX, recursive=True):
                yield found.object_name.removeprefix(_PREFIX), found.last_modified


@contextmanager
def _away() -> Iterator[None]:
    try:
        yield
    except (HTTPError, MinioException) as error:
        raise Unavailable("attachments.storage_away") from error


def put_bytes(storage: Storage, sha256: str, data: bytes, media: str) -> None:
    """`put` for what is in memory."""
    storage.put(sha256, BytesIO(data), len(data), media)


def storage_of(settings: Settings) -> Storage:
    """The storage that the settings name."""
    if not settings.s3_endpoint:
        return _disk_at(settings.home / "attachments")
    return _bucket(
        settings.s3_endpoint,
        settings.s3_bucket,
        settings.s3_access_key,
        settings.s3_secret_key,
        settings.s3_region,
    )


@lru_cache(maxsize=8)
def _disk_at(root: Path) -> DiskStorage:
    return DiskStorage(root)


@lru_cache(maxsize=4)
def _bucket(endpoint: str, bucket: str, access: str, secret: str, region: str) -> S3Storage:
    parts = urlsplit(endpoint if "://" in endpoint else f"https://{endpoint}")
    pool = PoolManager(
        timeout=Timeout(connect=5, read=30), maxsize=10, retries=Retry(total=2, backoff_factor=0.2)
    )
    client = Minio(
        parts.netloc,
        access_key=access or None,
        secret_key=secret or None,
        secure=parts.scheme == "https",
        region=region or None,
        http_client=pool,
    )
    return S3Storage(client, bucket)
