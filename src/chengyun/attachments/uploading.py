"""Upload: sniff, clean, store by content, then the row. A request sent twice is one attachment."""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chengyun.attachments import clips, photos
from chengyun.attachments.contracts import Given, Uploaded
from chengyun.attachments.photos import Camera
from chengyun.attachments.reading import SHOWN, as_json, claim_hash, shape, show_claims
from chengyun.attachments.sniffing import HEAD, MEDIA, PHOTOS, sniff
from chengyun.attachments.storage import CHUNK, Storage, disk_errors, put_bytes
from chengyun.attachments.tables import blob as blobs
from chengyun.attachments.tables import item as items
from chengyun.identity.vault import Vault
from chengyun.kernel import audit, idempotency
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import FieldError, Invalid, TooLarge
from chengyun.kernel.failpoints import failpoint
from chengyun.kernel.transactions import Database, Tx


@dataclass(frozen=True, slots=True)
class Desk:
    """What uploading works with: database, storage, secret key, limit in megabytes."""

    db: Database
    storage: Storage
    vault: Vault
    most_mb: int


@dataclass(frozen=True, slots=True)
class _Clean:
    """A cleaned file, on disk (a clip) or in memory (a photo), with its hash, and its thumbnail."""

    kind: str
    media: str
    sha256: str
    size: int
    path: Path | None
    data: bytes
    thumb: bytes | None
    width: int | None
    height: int | None
    camera: Camera


def upload(desk: Desk, actor: Actor, content: BinaryIO, given: Given, key: str | None = None) -> Uploaded:
    """Take in a photo or clip. Needs attachment.write.

    Somebody without a name gets a `claim` with which a report can use it. Raises Invalid (unsupported, damaged, too
    many pixels, position), TooLarge, Unavailable (disk full, storage away), Conflict (same key, other content).
    """
    actor.require("attachment.write")
    _require_position(given)
    with disk_errors(), tempfile.TemporaryDirectory(prefix="chengyun-upload-") as folder:
        path = Path(folder) / "content"
        original = _receive(content, path, desk.most_mb)
        body = idempotency.hash_body(f"{original} {given}".encode())
        request = _Request(key or secrets.token_hex(16), key is not None, body, actor)
        with desk.db.begin(actor) as tx:
            before = request.answered(tx, desk.vault)
        if before is not None:
            return before
        clean = _clean(path)
        with _content(clean) as stream:
            desk.storage.put(clean.sha256, stream, clean.size, clean.media)
        if clean.thumb is not None:
            put_bytes(desk.storage, sha(clean.thumb), clean.thumb, "image/jpeg")
        failpoint("attachments.placed")
        return _record(desk, request, clean, _Facts.of(given, clean.camera, original))


@dataclass(frozen=True, slots=True)
class _Request:
    """Names one upload: by the sender's key, or by a random one that nobody asks for again."""

    key: str
    repeatable: bool
    body: str
    actor: Actor

    @property
    def scope(self) -> str:
        return f"attachments {self.actor.kind}:{self.actor.id}"

    def claim(self, vault: Vault) -> str | None:
        """The secret for somebody without a name: the same when the same request comes again, stored nowhere."""
        if self.actor.kind != "anonymous":
            return None
        return vault.digest("attachment claim", f"{self.key} {self.body}").hex()

    def answered(self, tx: Tx, vault: Vault) -> Uploaded | None:
        """The answer given to the same request before."""
        stored = idempotency.once(tx, self.key, self.scope, self.body) if self.repeatable else None
        return None if stored is None else _uploaded(stored.response, self.claim(vault))

    def remember(self, tx: Tx, answer: dict[str, Any]) -> None:
        if self.repeatable:
            idempotency.remember(tx, self.key, self.scope, self.body, 201, answer)


@dataclass(frozen=True, slots=True)
class _Facts:
    """Time and place: what the uploader says, else what the camera says; `measured` where both agree."""

    original: str
    given: Given
    measured: bool

    @classmethod
    def of(cls, given: Given, camera: Camera, original: str) -> _Facts:
        told = Given(
            taken_at=given.taken_at or camera.taken_at,
            lon=given.lon if given.lon is not None else camera.lon,
            lat=given.lat if given.lat is not None else camera.lat,
        )
        return cls(original, told, photos.agrees(camera, told.taken_at, told.lon, told.lat))


def _receive(content: BinaryIO, path: Path, most_mb: int) -> str:
    """Copy the upload to `path`; its hash as received. Raises TooLarge, Invalid for an empty file."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as out:
        while chunk := content.read(CHUNK):
            size += len(chunk)
            if size > most_mb * 1_000_000:
                raise TooLarge("attachments.too_large", most=most_mb)
            digest.update(chunk)
            out.write(chunk)
    if size == 0:
        raise Invalid([FieldError("file", "attachments.empty")])
    return digest.hexdigest()


def _clean(path: Path) -> _Clean:
    with path.open("rb") as file:
        kind = sniff(file.read(HEAD))
    if kind is None or kind == "heic":
        raise Invalid([FieldError("file", "attachments.heic" if kind else "attachments.unsupported")])
    if kind in PHOTOS:
        photo = photos.clean(path, kind)
        return _Clean(
            "photo", photo.media, sha(photo.data), len(photo.data), None, photo.data, photo.thumb,
            photo.width, photo.height, photo.camera,
        )  # fmt: skip
    clip = clips.clean(path, kind)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    size = path.stat().st_size
    return _Clean("clip", MEDIA[kind], sha256, size, path, b"", None, clip.width, clip.height, Camera())


@contextmanager
def _content(clean: _Clean) -> Iterator[BinaryIO]:
    with BytesIO(clean.data) if clean.path is None else clean.path.open("rb") as stream:
        yield stream


def _record(desk: Desk, request: _Request, clean: _Clean, facts: _Facts) -> Uploaded:
    claim = request.claim(desk.vault)
    with desk.db.begin(request.actor) as tx:
        before = request.answered(tx, desk.vault)
        if before is not None:
            return before
        show_claims(tx, [claim] if claim else [])
        with _content(clean) as stream:
            hold(tx, desk.storage, clean.sha256, clean.size, clean.media, stream)
        if clean.thumb is not None:
            hold_bytes(tx, desk.storage, clean.thumb, "image/jpeg")
        values = _row(clean, facts, request.actor, claim)
        made = tx.execute(sa.insert(items).values(values).returning(items.c.id)).scalar_one()
        answer = as_json(shape(tx.execute(SHOWN.where(items.c.id == made)).one(), True))
        detail = {"sha256": clean.sha256, "original": facts.original}
        audit.record(tx, "attachment.uploaded", ("attachment", made), detail)
        request.remember(tx, answer)
        failpoint("attachments.recorded")
    failpoint("attachments.committed")
    return _uploaded(answer, claim)


def hold(tx: Tx, storage: Storage, sha256: str, size: int, media: str, stream: BinaryIO) -> None:
    """Make sure that a content is stored and has its row; nobody purges it until this transaction ends."""
    lock(tx, sha256)
    if not storage.exists(sha256):  # purged between our put and now
        storage.put(sha256, stream, size, media)
    values = {"sha256": sha256, "bytes": size, "media": media, "storage": storage.name}
    tx.execute(insert(blobs).values(values).on_conflict_do_nothing())


def hold_bytes(tx: Tx, storage: Storage, data: bytes, media: str) -> str:
    """`hold` for what is in memory; its hash."""
    sha256 = sha(data)
    hold(tx, storage, sha256, len(data), media, BytesIO(data))
    return sha256


def lock(tx: Tx, sha256: str) -> None:
    """One at a time decides about a content, until its transaction ends."""
    tx.execute(
        sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:sha256, 7108064))"), {"sha256": sha256}
    )


def _row(clean: _Clean, facts: _Facts, actor: Actor, claim: str | None) -> dict[str, object]:
    return {
        "kind": clean.kind,
        "sha256": clean.sha256,
        "original_sha256": facts.original,
        "thumb_sha256": None if clean.thumb is None else sha(clean.thumb),
        "width": clean.width,
        "height": clean.height,
        "taken_at": facts.given.taken_at,
        "lon": facts.given.lon,
        "lat": facts.given.lat,
        "measured": facts.measured,
        "uploader_kind": actor.kind,
        "uploader_id": actor.id,
        "claim_hash": claim_hash(claim) if claim else None,
    }


def _uploaded(answer: dict[str, Any], claim: str | None) -> Uploaded:
    taken = answer["taken_at"]
    return Uploaded(**{**answer, "taken_at": datetime.fromisoformat(taken) if taken else None}, claim=claim)


def _require_position(given: Given) -> None:
    lon, lat = given.lon, given.lat
    if (lon is None) != (lat is None):
        raise Invalid([FieldError("lon" if lon is None else "lat", "attachments.position")])
    if lon is not None and lat is not None and not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Invalid([FieldError("lon", "attachments.position")])


def sha(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
