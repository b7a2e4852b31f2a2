"""The calendar on screen: a year's holidays and 调休 working days, working hours, what a change would do, and undo.

A deadline that runs keeps its promise. Only where the officer says so, running limits follow the new calendar, as a
job that writes a step into each history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from chengyun.incidents import service as incidents
from chengyun.incidents.clock.recounting import DeadlineShifts
from chengyun.kernel import calendar_store
from chengyun.kernel.calendar import (
    SHANGHAI,
    WORKING_TIME,
    Calendar,
    CalendarDay,
    Clock,
    Limit,
    covered_years,
    parse_days,
)
from chengyun.kernel.calendar_store import Arrangement, CalendarEdition
from chengyun.kernel.errors import FieldError, Invalid
from chengyun.kernel.jobs import defer
from chengyun.kernel.transactions import Tx
from chengyun.scenarios.contracts_rules import PUBLISH, READ
from chengyun.scenarios.drafting import require

MOST_DAYS = 62  # an explanation longer than two months explains nothing
_HOUR = Limit(1, Clock.WORKING_HOURS)


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One year: source is "own" (set here), "shipped", or "none" (the weekend rule alone)."""

    year: int
    source: str
    days: list[CalendarDay]
    hours: str
    shipped_hours: bool
    years: list[int]  # that have an official arrangement
    editions: list[CalendarEdition]
    can_undo: bool


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """A year as it shall be, and working hours ("08:00-12:00 14:00-18:00"; None leaves them)."""

    year: int
    days: tuple[CalendarDay, ...]
    hours: str | None = None


@dataclass(frozen=True, slots=True)
class CalendarDayCount:
    """One local day of a limit: why it counts or not, and how many working hours of it are used."""

    day: date
    kind: str  # workday | weekend | holiday | makeup
    name: str
    hours: float


def read(tx: Tx, year: int) -> CalendarYear:
    """A year with the history of changes."""
    tx.actor.require(READ)
    now = calendar_store.read(tx)
    known = now.known()
    official = covered_years(day.day for day in known.values() if day.kind == "holiday")
    source = "own" if year in now.years() else "shipped" if year in official else "none"
    changes = calendar_store.editions(tx)
    return CalendarYear(
        year=year,
        source=source,
        days=sorted((day for day in known.values() if day.day.year == year), key=lambda one: one.day),
        hours=calendar_store.written(now.hours or WORKING_TIME),
        shipped_hours=now.hours is None,
        years=sorted(official),
        editions=changes,
        can_undo=any(one.undone_at is None for one in changes),
    )


def read_notice(text: str) -> list[CalendarDay]:
    """The official yearly notice as CSV (day,kind,name). Invalid names the line."""
    try:
        return sorted(parse_days(text.removeprefix("\ufeff")), key=lambda one: one.day)
    except ValueError as wrong:
        raise Invalid([FieldError("csv", "calendar.file", {"reason": str(wrong)})]) from wrong


def preview(tx: Tx, change: CalendarChange) -> DeadlineShifts:
    """What the change would move if running limits followed it. Nothing is written."""
    require(tx, READ)
    return incidents.shifts(tx, _changed(calendar_store.read(tx), change).calendar())


def save(tx: Tx, change: CalendarChange, reason: str, recount: bool) -> int:
    """Put a changed calendar into force → its edition. New limits count by it at once; with `recount` those that
    run follow too. Invalid, Conflict where nothing changes. Audited."""
    require(tx, PUBLISH)
    _needed(reason)
    calendar_store.lock(tx)
    new = _changed(calendar_store.read(tx), change)
    edition = calendar_store.change(tx, new, [change.year], "edited", reason)
    _follow(tx, edition, recount)
    return edition


def undo(tx: Tx, reason: str, recount: bool) -> int:
    """Take the last change back → its edition. Conflict where there is none."""
    require(tx, PUBLISH)
    _needed(reason)
    edition = calendar_store.undo(tx, reason)
    _follow(tx, edition, recount)
    return edition


def _follow(tx: Tx, edition: int, recount: bool) -> None:
    if recount:
        defer(tx, "incidents.recount", actor=tx.actor, edition=edition, after=0)


def _needed(reason: str) -> None:
    if not reason.strip():
        raise Invalid([FieldError("reason", "scenarios.reason_needed")])


def _changed(now: Arrangement, change: CalendarChange) -> Arrangement:
    """The arrangement with the change; a year that stays as it is stays shipped, or uncovered."""
    known = {day for day in now.known().values() if day.day.year == change.year}
    if set(change.days) != known or len(change.days) != len(known):
        now = now.with_year(change.year, change.days)
    if change.hours is None:
        return now
    hours = calendar_store.spans(change.hours)
    return Arrangement(now.days, now.hours if hours == (now.hours or WORKING_TIME) else hours)


# how a limit is counted, in days


def explain(tx: Tx, start: datetime, due: datetime) -> list[CalendarDayCount]:
    """The local days between two moments, each with what it counts; at most `MOST_DAYS` of them."""
    arrangement = calendar_store.read(tx)
    return count_days(arrangement.calendar(), arrangement.known(), start, due)


def count_days(
    calendar: Calendar, known: Mapping[date, CalendarDay], start: datetime, due: datetime
) -> list[CalendarDayCount]:
    """The same without a database."""
    first, last = start.astimezone(SHANGHAI).date(), due.astimezone(SHANGHAI).date()
    found: list[CalendarDayCount] = []
    day = first
    while day <= last and len(found) < MOST_DAYS:
        opens = datetime.combine(day, time(), SHANGHAI)
        begin, end = max(start, opens), min(due, opens + timedelta(days=1))
        found.append(CalendarDayCount(day, *_kind(day, known.get(day)), calendar.spent(begin, end, _HOUR)))
        day += timedelta(days=1)
    return found


def _kind(day: date, known: CalendarDay | None) -> tuple[str, str]:
    if known is not None:
        return ("holiday" if known.kind == "holiday" else "makeup"), known.name
    return ("weekend" if day.weekday() >= 5 else "workday"), ""


def years_of(days: Sequence[CalendarDay]) -> list[int]:
    """The years that a notice covers."""
    return sorted(covered_years(day.day for day in days if day.kind == "holiday"))
