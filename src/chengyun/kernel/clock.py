"""The city's time: the calendar in force, and the demo's persisted offset.

Deadlines and everything that a screen shows run on `tx.now`, which is real time plus the offset. Sessions,
leases, job schedules and sweepers run on real time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from chengyun.kernel import audit, calendar_store
from chengyun.kernel.calendar import (
    SHANGHAI,
    Calendar,
    CalendarDay,
    Clock,
    Limit,
    covered_years,
    parse_days,
)
from chengyun.kernel.calendar_store import Arrangement
from chengyun.kernel.errors import FieldError, Invalid, register_messages
from chengyun.kernel.job_queue import bring_forward
from chengyun.kernel.revisions import remembered
from chengyun.kernel.transactions import Tx

__all__ = [
    "SHANGHAI",
    "Calendar",
    "CalendarDay",
    "Clock",
    "Limit",
    "advance",
    "current_calendar",
    "import_calendar",
    "offset",
]

register_messages(
    {
        "clock.only_forward": ("时钟只能向前拨。", "The clock moves only forward."),
        "calendar.file": ("日历文件不能使用：{reason}", "The calendar file cannot be used: {reason}"),
        "calendar.no_year": (
            "这不是完整的年度安排（缺少国庆节）。",
            "This is no whole year (National Day is missing).",
        ),
    }
)


def current_calendar(tx: Tx) -> Calendar:
    """The shipped arrangements, with years that were set in their place; in memory while nothing changes."""
    return remembered(tx, "calendar", "calendar", lambda: calendar_store.read(tx).calendar())


def import_calendar(tx: Tx, path: Path) -> tuple[int, ...]:
    """Load the official arrangement of one or more years from a CSV (day,kind,name) → the years it covers.

    A year in the file replaces what was known of that year; other years stay. Deadlines already set do not
    move. Invalid names the line, or says that no whole year is in the file.
    """
    days = _read(path)
    years = sorted(covered_years(day.day for day in days if day.kind == "holiday"))
    if not years:
        raise Invalid([FieldError("file", "calendar.no_year")], "calendar.no_year")
    calendar_store.lock(tx)
    known = calendar_store.read(tx)
    kept = [day for day in known.days if day.day.year not in years]
    merged = {day.day: day for day in [*kept, *days]}
    new = Arrangement(tuple(merged[day] for day in sorted(merged)), known.hours)
    if new.as_json() != known.as_json():
        calendar_store.change(tx, new, years, "imported", path.name)
    return tuple(years)


def _read(path: Path) -> list[CalendarDay]:
    try:
        return parse_days(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, ValueError) as wrong:
        reason = str(wrong)
        raise Invalid(
            [FieldError("file", "calendar.file", {"reason": reason})], "calendar.file", reason=reason
        ) from wrong


def offset(tx: Tx) -> timedelta:
    """How far the demo clock runs ahead of real time; zero outside the demo."""
    seconds = tx.execute(sa.text("SELECT offset_s FROM kernel_clock")).scalar_one()
    return timedelta(seconds=float(seconds))


def advance(tx: Tx, delta: timedelta) -> datetime:
    """Move the demo clock forward for everybody, audited → the new now (UTC).

    `tx.now` of this transaction stays as it was. Jobs that wait for a moment come forward with the clock.
    Whether this installation may do so (demo mode, permission) is the caller's question. Invalid unless
    delta is positive.
    """
    if delta <= timedelta(0):
        raise Invalid([FieldError("hours", "clock.only_forward")], "clock.only_forward")
    tx.execute(
        sa.text("UPDATE kernel_clock SET offset_s = offset_s + :seconds"), {"seconds": delta.total_seconds()}
    )
    bring_forward(tx, delta)
    audit.record(tx, "clock.advanced", detail={"seconds": delta.total_seconds()})
    return tx.now + delta
