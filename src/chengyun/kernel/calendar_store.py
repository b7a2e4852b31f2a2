"""The calendar as rows: what an installation has set in place of the shipped arrangements, and every change of it.

A change is written as an edition that holds the calendar before and after it, so that it can be undone whole.
Deadlines already set do not move; whoever wants them to asks for that elsewhere (`incidents.recount`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa

from chengyun.kernel import audit
from chengyun.kernel.calendar import (
    WORKING_TIME,
    Calendar,
    CalendarDay,
    Span,
    covered_years,
    shipped_days,
)
from chengyun.kernel.errors import Conflict, FieldError, Invalid, register_messages
from chengyun.kernel.tables import calendar_day, calendar_edition, calendar_hours
from chengyun.kernel.transactions import Tx

register_messages(
    {
        "calendar.day_year": ("{day} 不在 {year} 年内。", "{day} is not in {year}."),
        "calendar.day_twice": ("{day} 写了两次。", "{day} appears twice."),
        "calendar.hours": ("工作时间不能使用：{reason}", "These working hours cannot be used: {reason}"),
        "calendar.same": ("与现行日历没有不同。", "This is the calendar in force already."),
        "calendar.nothing_to_undo": (
            "日历没有可以撤销的修改。",
            "There is no change of the calendar to undo.",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What this installation has set: its own days (a year among them replaces the shipped one) and hours."""

    days: tuple[CalendarDay, ...]
    hours: tuple[Span, ...] | None  # None: as shipped

    def calendar(self) -> Calendar:
        """With the shipped years where there are none of its own."""
        return Calendar.from_days(self.known().values(), self.hours or WORKING_TIME)

    def known(self) -> dict[date, CalendarDay]:
        """Every day on which the weekend rule does not hold. A year of its own replaces the shipped one whole; a
        stray day (31 December) replaces that day only."""
        days = {day.day: day for day in shipped_days() if day.day.year not in self.years()}
        days.update((day.day, day) for day in self.days)
        return days

    def years(self) -> frozenset[int]:
        """The years that are set here and not as shipped."""
        return covered_years(day.day for day in self.days if day.kind == "holiday")

    def with_year(self, year: int, days: Iterable[CalendarDay]) -> Arrangement:
        """The same with another arrangement of one year. Invalid names the day that does not fit."""
        given = list(days)
        wrong = list(_misfits(year, given))
        if not wrong and year not in covered_years(day.day for day in given if day.kind == "holiday"):
            wrong = [FieldError("days", "calendar.no_year")]
        if wrong:
            raise Invalid(wrong)
        kept = tuple(day for day in self.days if day.day.year != year)
        return Arrangement(tuple(sorted((*kept, *given), key=lambda one: one.day)), self.hours)

    def as_json(self) -> dict[str, Any]:
        days = [[day.day.isoformat(), day.kind, day.name] for day in self.days]
        return {"days": days, "hours": None if self.hours is None else written(self.hours)}

    @classmethod
    def parse(cls, stored: Mapping[str, Any]) -> Arrangement:
        days = tuple(CalendarDay(date.fromisoformat(day), kind, name) for day, kind, name in stored["days"])
        return cls(days, None if stored["hours"] is None else spans(stored["hours"]))


@dataclass(frozen=True, slots=True)
class CalendarEdition:
    """One change of the calendar: who, when, why, which years, and whether it was undone."""

    id: int
    at: datetime
    by: str
    action: str  # edited | imported
    reason: str
    years: list[int]
    undone_at: datetime | None
    undone_by: str | None


def _misfits(year: int, days: Sequence[CalendarDay]) -> Iterable[FieldError]:
    seen: set[date] = set()
    for at, day in enumerate(days):
        if day.day.year != year:
            yield FieldError(f"days.{at}.day", "calendar.day_year", {"day": day.day, "year": year})
        if day.day in seen:
            yield FieldError(f"days.{at}.day", "calendar.day_twice", {"day": day.day})
        seen.add(day.day)


def spans(text: str) -> tuple[Span, ...]:
    """ "08:00-12:00 14:00-18:00" as spans of working time. Invalid says what is wrong with it."""
    try:
        found = tuple(_span(part) for part in text.split())
        Calendar((), (), found)
    except ValueError as wrong:
        raise Invalid([FieldError("hours", "calendar.hours", {"reason": str(wrong)})]) from wrong
    return found


def _span(part: str) -> Span:
    opens, _, closes = part.partition("-")
    return time.fromisoformat(opens), time.fromisoformat(closes)


def written(hours: Sequence[Span]) -> str:
    """Spans as `spans` reads them."""
    return " ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in hours)


# in the database


def read(tx: Tx) -> Arrangement:
    """What is set now."""
    day = calendar_day.c
    rows = tx.execute(sa.select(day.day, day.kind, day.name).order_by(day.day))
    days = tuple(CalendarDay(row.day, row.kind, row.name) for row in rows)
    hours = tx.execute(sa.select(calendar_hours.c.spans)).scalar()
    return Arrangement(days, None if hours is None else spans(hours))


def lock(tx: Tx) -> None:
    """One change of the calendar at a time."""
    tx.execute(sa.text("LOCK TABLE kernel_calendar_day IN SHARE ROW EXCLUSIVE MODE"))


def change(tx: Tx, new: Arrangement, years: Sequence[int], action: str, reason: str) -> int:
    """Put another arrangement into force → the id of its edition. Conflict where nothing would change. Audited."""
    lock(tx)
    old = read(tx)
    if old.as_json() == new.as_json():
        raise Conflict("calendar.same")
    _write(tx, new)
    values = {
        "at": tx.now,
        "by_id": tx.actor.id,
        "by_name": tx.actor.name,
        "action": action,
        "reason": reason,
        "years": sorted(years),
        "before": old.as_json(),
        "after": new.as_json(),
    }
    statement = sa.insert(calendar_edition).values(values).returning(calendar_edition.c.id)
    number = int(tx.execute(statement).scalar_one())
    told = {"years": sorted(years), "days": len(new.days), "edition": number, "reason": reason}
    audit.record(tx, f"calendar.{action}", ("calendar", number), told)
    return number


def undo(tx: Tx, reason: str) -> int:
    """Go back to what was before the last change that still counts → its edition. Conflict when there is none."""
    lock(tx)
    table = calendar_edition
    query = sa.select(table).where(table.c.undone_at.is_(None)).order_by(table.c.id.desc()).limit(1)
    last = tx.execute(query).one_or_none()
    if last is None:
        raise Conflict("calendar.nothing_to_undo")
    _write(tx, Arrangement.parse(last.before))
    ended = sa.update(table).where(table.c.id == last.id)
    tx.execute(ended.values(undone_at=tx.now, undone_by=tx.actor.name))
    audit.record(tx, "calendar.undone", ("calendar", last.id), {"reason": reason, "years": list(last.years)})
    return int(last.id)


def editions(tx: Tx, limit: int = 50) -> list[CalendarEdition]:
    """The changes, newest first."""
    table = calendar_edition
    rows = tx.execute(sa.select(table).order_by(table.c.id.desc()).limit(limit))
    return [
        CalendarEdition(
            row.id, row.at, row.by_name, row.action, row.reason, row.years, row.undone_at, row.undone_by
        )
        for row in rows
    ]


def _write(tx: Tx, new: Arrangement) -> None:
    """A year at a time is a few dozen rows: all of them are written anew."""
    found = tx.execute(sa.select(sa.func.coalesce(sa.func.max(calendar_day.c.version), 0) + 1)).scalar_one()
    tx.execute(sa.delete(calendar_day))
    rows = [{"day": d.day, "kind": d.kind, "name": d.name, "version": found} for d in new.days]
    if rows:
        tx.execute(sa.insert(calendar_day), rows)
    tx.execute(sa.delete(calendar_hours))
    if new.hours is not None:
        tx.execute(sa.insert(calendar_hours).values(spans=written(new.hours)))
    tx.renew()
