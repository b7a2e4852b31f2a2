"""The four kinds of time limit, pure: no database, no reading of the wall clock.

Time is counted on a *working axis*: W(t) is the number of working microseconds that have passed at t.
A limit in working hours ends where W has grown by so many hours; one working day is exactly one day's worth
of working hours (8 with 08–12 and 14–18). So a case that comes Tuesday 10:00 with one working day is due
Wednesday 10:00; one that comes Friday 20:00 is due Monday 18:00, the same as one that came Friday 18:00.
A deadline is the *earliest* moment that reaches the amount: 18:00, never 08:00 of the day after.
"""

from __future__ import annotations

import csv
import io
import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt

# Asia/Shanghai has had no summer time since 1991; a fixed offset keeps the arithmetic in integers.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
WORKING_TIME = ((time(8), time(12)), (time(14), time(18)))

_US = 1_000_000
_DAY = 86_400 * _US
_HOUR = 3_600 * _US
_SHIFT = 8 * _HOUR
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = date(2000, 1, 1)
_LAST = date(2100, 12, 31)
_FIRST_DAY = (_FIRST - date(1970, 1, 1)).days
_DAYS = (_LAST - _FIRST).days + 1

Seconds = npt.NDArray[np.datetime64]
Integers = npt.NDArray[np.int64]
Span = tuple[time, time]


class Clock(StrEnum):
    """What kind of time a limit counts."""

    URGENT = "urgent"  # 紧急工作时: hours, runs all the time
    WORKING_HOURS = "working_hours"  # 工作时: hours of the working day only
    WORKING_DAYS = "working_days"  # 工作日: days of the working calendar
    CALENDAR_DAYS = "calendar_days"  # 自然日: days of 24 hours


@dataclass(frozen=True, slots=True)
class Limit:
    """`amount` hours (URGENT, WORKING_HOURS) or days (WORKING_DAYS, CALENDAR_DAYS); fractions allowed."""

    amount: float
    clock: Clock

    def __post_init__(self) -> None:
        if not (math.isfinite(self.amount) and self.amount >= 0):
            raise ValueError(f"a time limit is a finite number of hours or days, not {self.amount}")


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day on which the weekend rule does not hold. kind: 'holiday' (no work) or 'workday' (调休)."""

    day: date
    kind: str
    name: str


def parse_days(text: str) -> list[CalendarDay]:
    """CSV with the columns day,kind,name; lines that begin with # are remarks. ValueError names the line."""
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and line[0] != "#"]
    if not lines or lines[0][1].strip() != "day,kind,name":
        raise ValueError("line 1: the columns must be day,kind,name")
    days: dict[date, CalendarDay] = {}
    for number, line in lines[1:]:
        parsed = _parse_day(number, next(csv.reader(io.StringIO(line))))
        if parsed.day in days:
            raise ValueError(f"line {number}: {parsed.day} appears twice")
        days[parsed.day] = parsed
    return list(days.values())


def _parse_day(number: int, cells: list[str]) -> CalendarDay:
    if len(cells) != 3 or cells[1] not in ("holiday", "workday") or not cells[2].strip():
        raise ValueError(f"line {number}: expected day,holiday|workday,name, found {','.join(cells)}")
    try:
        return CalendarDay(date.fromisoformat(cells[0]), cells[1], cells[2].strip())
    except ValueError as wrong:
        raise ValueError(f"line {number}: {cells[0]} is not a day (YYYY-MM-DD)") from wrong


def shipped_days() -> list[CalendarDay]:
    """The official arrangements that come with the distribution (2023–2026)."""
    folder = resources.files("chengyun.kernel") / "data"
    files = sorted((f for f in folder.iterdir() if f.name.startswith("calendar-")), key=lambda f: f.name)
    return [day for file in files for day in parse_days(file.read_text(encoding="utf-8"))]


def covered_years(holidays: Iterable[date]) -> frozenset[int]:
    """A year's arrangement is known when its National Day is: the last fixed holiday of every notice.

    (The notice for 2023 names 2022-12-31; that alone says nothing about 2022.)
    """
    return frozenset(day.year for day in holidays if (day.month, day.day) == (10, 1))


class Calendar:
    """Working time of one version of the calendar. Immutable; safe to share between threads.

    Moments are aware datetimes (any zone; answers are UTC) or, in bulk, datetime64[s] arrays meant as UTC.
    ValueError for a naive moment, OverflowError outside 2000–2100. `covers(year)` says whether the official
    arrangement of that year is loaded; where it is not, the weekend rule alone decides.
    """

    def __init__(
        self, holidays: Iterable[date], workdays: Iterable[date], hours: Sequence[Span] = WORKING_TIME
    ) -> None:
        rest, work = frozenset(holidays), frozenset(workdays)
        if rest & work:
            raise ValueError(f"both holiday and working day: {min(rest & work)}")
        self.years = covered_years(rest)
        self.hours = tuple(hours)
        self._starts, self._ends, self._before = _spans(self.hours)
        self._per_day = self._before[-1]
        self._is_working = _working_days(rest, work)
        self._days_before = np.concatenate(([0], np.cumsum(self._is_working, dtype=np.int64)))
        self._working_index = np.flatnonzero(self._is_working).astype(np.int64)
        self._days_before_list: list[int] = self._days_before.tolist()
        self._working_list: list[int] = self._working_index.tolist()
        self._flags: list[bool] = self._is_working.tolist()

    @classmethod
    def from_rows(
        cls, holidays: Iterable[date], workdays: Iterable[date], hours: Sequence[Span] = WORKING_TIME
    ) -> Calendar:
        """Local days and local spans of working time, in order and not touching midnight twice."""
        return cls(holidays, workdays, hours)

    @classmethod
    def from_days(cls, days: Iterable[CalendarDay], hours: Sequence[Span] = WORKING_TIME) -> Calendar:
        rows = list(days)
        return cls(
            (r.day for r in rows if r.kind == "holiday"), (r.day for r in rows if r.kind == "workday"), hours
        )

    @classmethod
    def load(cls, path: Path | None = None) -> Calendar:
        """From one CSV file, or (no path) from the files that ship."""
        return cls.from_days(shipped_days() if path is None else parse_days(path.read_text(encoding="utf-8")))

    # what the calendar knows

    def covers(self, year: int) -> bool:
        return year in self.years

    def uncovered(self, start: datetime, end: datetime) -> tuple[int, ...]:
        """Years between the two moments without an official arrangement: the deadline is provisional."""
        first, last = sorted((start.astimezone(SHANGHAI).year, end.astimezone(SHANGHAI).year))
        return tuple(year for year in range(first, last + 1) if not self.covers(year))

    def is_working_day(self, day: date) -> bool:
        """`day` is a local day."""
        index = (day - _FIRST).days
        if not 0 <= index < _DAYS:
            raise OverflowError(f"{day} is outside the calendar")
        return self._flags[index]

    def is_working_time(self, moment: datetime) -> bool:
        day, within = divmod(_local(moment), _DAY)
        return self._flags[_checked(day)] and any(
            s <= within < e for s, e in zip(self._starts, self._ends, strict=True)
        )

    # one moment

    def due(self, start: datetime, limit: Limit) -> datetime:
        """The earliest moment at which `limit` is used up, UTC, never before `start`."""
        amount = self._micros(limit)
        begin = _local(start)
        if limit.clock in (Clock.URGENT, Clock.CALENDAR_DAYS):
            return _moment(_within_range(begin + amount))
        return _moment(max(begin, self._at(self._worked(begin) + amount)))

    def add(self, start: datetime, amount: float, clock: Clock) -> datetime:
        """`due` without a Limit at hand."""
        return self.due(start, Limit(amount, clock))

    def spent(self, start: datetime, now: datetime, limit: Limit) -> float:
        """How much has been used at `now`, in the limit's unit; 0 before `start`, above amount if late."""
        begin, end = _local(start), _local(now)
        if end <= begin:
            return 0.0
        if limit.clock in (Clock.URGENT, Clock.CALENDAR_DAYS):
            used = end - begin
        else:
            used = self._worked(end) - self._worked(begin)
        return used / self._unit(limit.clock)

    def remaining(self, start: datetime, now: datetime, limit: Limit) -> float:
        """What is left at `now`, in the limit's unit; negative when late."""
        return limit.amount - self.spent(start, now, limit)

    # many moments

    def due_many(self, starts: Seconds, limit: Limit) -> Seconds:
        """`due` for an array of UTC datetime64[s] → same shape and unit. Millions a second."""
        begin = _local_many(starts)
        amount = self._micros(limit)
        if limit.clock in (Clock.URGENT, Clock.CALENDAR_DAYS):
            return _moments(begin + amount)
        return _moments(np.maximum(begin, self._at_many(self._worked_many(begin) + amount)))

    def spent_many(self, starts: Seconds, nows: Seconds, limit: Limit) -> npt.NDArray[np.float64]:
        """`spent` for arrays that broadcast together."""
        begin, end = np.broadcast_arrays(_local_many(starts), _local_many(nows))
        if limit.clock in (Clock.URGENT, Clock.CALENDAR_DAYS):
            used = end - begin
        else:
            used = self._worked_many(end) - self._worked_many(begin)
        spent: npt.NDArray[np.float64] = np.maximum(used, 0) / self._unit(limit.clock)
        return spent

    # the working axis

    def _unit(self, clock: Clock) -> int:
        return {Clock.WORKING_DAYS: self._per_day, Clock.CALENDAR_DAYS: _DAY}.get(clock, _HOUR)

    def _micros(self, limit: Limit) -> int:
        """Whole seconds, so that a start on a second gives a deadline on a second."""
        return round(limit.amount * self._unit(limit.clock) / _US) * _US

    def _worked(self, local: int) -> int:
        day, within = divmod(local, _DAY)
        index = _checked(day)
        done = self._days_before_list[index] * self._per_day
        if not self._flags[index]:
            return done
        for start, end in zip(self._starts, self._ends, strict=True):
            done += min(max(within - start, 0), end - start)
        return done

    def _at(self, worked: int) -> int:
        """The earliest local moment with W(t) = worked."""
        whole, rest = divmod(worked, self._per_day)
        if rest == 0:
            whole, rest = whole - 1, self._per_day
        if not 0 <= whole < len(self._working_list):
            if whole < 0:
                return 0
            raise OverflowError("the deadline lies outside the calendar (2000–2100)")
        span = bisect_left(self._before, rest) - 1
        local = self._starts[span] + rest - self._before[span]
        return (self._working_list[whole] + _FIRST_DAY) * _DAY + local

    def _worked_many(self, local: Integers) -> Integers:
        day, within = np.divmod(local, _DAY)
        index = day - _FIRST_DAY
        today = np.zeros_like(within)
        for start, end in zip(self._starts, self._ends, strict=True):
            today += np.clip(within - start, 0, end - start)
        worked: Integers = self._days_before[index] * self._per_day + today * self._is_working[index]
        return worked

    def _at_many(self, worked: Integers) -> Integers:
        whole, rest = np.divmod(worked - 1, self._per_day)  # −1 + 1: the end of a day, not the start of next
        rest = rest + 1
        if whole.size and int(whole.max()) >= self._working_index.size:
            raise OverflowError("the deadline lies outside the calendar (2000–2100)")
        span = np.searchsorted(np.asarray(self._before, dtype=np.int64), rest, side="left") - 1
        starts = np.asarray(self._starts, dtype=np.int64)
        before = np.asarray(self._before, dtype=np.int64)
        days = self._working_index[np.maximum(whole, 0)] + _FIRST_DAY
        found: Integers = np.where(whole < 0, 0, days * _DAY + starts[span] + rest - before[span])
        return found


def _spans(hours: Sequence[Span]) -> tuple[list[int], list[int], list[int]]:
    """Starts, ends and working microseconds before each span (one more: the whole day)."""
    starts: list[int] = []
    ends: list[int] = []
    before = [0]
    for opens, closes in hours:
        start, end = _of_day(opens), _of_day(closes)
        if start >= end or (ends and start < ends[-1]):
            raise ValueError(f"working time out of order: {opens}–{closes}")
        starts.append(start)
        ends.append(end)
        before.append(before[-1] + end - start)
    if not starts:
        raise ValueError("a working day without working time")
    return starts, ends, before


def _of_day(moment: time) -> int:
    return (moment.hour * 3600 + moment.minute * 60 + moment.second) * _US


def _working_days(rest: frozenset[date], work: frozenset[date]) -> npt.NDArray[np.bool_]:
    weekday = (np.arange(_DAYS) + _FIRST.weekday()) % 7
    working: npt.NDArray[np.bool_] = weekday < 5
    for days, value in ((rest, False), (work, True)):
        for day in days:
            working[_checked((day - _FIRST).days + _FIRST_DAY)] = value
    return working


def _local(moment: datetime) -> int:
    """Microseconds of local time since 1970-01-01 00:00 local."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    gap = moment - _EPOCH
    return (gap.days * 86_400 + gap.seconds) * _US + gap.microseconds + _SHIFT


def _checked(day: int) -> int:
    index = day - _FIRST_DAY
    if not 0 <= index < _DAYS:
        raise OverflowError("a moment outside the calendar (2000–2100)")
    return index


def _within_range(local: int) -> int:
    _checked(local // _DAY)
    return local


def _moment(local: int) -> datetime:
    return _EPOCH + timedelta(microseconds=local - _SHIFT)


def _local_many(moments: Seconds) -> Integers:
    micros: Integers = moments.astype("datetime64[s]").astype(np.int64) * _US + _SHIFT
    if micros.size:
        _checked(int(micros.min()) // _DAY)
        _checked(int(micros.max()) // _DAY)
    return micros


def _moments(local: Integers) -> Seconds:
    if local.size:
        _checked(int(local.max()) // _DAY)
    return ((local - _SHIFT) // _US).astype("datetime64[s]")
