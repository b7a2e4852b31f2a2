"""HTTP of the calendar: a year, its changes, what one would move, the official notice, undo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from chengyun.identity.routing import Caller, Db
from chengyun.incidents.clock.recounting import DeadlineShifts
from chengyun.kernel.calendar import CalendarDay
from chengyun.kernel.fields import Body, Text
from chengyun.scenarios import service
from chengyun.scenarios.holidays import CalendarChange, CalendarYear
from chengyun.scenarios.routes_rules import Reason, reader

router = APIRouter(prefix="/api/scenarios/calendar", tags=["rules"])
Year = Annotated[int, Field(ge=2000, le=2100)]


class CalendarDayBody(Body):
    day: date
    kind: Literal["holiday", "workday"]
    name: Annotated[Text, Field(min_length=1, max_length=40)]


class CalendarChangeBody(Body):
    """A year as it shall be; `hours` as "08:00-12:00 14:00-18:00"."""

    year: Year
    days: Annotated[list[CalendarDayBody], Field(max_length=366)]
    hours: Annotated[Text, Field(min_length=1, max_length=100)] | None = None

    def as_change(self) -> CalendarChange:
        days = tuple(CalendarDay(one.day, one.kind, one.name.strip()) for one in self.days)
        return CalendarChange(self.year, days, self.hours)


class CalendarSaveBody(CalendarChangeBody):
    """`recount`: running limits follow the change; otherwise they keep what was promised."""

    reason: Reason
    recount: bool = False


class CalendarUndoBody(Body):
    reason: Reason
    recount: bool = False


class CalendarNoticeBody(Body):
    csv: Annotated[Text, Field(min_length=1, max_length=200_000)]


@dataclass(frozen=True, slots=True)
class CalendarNotice:
    """What a notice says, before anything is saved."""

    years: list[int]
    days: list[CalendarDay]


@router.get("/{year}")
def read_calendar(year: Year, actor: Caller, db: Db) -> CalendarYear:
    """A year's holidays and 调休 working days, the working hours, and every change of the calendar."""
    with db.begin(reader(actor)) as tx:
        return service.read_calendar(tx, year)


@router.post("/notice")
def read_notice(body: CalendarNoticeBody, actor: Caller) -> CalendarNotice:
    """The official yearly notice as CSV (day,kind,name), read and not saved."""
    reader(actor)
    days = service.read_notice(body.csv)
    return CalendarNotice(service.years_of(days), days)


@router.post("/preview")
def preview_calendar(body: CalendarChangeBody, actor: Caller, db: Db) -> DeadlineShifts:
    """How many running deadlines a change would move if they followed it."""
    with db.begin(reader(actor)) as tx:
        return service.preview_calendar(tx, body.as_change())


@router.post("")
def save_calendar(body: CalendarSaveBody, actor: Caller, db: Db) -> CalendarYear:
    """Put a changed year or other working hours into force."""
    with db.begin(reader(actor)) as tx:
        service.save_calendar(tx, body.as_change(), body.reason, body.recount)
        return service.read_calendar(tx, body.year)


@router.post("/undo")
def undo_calendar(body: CalendarUndoBody, actor: Caller, db: Db) -> CalendarYear:
    """Take the last change of the calendar back."""
    with db.begin(reader(actor)) as tx:
        service.undo_calendar(tx, body.reason, body.recount)
        return service.read_calendar(tx, tx.now.year)
