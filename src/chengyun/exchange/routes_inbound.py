"""HTTP of messages that come in, signed by the system that sends them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Request

from chengyun.exchange import inbound
from chengyun.exchange.contracts import TakenIn
from chengyun.exchange.inbound import LONGEST_BODY, Signed
from chengyun.exchange.open311.route import body_of
from chengyun.identity.routing import Db, Keys
from chengyun.kernel.fields import Text

router = APIRouter(prefix="/api/exchange/in", tags=["exchange"])
Part = Annotated[Text, Header(max_length=2000)]


async def read_body(request: Request) -> bytes:
    """The very bytes that were signed."""
    return await body_of(request, LONGEST_BODY)


BODY = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}


@router.post("/{slug}", openapi_extra={"requestBody": BODY})
def receive(
    slug: Annotated[Text, Path(max_length=100)],
    db: Db,
    keys: Keys,
    body: Annotated[bytes, Depends(read_body)],
    webhook_id: Part = "",
    webhook_timestamp: Part = "",
    webhook_signature: Part = "",
) -> TakenIn:
    """Report by a signed message; the same message twice is answered with the first answer.

    Signed as Standard Webhooks has it. A signature that does not verify is 401 without detail; a message that its
    source's mapping cannot read is 422 with the pointer of every field.
    """
    told = Signed(webhook_id, webhook_timestamp, webhook_signature, body)
    return inbound.receive(db, keys, slug, told)
