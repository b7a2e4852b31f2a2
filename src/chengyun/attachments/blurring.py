"""The public version of a photo: faces and plates pixelated by an officer; without it the public sees nothing."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from chengyun.attachments import photos
from chengyun.attachments.binding import of
from chengyun.attachments.contracts import MAX_BOXES, Attachment
from chengyun.attachments.reading import find
from chengyun.attachments.storage import Storage, put_bytes
from chengyun.attachments.tables import item as items
from chengyun.attachments.uploading import hold_bytes, sha
from chengyun.kernel import audit
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import Conflict, FieldError, Invalid
from chengyun.kernel.transactions import Database

_KINDS = {"image/jpeg": "jpeg", "image/png": "png", "image/webp": "webp"}


def blur(
    db: Database, storage: Storage, actor: Actor, item_id: int, boxes: Sequence[Sequence[float]]
) -> Attachment:
    """Make (or replace) the public version; boxes are (x, y, width, height) in pixels of the full photo.

    No box says that an officer looked and found nothing to hide. Needs attachment.blur and sight of the original.
    Raises NotFound, Conflict for clips, Invalid per box.
    """
    actor.require("attachment.blur")
    _require_boxes(boxes)
    with db.begin(actor) as tx:
        full = find(tx, item_id, "full")
    kind = _KINDS.get(full.media)
    if kind is None:
        raise Conflict("attachments.photos_only")
    public = photos.pixelate(b"".join(storage.read(full.sha256)), kind, boxes)
    put_bytes(storage, sha(public), public, "image/jpeg")
    with db.begin(actor) as tx:
        find(tx, item_id, "full")  # still ours to decide about
        public_sha = hold_bytes(tx, storage, public, "image/jpeg")
        tx.execute(sa.update(items).where(items.c.id == item_id).values(public_sha256=public_sha))
        detail = {"boxes": [list(box) for box in boxes], "public_sha256": public_sha}
        audit.record(tx, "attachment.blurred", ("attachment", item_id), detail)
        return of(tx, [item_id])[0]


def _require_boxes(boxes: Sequence[Sequence[float]]) -> None:
    if len(boxes) > MAX_BOXES:
        raise Invalid([FieldError("boxes", "attachments.boxes", {"most": MAX_BOXES})])
    wrong = [
        FieldError(f"boxes.{number}", "attachments.box")
        for number, box in enumerate(boxes)
        if len(box) != 4 or not all(abs(value) < 1e6 for value in box)
    ]
    if wrong:
        raise Invalid(wrong)
