"""HTTP of evaluation: figures, their trend, the incidents behind them, hot spots, hot topics, export."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from chengyun.identity.routing import Caller, Db
from chengyun.incidents.bodies import Short, chosen
from chengyun.incidents.contracts import Channel
from chengyun.incidents.evaluation import service
from chengyun.incidents.evaluation.contracts import (
    Dimension,
    Evaluation,
    FigurePart,
    HotSpots,
    HotTopics,
    PeriodKind,
    Question,
    TrendPoint,
)
from chengyun.incidents.views import IncidentPage
from chengyun.kernel import audit
from chengyun.kernel.contracts import Actor
from chengyun.kernel.fields import Id, box_of
from chengyun.kernel.sheets import XLSX
from chengyun.kernel.transactions import Database

router = APIRouter(prefix="/api/incidents/evaluation", tags=["evaluation"])
Limit = Annotated[int, Query(ge=1, le=200)]


class AskQuery(BaseModel):
    """Which figures; `day` lies in the period, a custom one lasts from `day` to `last`."""

    period: PeriodKind = PeriodKind.MONTH
    day: date
    last: date | None = None
    by: Dimension = Dimension.REGION
    region: Id | None = None
    category: Short | None = None
    channel: Annotated[Short, Field(description="separated by commas")] = ""
    unit: Id | None = None

    def question(self) -> Question:
        """As the service takes it. An unknown channel is Invalid."""
        return Question(
            period=self.period,
            day=self.day,
            last=self.last,
            by=self.by,
            region=self.region,
            category=self.category or None,
            channel=chosen(Channel, "channel", self.channel),
            unit=self.unit,
        )


Asking = Annotated[AskQuery, Query()]


class BehindQuery(AskQuery):
    """Which number; without `key` that of the whole table."""

    indicator: Short
    part: FigurePart = FigurePart.NUMERATOR
    key: Short | None = None
    after: Id | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("")
def read_figures(actor: Caller, db: Db, asked: Asking) -> Evaluation:
    """The figures of a period by a dimension, recomputed from the log."""
    question = asked.question()
    _note_people(db, actor, question)
    with db.begin(actor) as tx:
        return service.evaluate(tx, question)


@router.get("/trend")
def read_trend(actor: Caller, db: Db, asked: Asking) -> list[TrendPoint]:
    """The totals of the periods that lead up to the one asked for."""
    actor.require("evaluation.read")
    with db.begin(actor) as tx:
        return service.trend(tx, asked.question())


@router.get("/incidents")
def read_behind(actor: Caller, db: Db, asked: Annotated[BehindQuery, Query()]) -> IncidentPage:
    """The incidents behind a number, newest first; `total` is the number."""
    actor.require("incident.read")
    question = asked.question()
    _note_people(db, actor, question)
    with db.begin(actor) as tx:
        return service.behind(tx, question, asked.indicator, asked.part, asked.key, asked.after, asked.limit)


@router.get("/hot-spots")
def read_hot_spots(actor: Caller, db: Db, asked: Asking) -> HotSpots:
    """Where more was reported than chance explains."""
    actor.require("evaluation.read")
    with db.begin(actor) as tx:
        return service.hot_spots(tx, asked.question())


@router.get("/reported")
def read_reported(
    actor: Caller,
    db: Db,
    asked: Asking,
    bbox: Annotated[str, Query(description="west,south,east,north", max_length=200)],
    after: Id | None = None,
    limit: Limit = 50,
) -> IncidentPage:
    """The incidents reported in a box in the period."""
    actor.require("incident.read")
    with db.begin(actor) as tx:
        return service.reported(tx, asked.question(), box_of(bbox), after, limit)


@router.get("/hot-topics")
def read_hot_topics(actor: Caller, db: Db, asked: Asking) -> HotTopics:
    """What many told of at about the same place."""
    actor.require("evaluation.read")
    with db.begin(actor) as tx:
        return service.hot_topics(tx, asked.question())


@router.get("/export", response_class=Response, responses={200: {"content": {XLSX: {}}}})
def export(actor: Caller, db: Db, asked: Asking) -> Response:
    """The figures as a file; audited, and marked with who took it."""
    with db.begin(actor) as tx:
        name, content = service.sheet(tx, asked.question())
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=XLSX, headers=headers)


def _note_people(db: Database, actor: Actor, question: Question) -> None:
    """Figures about persons are a sensitive read: audited before they leave."""
    actor.require("evaluation.read")
    if question.by is Dimension.PERSON:
        actor.require("evaluation.people")
        told = {"period": question.period.value, "day": str(question.day), "region": question.region}
        audit.record_read(db, actor, "evaluation.people", ("evaluation", question.period.value), told)
