"""HTTP of the map of risks."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime

from chengyun.identity.routing import Caller, Db
from chengyun.kernel.fields import Id, Text, box_of
from chengyun.vitals.lookup.listening import Listening, Now
from chengyun.vitals.risk import service
from chengyun.vitals.risk.contracts import (
    RiskHours,
    RiskItems,
    RiskKind,
    RiskPoint,
    RiskRegions,
    RiskThings,
    RiskWhy,
)
from chengyun.vitals.risk.items import Asked

router = APIRouter(prefix="/api/vitals/risk", tags=["vitals"])
Region = Annotated[Id | None, Query(description="a region, itself and all below")]
Moment = Annotated[AwareDatetime | None, Query()]
Bounds = Annotated[Text, Query(max_length=200, description="west,south,east,north")]
Words = Annotated[Text, Query(max_length=1000, description="several by commas")]


@router.get("/regions")
def read_risk_regions(
    actor: Caller,
    db: Db,
    now: Now,
    level: Literal["city", "district", "town", "village", "grid"] | None = None,
    parent: Annotated[Id | None, Query(description="the caller's own by default")] = None,
) -> RiskRegions:
    """The colours of the regions of a level below one (by default of the next level), the worst first."""
    actor.require("sign.read")
    with db.begin(actor) as tx:
        return service.regions(tx, now, level, parent)


@router.get("/regions/{region_id}")
def read_risk_why(actor: Caller, db: Db, now: Now, region_id: Annotated[Id, Path()]) -> RiskWhy:
    """Why a region has its colour: alarms, signs, incidents, things, the worst first."""
    actor.require("sign.read")
    with db.begin(actor) as tx:
        return service.why(tx, now, region_id)


@router.get("/items")
def read_risk_items(
    actor: Caller,
    db: Db,
    region: Region = None,
    since: Moment = None,
    until: Moment = None,
    level: Annotated[int | None, Query(ge=1, le=4)] = None,
    kind: Literal["alarm", "incident"] | None = None,
    limit: Annotated[int, Query(ge=1, le=1500)] = 500,
) -> RiskItems:
    """Alarms and incidents with their places: those open now, or those that began in a time."""
    actor.require("sign.read")
    kinds = (RiskKind(kind),) if kind else ()
    with db.begin(actor) as tx:
        return service.items(tx, Asked(region, since, until, level, kinds, limit))


@router.get("/hours")
def read_risk_hours(
    actor: Caller, db: Db, region: Region = None, hours: Annotated[int, Query(ge=1, le=744)] = 24
) -> RiskHours:
    """How many alarms and incidents began in each of the last hours, by level."""
    actor.require("sign.read")
    with db.begin(actor) as tx:
        return service.hours(tx, region, hours)


@router.get("/things")
def read_risk_things(
    actor: Caller,
    db: Db,
    heard: Listening,
    bbox: Bounds,
    kinds: Words = "",
    region: Region = None,
    limit: Annotated[int, Query(ge=0, le=2000)] = 1000,
) -> RiskThings:
    """Active things in a box with their states; as clusters where there are more than `limit`."""
    actor.require("sign.read")
    chosen = tuple(filter(None, kinds.split(",")))
    with db.begin(actor) as tx:
        return service.things(tx, heard, box_of(bbox), chosen, region, limit)


@router.get("/points")
def read_risk_points(
    actor: Caller, db: Db, region: Region = None, limit: Annotated[int, Query(ge=1, le=1000)] = 500
) -> list[RiskPoint]:
    """Points of danger: things in alarm now or within thirty days."""
    actor.require("sign.read")
    actor.require("thing.read")
    with db.begin(actor) as tx:
        return service.points(tx, region, limit)
