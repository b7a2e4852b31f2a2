"""The city's time: the calendar in force, and the demo's persisted offset.

Deadlines and everything that a screen shows run on `tx.now`, which is real time plus the offset. Sessions,
leases, job schedules and sweepers run on real time.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from chengyun.kernel import audit
from chengyun.kernel.calendar import (
    SHANGHAI,
    Calendar,
    CalendarDay,
    Clock,
    Limit,
    covered_years,
    parse_days,
    shipped_days,
)
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
            "文件里没有完整的年度安排（缺少国庆节）。",
            "The file holds no whole year (National Day is missing).",
        ),
    }
)


def current_calendar(tx: Tx) -> Calendar:
    """The shipped arrangements, with years that were imported in their place; in memory while nothing changes."""
    return remembered(tx, "calendar", "calendar", lambda: _merged(_imported(tx)))


def _imported(tx: Tx) -> list[CalendarDay]:
    rows = tx.execute(sa.text("SELECT day, kind, name FROM kernel_calendar_day ORDER BY day"))
    return [CalendarDay(row.day, row.kind, row.name) for row in rows]


def _merged(imported: list[CalendarDay]) -> Calendar:
    """An imported year replaces the shipped one whole; a stray day (31 December) replaces that day only."""
    years = covered_years(day.day for day in imported if day.kind == "holiday")
    days = {day.day: day for day in shipped_days() if day.day.year not in years}
    days.update((day.day, day) for day in imported)
    return Calendar.from_days(days.values())


def import_calendar(tx: Tx, path: Path) -> tuple[int, ...]:
    """Load the official arrangement of one or more years from a CSV (day,kind,name) → the years it covers.

    A year in the file replaces what was known of that year; other years stay. Deadlines already set do not
    move. Invalid names the line, or says that no whole year is in the file.
    """
    days = _read(path)
    years = sorted(covered_years(day.day for day in days if day.kind == "holiday"))
    if not years:
        raise Invalid([FieldError("file", "calendar.no_year")], "calendar.no_year")
    _replace(tx, days, years)
    audit.record(tx, "calendar.imported", detail={"years": years, "days": len(days)})
    return tuple(years)


def _read(path: Path) -> list[CalendarDay]:
    try:
        return parse_days(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, ValueError) as wrong:
        reason = str(wrong)
        raise Invalid(
            [FieldError("file", "calendar.file", {"reason": reason})], "calendar.file", reason=reason
        ) from wrong


def _replace(tx: Tx, days: list[CalendarDay], years: list[int]) -> None:
    tx.execute(sa.text("LOCK TABLE kernel_calendar_day IN SHARE ROW EXCLUSIVE MODE"))
    version = tx.execute(sa.text("SELECT coalesce(max(version), 0) + 1 FROM kernel_calendar_day"))
    number = version.scalar_one()
    for year in years:
        tx.execute(
            sa.text("DELETE FROM kernel_calendar_day WHERE day BETWEEN :first AND :last"),
            {"first": date(year, 1, 1), "last": date(year, 12, 31)},
        )
    tx.execute(
        sa.text(
            "INSERT INTO kernel_calendar_day (day, kind, name, version) VALUES (:day, :kind, :name, :version)"
            " ON CONFLICT (day) DO UPDATE SET kind = excluded.kind, name = excluded.name,"
            " version = excluded.version"
        ),
        [{"day": d.day, "kind": d.kind, "name": d.name, "version": number} for d in days],
    )
    tx.renew()


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
