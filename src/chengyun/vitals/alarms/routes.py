"""HTTP of alarms."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from chengyun.identity.routing import Caller, Configured, Db
from chengyun.kernel.fields import Body, Id, Text, storable
from chengyun.vitals.alarms import analysis, handling, reading
from chengyun.vitals.alarms.contracts import AlarmDetail, AlarmPage, AlarmState, Analysis, Storm
from chengyun.vitals.alarms.reading import AlarmFilters
from chengyun.vitals.contracts import EpisodeKind

router = APIRouter(prefix="/api/vitals/alarms", tags=["vitals"])
MONTH = timedelta(days=30)
AlarmId = Annotated[Id, Path()]
Word = Annotated[str, Field(max_length=200), AfterValidator(storable)]


class ShelfIn(Body):
    """Until when, and why."""

    until: AwareDatetime
    reason: Annotated[Text, Field(min_length=2, max_length=500)]


class AlarmQuery(BaseModel):
    """What a list is narrowed to."""

    model_config = ConfigDict(extra="ignore")

    region: Id | None = None
    sign: Word | None = None
    thing: Id | None = None
    level: Annotated[int | None, Field(ge=1, le=4)] = None
    state: AlarmState | None = None
    open: bool | None = None
    group: Word | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    kind: EpisodeKind | None = None

    def filters(self) -> AlarmFilters:
        """As the service takes it."""
        return AlarmFilters(**self.model_dump(include=set(AlarmQuery.model_fields)))


class AlarmListQuery(AlarmQuery):
    """A page of the list."""

    after: Id | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("")
def read_alarms(by: Annotated[AlarmListQuery, Query()], actor: Caller, db: Db) -> AlarmPage:
    """Alarms of the caller's jurisdiction, the newest first."""
    actor.require("sign.read")
    with db.begin(actor) as tx:
        return reading.listed(tx, by.filters(), by.after, by.limit)


@router.get("/storms")
def read_storms(by: Annotated[AlarmQuery, Query()], actor: Caller, db: Db) -> list[Storm]:
    """Open alarms by place and type, the worst first."""
    actor.require("sign.read")
    with db.begin(actor) as tx:
        return reading.storms(tx, by.filters())


@router.get("/analysis")
def read_analysis(by: Annotated[AlarmQuery, Query()], actor: Caller, db: Db) -> Analysis:
    """What a period (the last 30 days unless told) says about its alarms."""
    actor.require("sign.read")
    with db.begin(actor) as tx:
        until = by.until or tx.now
        return analysis.analyse(tx, by.filters(), by.since or until - MONTH, until)


@router.get("/{alarm_id}")
def read_alarm(alarm_id: AlarmId, actor: Caller, db: Db, settings: Configured) -> AlarmDetail:
    """One alarm with its history, the sentence that says why it rang, and of an anomaly the picture of normal."""
    actor.require("sign.read")
    with db.begin(actor) as tx:
        return reading.one(tx, alarm_id, settings.home)


@router.post("/{alarm_id}/acknowledge", status_code=204)
def acknowledge(alarm_id: AlarmId, actor: Caller, db: Db) -> None:
    """The caller's centre has heard."""
    with db.begin(actor) as tx:
        handling.acknowledge(tx, alarm_id)


@router.post("/{alarm_id}/shelve", status_code=204)
def shelve(alarm_id: AlarmId, body: ShelfIn, actor: Caller, db: Db) -> None:
    """It does not ring until then; nor do new episodes of this sign there."""
    with db.begin(actor) as tx:
        handling.shelve(tx, alarm_id, body.until, body.reason)


@router.post("/{alarm_id}/unshelve", status_code=204)
def unshelve(alarm_id: AlarmId, actor: Caller, db: Db) -> None:
    """It rings again."""
    with db.begin(actor) as tx:
        handling.unshelve(tx, alarm_id)
