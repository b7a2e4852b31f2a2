"""Which variant of an attachment its reader gets. Row-level security has the last word on every one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from chengyun.attachments.contracts import Attachment, StoredFile
from chengyun.attachments.tables import blob as blobs
from chengyun.attachments.tables import item as items
from chengyun.kernel import audit
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import NotFound
from chengyun.kernel.transactions import Tx

VARIANTS = {"full": items.c.sha256, "thumb": items.c.thumb_sha256, "public": items.c.public_sha256}


def claim_hash(secret: str) -> str:
    """What the database keeps of a claim's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def show_claims(tx: Tx, secrets: Sequence[str]) -> list[str]:
    """Tell the row policies which claims the actor holds, for this transaction; their hashes."""
    hashes = [claim_hash(secret) for secret in secrets]
    value = "{" + ",".join(hashes) + "}"
    tx.execute(sa.text("SELECT set_config('chengyun.attachment_claims', :value, true)"), {"value": value})
    return hashes


def concerned(actor: Actor, claims: Sequence[str] = ()) -> sa.ColumnElement[bool]:
    """The actor deals with it: as reader of the incident, as uploader, by a claim, or as a system part."""
    if actor.kind == "system":
        return sa.true()
    return sa.or_(items.c.readers.overlap(list(actor.scopes)), _own(actor, claims))


def whole(actor: Actor, claims: Sequence[str] = ()) -> sa.ColumnElement[bool]:
    """The actor may see the original: what one uploaded oneself, else what one deals with and may read as it is."""
    if actor.kind == "system" or actor.may("personal.read"):
        return concerned(actor, claims)
    return _own(actor, claims)


def _own(actor: Actor, claims: Sequence[str]) -> sa.ColumnElement[bool]:
    uploaded = sa.and_(items.c.uploader_kind == actor.kind, items.c.uploader_id == actor.id)
    return sa.or_(uploaded, items.c.claim_hash.in_(list(claims)))


def find(tx: Tx, item_id: int, variant: str, claim: str | None = None) -> StoredFile:
    """The stored file of a variant (full | thumb | public). Raises NotFound for what the actor may not see."""
    column = VARIANTS.get(variant)
    if column is None:
        raise NotFound("attachments.not_found")
    claims = show_claims(tx, [claim] if claim else [])
    query = (
        sa.select(blobs.c.sha256, blobs.c.media, blobs.c.bytes)
        .join(items, column == blobs.c.sha256)
        .where(items.c.id == item_id)
    )
    if variant != "public":
        query = query.where(whole(tx.actor, claims))
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound("attachments.not_found")
    return StoredFile(row.sha256, row.media, row.bytes)


def note_original(tx: Tx, item_id: int) -> None:
    """Audit that somebody looks at an original of which a version for the public hides something."""
    public = sa.select(items.c.public_sha256).where(items.c.id == item_id)
    if tx.execute(public).scalar() is not None:
        audit.record(tx, "attachment.original_read", ("attachment", item_id))


SHOWN = sa.select(
    items.c.id, items.c.kind, items.c.sha256, blobs.c.bytes, items.c.width, items.c.height, items.c.taken_at,
    items.c.lon, items.c.lat, items.c.measured, items.c.thumb_sha256, items.c.public_sha256,
).join(blobs, items.c.sha256 == blobs.c.sha256)  # fmt: skip


def shape(row: sa.Row[Any], whole_seen: bool) -> Attachment:
    """A row as its reader may see it: without the right to the original there is the public version only."""
    base = f"/api/attachments/{row.id}"
    thumb = f"{base}/thumb" if row.thumb_sha256 else ""
    return Attachment(
        id=row.id,
        kind=row.kind,
        sha256=row.sha256 if whole_seen else row.public_sha256,
        bytes=row.bytes,
        width=row.width,
        height=row.height,
        taken_at=row.taken_at,
        lon=row.lon if whole_seen else None,
        lat=row.lat if whole_seen else None,
        url=f"{base}/full" if whole_seen else f"{base}/public",
        thumb_url=thumb if whole_seen else f"{base}/public",
        verified=row.measured,
        public=row.public_sha256 is not None,
    )


def as_json(found: Attachment) -> dict[str, Any]:
    """An attachment as the idempotency store keeps it."""
    fields = {name: getattr(found, name) for name in Attachment.__dataclass_fields__}
    answer: dict[str, Any] = json.loads(json.dumps(fields, default=lambda value: value.isoformat()))
    return answer
