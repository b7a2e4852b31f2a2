"""The four kinds of time limit, on the shipped calendar."""

import time as clocktime
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengyun.kernel.calendar import SHANGHAI, Calendar, Clock, Limit, parse_days, shipped_days

CALENDAR = Calendar.load()
BEGIN = datetime(2022, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 7 * 365 * 86_400 * 10**6).map(lambda us: BEGIN + timedelta(microseconds=us))
SECONDS = MOMENTS.map(lambda m: m.replace(microsecond=0))
AMOUNTS = st.integers(0, 60 * 4).map(lambda quarters: quarters / 4)
LIMITS = st.builds(Limit, AMOUNTS, st.sampled_from(Clock))
CALENDARS = st.builds(
    lambda days, hours: Calendar.from_rows(days[0], days[1], hours),
    st.lists(st.dates(date(2023, 1, 1), date(2026, 12, 31)), unique=True, max_size=80).map(
        lambda days: (days[::2], days[1::2])
    ),
    st.sampled_from(
        [((time(8), time(12)), (time(14), time(18))), ((time(9), time(17, 30)),), ((time(0), time(23, 59)),)]
    ),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "amount", "clock", "due"),
    [
        ("2025-09-30 23:00", 2, Clock.URGENT, "2025-10-01 01:00"),
        ("2025-09-30 23:00", 3, Clock.CALENDAR_DAYS, "2025-10-03 23:00"),
        # hours: lunch, evening, weekend
        ("2025-03-04 11:00", 2, Clock.WORKING_HOURS, "2025-03-04 15:00"),
        ("2025-03-04 16:00", 2, Clock.WORKING_HOURS, "2025-03-04 18:00"),
        ("2025-03-04 17:00", 2, Clock.WORKING_HOURS, "2025-03-05 09:00"),
        ("2025-03-04 20:00", 4, Clock.WORKING_HOURS, "2025-03-05 12:00"),
        ("2025-03-07 17:00", 2, Clock.WORKING_HOURS, "2025-03-10 09:00"),
        # days: same working time of day; out of hours counts from the end of work before
        ("2025-03-04 10:00", 1, Clock.WORKING_DAYS, "2025-03-05 10:00"),
        ("2025-03-04 13:00", 1, Clock.WORKING_DAYS, "2025-03-05 12:00"),
        ("2025-03-07 20:00", 1, Clock.WORKING_DAYS, "2025-03-10 18:00"),
        ("2025-03-08 10:00", 1, Clock.WORKING_DAYS, "2025-03-10 18:00"),
        ("2025-03-10 06:00", 1, Clock.WORKING_DAYS, "2025-03-10 18:00"),
        ("2025-03-04 10:00", 0.5, Clock.WORKING_DAYS, "2025-03-04 16:00"),
        # 调休: Sunday 2025-01-26 is worked, the Spring Festival rests till 4 February
        ("2025-01-25 10:00", 1, Clock.WORKING_DAYS, "2025-01-26 18:00"),
        ("2025-01-27 17:00", 2, Clock.WORKING_HOURS, "2025-02-05 09:00"),
        ("2025-09-30 10:00", 1, Clock.WORKING_DAYS, "2025-10-09 10:00"),
        ("2025-10-10 10:00", 1, Clock.WORKING_DAYS, "2025-10-11 10:00"),
        ("2026-02-13 10:00", 2, Clock.WORKING_DAYS, "2026-02-24 10:00"),
        ("2023-01-01 00:00", 0, Clock.WORKING_DAYS, "2023-01-01 00:00"),
    ],
)
def test_due(start: str, amount: float, clock: Clock, due: str) -> None:
    assert CALENDAR.due(at(start), Limit(amount, clock)) == at(due)
    assert CALENDAR.add(at(start), amount, clock) == at(due)


def test_working_days_of_the_shipped_years() -> None:
    days = [date(2023, 1, 1) + timedelta(n) for n in range(4 * 365 + 1)]
    counted = Counter(d.year for d in days if CALENDAR.is_working_day(d))
    # 365 − 104 weekend days − 11 statutory holidays (13 from 2025), as each year's weekdays fall
    assert counted == {2023: 249, 2024: 251, 2025: 248, 2026: 248}


def test_a_make_up_day_is_always_a_weekend_and_holidays_are_named() -> None:
    days = shipped_days()
    assert all(d.day.weekday() >= 5 for d in days if d.kind == "workday")
    assert all(d.name for d in days)
    assert {d.day.year for d in days} == {2022, 2023, 2024, 2025, 2026}


def test_years_without_an_arrangement_are_said() -> None:
    assert [CALENDAR.covers(y) for y in (2022, 2023, 2026, 2027)] == [False, True, True, False]
    due = CALENDAR.due(at("2026-12-31 10:00"), Limit(3, Clock.WORKING_DAYS))
    assert CALENDAR.uncovered(at("2026-12-31 10:00"), due) == (2027,)
    assert CALENDAR.uncovered(at("2026-03-01 10:00"), at("2026-03-02 10:00")) == ()
    assert CALENDAR.is_working_day(date(2027, 10, 1))  # a Friday: the weekend rule knows no better


def test_working_time() -> None:
    asked = [
        CALENDAR.is_working_time(at(f"2025-03-04 {t}"))
        for t in ("07:59", "08:00", "11:59", "12:00", "14:00", "18:00")
    ]
    assert asked == [False, True, True, False, True, False]
    assert CALENDAR.is_working_time(at("2025-01-26 09:00"))
    assert not CALENDAR.is_working_time(at("2025-01-29 09:00"))


def test_remaining_turns_negative_when_late() -> None:
    limit = Limit(4, Clock.WORKING_HOURS)
    start = at("2025-03-04 08:00")
    assert CALENDAR.remaining(start, at("2025-03-04 10:00"), limit) == 2
    assert CALENDAR.remaining(start, at("2025-03-04 16:00"), limit) == -2
    assert CALENDAR.spent(start, at("2025-03-03 16:00"), limit) == 0
    assert CALENDAR.spent(start, at("2025-03-11 08:00"), Limit(1, Clock.WORKING_DAYS)) == 5


@given(MOMENTS, LIMITS)
def test_spent_until_due_is_the_amount(start: datetime, limit: Limit) -> None:
    due = CALENDAR.due(start, limit)
    assert due >= start
    assert CALENDAR.spent(start, due, limit) == pytest.approx(limit.amount, abs=1e-9)
    assert CALENDAR.remaining(start, due, limit) == pytest.approx(0, abs=1e-9)
    if limit.amount:
        earlier = due - timedelta(microseconds=1)
        assert CALENDAR.spent(start, earlier, limit) < CALENDAR.spent(start, due, limit)


@given(CALENDARS, MOMENTS, MOMENTS, LIMITS)
def test_due_and_spent_grow_with_time(cal: Calendar, one: datetime, two: datetime, limit: Limit) -> None:
    first, second = sorted((one, two))
    assert cal.due(first, limit) <= cal.due(second, limit)
    more = Limit(limit.amount + 1, limit.clock)
    assert cal.due(first, limit) < cal.due(first, more)
    base = first - timedelta(days=9)
    assert cal.spent(base, first, limit) <= cal.spent(base, second, limit)


@given(MOMENTS, MOMENTS, MOMENTS, st.sampled_from(Clock))
def test_spent_adds_up(a: datetime, b: datetime, c: datetime, clock: Clock) -> None:
    a, b, c = sorted((a, b, c))
    limit = Limit(1, clock)
    parts = CALENDAR.spent(a, b, limit) + CALENDAR.spent(b, c, limit)
    assert parts == pytest.approx(CALENDAR.spent(a, c, limit), abs=1e-6)


@given(CALENDARS, st.lists(SECONDS, min_size=1, max_size=20), LIMITS)
@settings(deadline=None)
def test_many_equals_one_by_one(cal: Calendar, starts: list[datetime], limit: Limit) -> None:
    array = np.array([s.replace(tzinfo=None) for s in starts], dtype="datetime64[s]")
    due = cal.due_many(array, limit)
    assert [d.replace(tzinfo=UTC) for d in due.astype(object)] == [cal.due(s, limit) for s in starts]
    now = array[::-1].copy()
    one_by_one = [cal.spent(s, n, limit) for s, n in zip(starts, reversed(starts), strict=True)]
    assert cal.spent_many(array, now, limit).tolist() == one_by_one


def test_a_hundred_thousand_deadlines_are_quick() -> None:
    spread = np.random.default_rng(1).integers(0, 3 * 365 * 86400, 200_000)
    starts = np.datetime64("2023-01-01", "s") + spread.astype("timedelta64[s]")
    began = clocktime.perf_counter()
    due = CALENDAR.due_many(starts, Limit(4, Clock.WORKING_HOURS))
    assert clocktime.perf_counter() - began < 1.0
    assert (due > starts).all()
    assert CALENDAR.due_many(starts[:0], Limit(1, Clock.WORKING_DAYS)).size == 0


def test_nonsense_is_refused() -> None:
    for amount in (-1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="time limit"):
            Limit(amount, Clock.URGENT)
    with pytest.raises(ValueError, match="zone"):
        CALENDAR.due(datetime(2025, 1, 1), Limit(1, Clock.URGENT))  # noqa: DTZ001
    with pytest.raises(ValueError, match="both holiday and working day"):
        Calendar.from_rows([date(2025, 1, 1)], [date(2025, 1, 1)])
    with pytest.raises(ValueError, match="out of order"):
        Calendar.from_rows([], [], ((time(14), time(18)), (time(8), time(12))))
    for clock in Clock:
        with pytest.raises(OverflowError):
            CALENDAR.due(at("2025-01-01 00:00"), Limit(30_000 * 24, clock))
        with pytest.raises(OverflowError):
            CALENDAR.due_many(np.array(["2025-01-01"], dtype="datetime64[s]"), Limit(30_000 * 24, clock))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2025-01-01,holiday,元旦\n", "line 1"),
        ("day,kind,name\n2025-13-01,holiday,元旦\n", "line 2: 2025-13-01"),
        ("day,kind,name\n2025-01-01,rest,元旦\n", "line 2: expected"),
        ("# remark\nday,kind,name\n2025-01-01,holiday,元旦\n2025-01-01,workday,元旦\n", "line 4: 2025-01-01"),
        ("", "line 1"),
    ],
)
def test_a_wrong_file_is_named_by_line(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_days(text)
