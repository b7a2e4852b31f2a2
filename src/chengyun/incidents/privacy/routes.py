"""HTTP of erasure on request."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from chengyun.identity.routing import Caller, Db, Keys
from chengyun.incidents.privacy import requests
from chengyun.incidents.privacy.requests import Erasure
from chengyun.kernel.fields import Body, Id, Text

router = APIRouter(prefix="/api/incidents", tags=["incidents"])


class EraseBody(Body):
    reason: Annotated[Text, Field(min_length=2, max_length=400)]


@router.post("/reports/{report_id}/erase")
def erase_report(
    report_id: Annotated[Id, Path()], body: EraseBody, actor: Caller, db: Db, keys: Keys
) -> Erasure:
    """Erase the contact of a report and mask the texts of its incident, now or as soon as it has ended."""
    with db.begin(actor) as tx:
        return requests.erase_report(tx, report_id, keys, body.reason)


@router.post("/mine/erase")
def erase_mine(actor: Caller, db: Db, keys: Keys) -> Erasure:
    """The signed-in resident's own: contact, texts, and the phone number once nothing is open any more."""
    with db.begin(actor) as tx:
        return requests.erase_mine(tx, keys)
