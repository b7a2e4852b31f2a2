"""HTTP of intake: the one route that a whole city uses at the same moment."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from chengyun.identity.routing import Recently, browser, resolve, vault
from chengyun.incidents.bodies import ReportBody
from chengyun.incidents.gathering import Gathering
from chengyun.incidents.reporting import RECEIPT, Sent, Submission
from chengyun.incidents.views import Receipt
from chengyun.kernel.failpoints import failpoint
from chengyun.kernel.fields import Text

router = APIRouter(prefix="/api/incidents", tags=["incidents"])
Key = Annotated[Text, Header(alias="Idempotency-Key", min_length=8, max_length=200)]


@router.post("/reports", status_code=201, response_model=Receipt)
async def report(request: Request, body: ReportBody, who: Recently, key: Key) -> Response:
    """Report something. Retries with the same key are answered with the first receipt."""
    who.actor.require("incident.report")
    # Asked directly: as dependencies these few lines would cost a tenth of what a report costs.
    keys, origin = await vault(request), await browser(request)
    together: Gathering = request.app.state.gathering
    sent = Sent(body, key, keys.digest("report source", origin.address), keys)
    receipt = await together.report(Submission(who.actor, sent, who.under), lambda: resolve(request))
    failpoint("intake.committed")
    return Response(RECEIPT.dump_json(receipt), 201, media_type="application/json")
