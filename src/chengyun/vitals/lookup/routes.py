"""HTTP of lookup: 一键查, the catalogue, a sign's page, the board of a region, thresholds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field, field_validator

from chengyun.identity.routing import Caller, Db
from chengyun.kernel.fields import Body, Id, Text
from chengyun.vitals.contracts import Input
from chengyun.vitals.lookup import service
from chengyun.vitals.lookup.contracts import (
    SignBelow,
    SignBoard,
    SignCatalogue,
    SignLookup,
    SignPage,
    SignThreshold,
    SignThresholds,
    SignTrend,
    SignTryOut,
)
from chengyun.vitals.lookup.listening import Listening, Now
from chengyun.vitals.lookup.service import Narrowed

router = APIRouter(prefix="/api/vitals", tags=["vitals"])
_MONTH_DAYS, _DAY_S = 31, 86_400


Code = Annotated[Text, Path(max_length=200)]
Question = Annotated[Text, Query(max_length=100)]
Short = Annotated[Text, Query(max_length=100)]
Region = Annotated[Id | None, Query(description="the caller's own by default")]
Moment = Annotated[datetime | None, Query()]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class SignThresholdIn(Body):
    """Begins at `on`, ends at `off`; level 1 blue to 4 red."""

    level: Annotated[int, Field(ge=1, le=4)]
    on: Finite
    off: Finite


class _Thresholds(Body):
    thresholds: Annotated[list[SignThresholdIn], Field(max_length=4)]

    def given(self) -> list[SignThreshold]:
        """As the service takes them."""
        return [SignThreshold(one.level, one.on, one.off) for one in self.thresholds]


class SignThresholdsBody(Body):
    """`thresholds` null: take the region's own away, so that those above hold again."""

    thresholds: Annotated[list[SignThresholdIn], Field(max_length=4)] | None
    reason: Annotated[Text, Field(min_length=2, max_length=500)]

    @field_validator("reason")
    @classmethod
    def _said(cls, reason: str) -> str:
        if len(reason.strip()) < 2:
            raise ValueError("blank")
        return reason.strip()


class SignTryOutBody(_Thresholds):
    """`for_s`, `hold_s`: seconds that a level must be asked for, and is kept; `days` to look back."""

    region: Id | None = None
    for_s: Annotated[int, Field(ge=0, le=_DAY_S)] = 0
    hold_s: Annotated[int, Field(ge=0, le=_DAY_S)] = 0
    days: Annotated[int, Field(ge=1, le=_MONTH_DAYS)] = 30


@router.get("/lookup")
def look_up(
    actor: Caller,
    db: Db,
    now: Now,
    q: Question = "",
    region: Region = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> SignLookup:
    """The signs that a few words mean, with their values in the region that the words name, else `region`."""
    actor.require("sign.read")
    with db.begin(actor) as tx:
        return service.look_up(tx, now, q, region, limit)


@router.get("/signs")
def read_signs(
    actor: Caller,
    db: Db,
    now: Now,
    region: Region = None,
    q: Question = "",
    domain: Short | None = None,
    section: Short | None = None,
    input: Input | None = None,
    has_data: bool | None = None,
    start: Annotated[int, Query(ge=0, le=100_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> SignCatalogue:
    """The catalogue, narrowed, in its order; with words the best first."""
    actor.require("sign.read")
    with db.begin(actor) as tx:
        return service.catalogue(tx, now, region, Narrowed(q, domain, section, input, has_data), start, limit)


@router.get("/signs/{code}")
def read_sign(actor: Caller, db: Db, now: Now, code: Code, region: Region = None) -> SignPage:
    """A definition with its value in a region, and why it is that."""
    actor.require("sign.read")
    with db.begin(actor) as tx:
        return service.page(tx, now, code, region)


@router.get("/signs/{code}/below")
def read_below(
    actor: Caller,
    db: Db,
    now: Now,
    heard: Listening,
    code: Code,
    region: Region = None,
    level: Literal["district", "town", "village", "grid"] | None = None,
) -> SignBelow:
    """The regions right below (or all of a level), the worst first; of a grid its datastreams."""
    actor.require("sign.read")
    with db.begin(actor) as tx:
        return service.below(tx, now, heard.latest, code, region, level)


@router.get("/signs/{code}/trend")
def read_sign_trend(
    actor: Caller, db: Db, code: Code, region: Region = None, since: Moment = None, until: Moment = None
) -> SignTrend:
    """What the sign was, by default over a day."""
    actor.require("sign.read")
    with db.begin(actor) as tx:
        return service.past(tx, code, region, since, until)


@router.put("/signs/{code}/thresholds")
def set_thresholds(
    actor: Caller, db: Db, code: Code, body: SignThresholdsBody, region: Region = None
) -> SignThresholds:
    """Thresholds of a region's own, for itself and all below until a nearer one; an administrative change, with undo."""
    given = None if body.thresholds is None else _Thresholds(thresholds=body.thresholds).given()
    with db.begin(actor) as tx:
        return service.change(tx, code, region, given, body.reason)


@router.post("/signs/{code}/tryout")
def try_out(actor: Caller, db: Db, code: Code, body: SignTryOutBody) -> SignTryOut:
    """How often thresholds would have rung in the last days."""
    actor.require("sign.read")
    with db.begin(actor) as tx:
        return service.try_out(tx, code, body.region, body.given(), body.for_s, body.hold_s, body.days)


@router.get("/region/{region_id}/signs")
def read_region_signs(
    actor: Caller,
    db: Db,
    now: Now,
    region_id: Annotated[Id, Path()],
    each: Annotated[int, Query(ge=1, le=50, description="signs shown per domain")] = 6,
) -> SignBoard:
    """A region by domain, the worst first."""
    actor.require("sign.read")
    with db.begin(actor) as tx:
        return service.board(tx, now, region_id, each)
