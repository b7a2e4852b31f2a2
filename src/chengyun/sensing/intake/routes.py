"""HTTP of readings: one address for every form; 202 says that they are stored for good."""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import replace
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel, Field
from starlette.datastructures import State

from chengyun.identity.routing import Caller, Db
from chengyun.identity.vault import bearer_hash
from chengyun.kernel import idempotency
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import BadRequest, Unauthenticated
from chengyun.kernel.transactions import Database
from chengyun.sensing.contracts import Reason, Taken
from chengyun.sensing.intake.codecs import LARGEST, MEDIA, decode, too_large
from chengyun.sensing.intake.desk import Desk, Incoming, Sender
from chengyun.sensing.intake.messages import sentence
from chengyun.sensing.tables import thing

router = APIRouter(prefix="/api/sensing", tags=["sensing"])
SYSTEM = "sensing"


class RejectedOut(BaseModel):
    """A reading that was not taken in: its place in what was sent (from 0), and why."""

    index: int
    thing: str
    quantity: str
    reason: Annotated[str, Field(json_schema_extra={"enum": [reason.value for reason in Reason]})]
    message: str


class TakenOut(BaseModel):
    """What became of the readings."""

    accepted: int
    rejected: list[RejectedOut]


async def read_body(request: Request) -> bytes:
    """The body as far as it is no longer than it may be. Raises TooLarge with what was declared or seen."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > LARGEST:
        raise too_large(int(declared))
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise too_large(len(body))
    return bytes(body)


async def form_of(request: Request) -> str:
    """The codec for the content type; JSON where none is told. Raises BadRequest."""
    media = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    form = MEDIA.get(media)
    if form is None:
        raise BadRequest("sensing.media", media=media, known=", ".join(MEDIA))
    return form


def sender_of(request: Request, db: Db, actor: Caller) -> Sender:
    """A device by its code and secret (HTTP Basic), else whoever calls, with reading.write."""
    scheme, _, told = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        return Sender("http:thing", thing=_device(db, told.strip()))
    actor.require("reading.write")
    return Sender(f"http:{actor.kind}:{actor.id}", actor=actor)


def _device(db: Database, told: str) -> str:
    """The code of the device that proves to be it. Raises Unauthenticated, the same for whatever is wrong."""
    try:
        code, _, secret = base64.b64decode(told, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Unauthenticated("sensing.device_refused") from error
    query = sa.select(thing.c.secret_hash).where(thing.c.code == code.replace("\x00", ""), thing.c.active)
    with db.begin(system_actor(SYSTEM)) as tx:
        known = tx.execute(query).scalar()
    if not hmac.compare_digest(known or b"", bearer_hash(secret)):
        raise Unauthenticated("sensing.device_refused")
    return code


def desk_of(request: Request, db: Db) -> Desk:
    """The desk of this process."""
    state = request.app.state
    if not hasattr(state, "sensing_desk"):
        state.sensing_desk = Desk(db)
    found: Desk = state.sensing_desk
    return found


def leave(state: State) -> None:
    """The process ends: what its desk has counted is written, where it ever had one."""
    if hasattr(state, "sensing_desk"):
        state.sensing_desk.close()


READING = {
    "type": "object",
    "description": "`value` of one `quantity`, or `values` of several; `at` ISO-8601 with zone or epoch in s, ms or µs",
    "properties": {
        "thing": {"type": "string", "maxLength": 200},
        "quantity": {"type": "string", "maxLength": 200},
        "value": {"type": "number"},
        "values": {"type": "object", "additionalProperties": {"type": "number"}},
        "at": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "number"}]},
        "unit": {
            "type": "string",
            "maxLength": 200,
            "description": "UCUM; refused where it is not the registered one",
        },
    },
    "additionalProperties": False,
}
BODY: dict[str, Any] = {
    "required": True,
    "description": "JSON; also application/senml+json, text/plain (Influx line protocol) and"
    " application/vnd.chengyun.readings (compact binary), see docs/reference/readings.md",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["readings"],
                "properties": {"readings": {"type": "array", "items": READING}},
                "additionalProperties": False,
            }
        }
    },
}


@router.post("/readings", status_code=202, openapi_extra={"requestBody": BODY})
def write_readings(
    request: Request,
    actor: Caller,
    sender: Annotated[Sender, Depends(sender_of)],
    desk: Annotated[Desk, Depends(desk_of)],
    form: Annotated[str, Depends(form_of)],
    body: Annotated[bytes, Depends(read_body)],
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> TakenOut:
    """Take readings in: stored for good when this answers; those that cannot be used are named with their reason."""
    told = decode(form, body, sender.thing or "")
    scope = f"sensing {sender.source} {sender.thing or ''}"
    digest = idempotency.hash_body(form.encode() + body)
    with desk.open(_acting(sender, actor)) as sitting:
        tx = sitting.tx
        before = idempotency.once(tx, idempotency_key, scope, digest) if idempotency_key else None
        if before is not None:
            return TakenOut.model_validate(before.response)
        (taken,) = sitting.write([Incoming(sender, told)])
        answer = _out(taken, actor.language)
        if idempotency_key:
            idempotency.remember(tx, idempotency_key, scope, digest, 202, answer.model_dump(mode="json"))
    return answer


def _acting(sender: Sender, actor: Actor) -> Actor:
    """A device has no jurisdiction and needs none: it writes for itself alone."""
    return actor if sender.actor is not None else replace(system_actor(SYSTEM), name=sender.thing or "")


def _out(taken: Taken, language: str) -> TakenOut:
    rejected = [
        RejectedOut(
            index=one.index,
            thing=one.thing,
            quantity=one.quantity,
            reason=one.reason.value,
            message=sentence(one.reason, language),
        )
        for one in taken.rejected
    ]
    return TakenOut(accepted=taken.accepted, rejected=rejected)
