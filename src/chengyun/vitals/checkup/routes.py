"""HTTP of checkups."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from chengyun.identity.routing import Caller, Db
from chengyun.kernel.fields import Body, Id
from chengyun.vitals.checkup import service
from chengyun.vitals.checkup.contracts import Checkup, CheckupLine, CheckupPeriod

router = APIRouter(prefix="/api/vitals/checkups", tags=["vitals"])
CheckupId = Annotated[Id, Path()]
PDF = "application/pdf"


class CheckupIn(Body):
    """Of which region and period; `day` lies in it, one of one's own lasts from `day` to `last`."""

    region: Id
    period: CheckupPeriod
    day: date
    last: date | None = None


class CheckupQuery(BaseModel):
    """What the list is narrowed to; with `period` and `day` to the versions of that very period."""

    region: Id | None = None
    period: CheckupPeriod | None = None
    day: date | None = None
    last: date | None = None

    def filters(self) -> service.CheckupFilters:
        """As the service takes it."""
        very = self.period is not None and self.day is not None
        asked = service.Asked(self.period, self.day, self.last) if very else None  # type: ignore[arg-type]
        return service.CheckupFilters(self.region, asked)


@router.get("")
def list_checkups(
    by: Annotated[CheckupQuery, Query()],
    actor: Caller,
    db: Db,
    after: Annotated[Id | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[CheckupLine]:
    """Versions that the caller may read, the newest first; `after` the last id of the page before."""
    actor.require("sign.read")
    with db.begin(actor) as tx:
        return service.listed(tx, by.filters(), after, limit)


@router.post("", status_code=201)
def make_checkup(body: CheckupIn, actor: Caller, db: Db) -> Checkup:
    """Make a new version; takes some seconds for a district."""
    with db.begin(actor) as tx:
        made = service.make(tx, body.region, service.Asked(body.period, body.day, body.last))
        return service.one(tx, made)


@router.get("/{checkup_id}")
def read_checkup(checkup_id: CheckupId, actor: Caller, db: Db) -> Checkup:
    """One version."""
    actor.require("sign.read")
    with db.begin(actor) as tx:
        return service.one(tx, checkup_id)


@router.get("/{checkup_id}/pdf", response_class=Response, responses={200: {"content": {PDF: {}}}})
def print_checkup(checkup_id: CheckupId, actor: Caller, db: Db) -> Response:
    """The version on A4; audited, and marked with who took it."""
    with db.begin(actor) as tx:
        paper = service.paper(tx, checkup_id)
    headers = {"Content-Disposition": f'attachment; filename="{paper.name}"', "Cache-Control": "no-store"}
    return Response(paper.render(), media_type=PDF, headers=headers)
