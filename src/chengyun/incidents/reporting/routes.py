"""HTTP of intake: the one route that a whole city uses at the same moment."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from chengyun.identity.resolving import Resolved
from chengyun.identity.routing import Recently, browser, resolve, vault
from chengyun.incidents.bodies import ReportBody
from chengyun.incidents.reporting.gathering import Gathering
from chengyun.incidents.reporting.once import RECEIPT, Sent, Submission
from chengyun.incidents.views import Receipt
from chengyun.kernel.failpoints import failpoint
from chengyun.kernel.fields import Text

REPORTS = "/api/incidents/reports"
KEY_LENGTHS = range(8, 201)
router = APIRouter(prefix="/api/incidents", tags=["incidents"])
Key = Annotated[Text, Header(alias="Idempotency-Key", min_length=KEY_LENGTHS[0], max_length=KEY_LENGTHS[-1])]


@router.post("/reports", status_code=201, response_model=Receipt)
async def report(request: Request, body: ReportBody, who: Recently, key: Key) -> Response:
    """Report something. Retries with the same key are answered with the first receipt."""
    return await take_in(request, body, who, key)


async def take_in(request: Request, body: ReportBody, who: Resolved, key: str) -> Response:
    """The answer to a report. Raises as `report_once` does."""
    who.actor.require("incident.report")
    # Asked directly: as dependencies these few lines would cost a tenth of what a report costs.
    keys, origin = await vault(request), await browser(request)
    together: Gathering = request.app.state.gathering
    sent = Sent(body, key, keys.digest("report source", origin.address), keys)
    receipt = await together.report(Submission(who.actor, sent, who.under), lambda: resolve(request))
    failpoint("intake.committed")
    return Response(RECEIPT.dump_json(receipt), 201, media_type="application/json")
