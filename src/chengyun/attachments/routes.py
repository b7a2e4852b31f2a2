"""HTTP of attachments: upload, variants, the public version."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Header, Query, Request, UploadFile
from fastapi.responses import FileResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from chengyun.attachments import service
from chengyun.attachments.contracts import Attachment, Given, StoredFile, Uploaded
from chengyun.attachments.limiting import LIMITER
from chengyun.attachments.proposing import Proposals, propose
from chengyun.attachments.reading import note_original
from chengyun.attachments.storage import DiskStorage, Storage, storage_of
from chengyun.attachments.uploading import Desk
from chengyun.identity.routing import Caller, Configured, Db, From, Keys
from chengyun.kernel.errors import NotFound
from chengyun.kernel.fields import Id, Text

router = APIRouter(prefix="/api/attachments", tags=["attachments"])
# Stored files are other people's bytes: never guessed at, never run, never framed.
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def storage(settings: Configured) -> Storage:
    """Where this installation's contents lie."""
    return storage_of(settings)


Contents = Annotated[Storage, Depends(storage)]


class BlurIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    boxes: list[list[float]] = Field(
        description="[x, y, width, height] in pixels of the full photo", max_length=200
    )


@router.post("", status_code=201)
def upload(
    actor: Caller,
    db: Db,
    settings: Configured,
    keys: Keys,
    origin: From,
    contents: Contents,
    file: Annotated[UploadFile, File()],
    taken_at: Annotated[datetime | None, Form()] = None,
    lon: Annotated[float | None, Form(allow_inf_nan=False)] = None,
    lat: Annotated[float | None, Form(allow_inf_nan=False)] = None,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> Uploaded:
    """Upload a photo or clip; somebody without a name gets a `claim` to use it in a report."""
    if actor.kind in ("anonymous", "resident"):
        LIMITER.take(origin.address)
    aware = taken_at if taken_at is None or taken_at.tzinfo else taken_at.replace(tzinfo=UTC)
    desk = Desk(db, contents, keys, settings.upload_max_mb)
    return service.upload(desk, actor, file.file, Given(aware, lon, lat), idempotency_key)


@router.get("/{item_id}/proposals")
def read_proposals(item_id: Id, actor: Caller, db: Db, settings: Configured, contents: Contents) -> Proposals:
    """Where the photo may show plates and faces: boxes for an officer to check; nothing is hidden by itself."""
    return propose(db, contents, actor, item_id, settings.face_model)


@router.get(
    "/{item_id}/{variant}",
    response_class=Response,
    responses={
        200: {"description": "The file", "content": {"image/*": {}, "video/*": {}}},
        206: {"description": "A range of it", "content": {"image/*": {}, "video/*": {}}},
        304: {"description": "Unchanged"},
        416: {"description": "No such range"},
    },
)
def read(
    item_id: Id,
    variant: Text,
    request: Request,
    actor: Caller,
    db: Db,
    contents: Contents,
    claim: Annotated[Text | None, Query(max_length=100)] = None,
) -> Response:
    """full | thumb | public: the file itself."""
    with db.begin(actor) as tx:
        found = service.find(tx, item_id, variant, claim)
        if variant == "full":
            note_original(tx, item_id)
    headers = {**_HEADERS, "Cache-Control": "private, no-store", "ETag": f'"{found.sha256}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if isinstance(contents, DiskStorage):
        path = contents.path(found.sha256)
        if not path.exists():
            raise NotFound("attachments.lost")
        return FileResponse(path, media_type=found.media, headers=headers)
    return _streamed(contents, found, request.headers.get("range"), headers)


@router.post("/{item_id}/blur")
def blur(item_id: Id, body: BlurIn, actor: Caller, db: Db, contents: Contents) -> Attachment:
    """Make the public version of a photo: everything in the boxes is pixelated."""
    return service.blur(db, contents, actor, item_id, body.boxes)


def _streamed(contents: Storage, found: StoredFile, asked: str | None, headers: dict[str, str]) -> Response:
    """From a bucket, with one range, as players of clips ask for it."""
    span = _range(asked, found.bytes)
    if span is None:
        whole: Iterator[bytes] = contents.read(found.sha256)
        length = {"Content-Length": str(found.bytes), "Accept-Ranges": "bytes"}
        return StreamingResponse(whole, media_type=found.media, headers={**headers, **length})
    start, end = span
    part = contents.read(found.sha256, start, end - start + 1)
    told = {"Content-Range": f"bytes {start}-{end}/{found.bytes}", "Content-Length": str(end - start + 1)}
    return StreamingResponse(part, status_code=206, media_type=found.media, headers={**headers, **told})


def _range(asked: str | None, size: int) -> tuple[int, int] | None:
    """The bytes of a single "bytes=a-b" range; None for everything else, which is then answered whole."""
    unit, _, spans = (asked or "").partition("=")
    first, dash, last = spans.partition("-")
    if unit.strip() != "bytes" or not dash or "," in spans or not (first.isdigit() or last.isdigit()):
        return None
    if not first.isdigit():
        return max(0, size - int(last)), size - 1
    end = min(int(last), size - 1) if last.isdigit() else size - 1
    return (int(first), end) if int(first) <= end else None
