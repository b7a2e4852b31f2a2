"""Deadlines, pure: limits by the first line that matches, four clocks, pauses, more time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengyun.incidents import deadlines
from chengyun.incidents.contracts import LimitRule, Rulebook, Stage
from chengyun.incidents.deadlines import BUILT_IN, Book
from chengyun.incidents.life import Life, Running
from chengyun.kernel.calendar import Clock, Limit
from tests.incidents.pure import CALENDAR, START, draft, later

LIMITS = (
    LimitRule("gas", "0403", "*", Stage.HANDLE, Limit(2, Clock.URGENT), 0.5, (1.0, 2.0)),
    LimitRule("red", "*", "red", Stage.HANDLE, Limit(4, Clock.WORKING_HOURS)),
    LimitRule("rest", "04*", "*", Stage.HANDLE, Limit(3, Clock.WORKING_DAYS)),
)


def book() -> Book:
    return Book(1, Rulebook("", {}, (), LIMITS, (), (), ()), CALENDAR)


@pytest.mark.parametrize(
    ("category", "level", "stage", "rule"),
    [
        ("0403", "red", Stage.HANDLE, "gas"),
        ("0404", "red", Stage.HANDLE, "red"),
        ("0404", "blue", Stage.HANDLE, "rest"),
        ("0102", "blue", Stage.HANDLE, "built-in.handle"),
        (None, "blue", Stage.ACCEPT, "built-in.accept"),
    ],
)
def test_the_first_line_that_matches_counts(
    category: str | None, level: str, stage: Stage, rule: str
) -> None:
    found = book().limit(category, level, stage)
    assert found.id == rule
    assert rule.startswith("built-in") is (found.limit == BUILT_IN[stage])


def running(category: str = "0403", level: str = "yellow", at: datetime = START) -> tuple[Life, Running]:
    life = draft().life
    life.incident.category, life.incident.level = category, level
    return life, deadlines.start(life, Stage.HANDLE, None, at, book(), lambda: 77)


def test_the_ladder_climbs_and_then_repeats_every_day() -> None:
    _, one = running()
    told = []
    for _ in range(6):
        at = one.next_at
        told.append((deadlines.fire(one, CALENDAR), at - START, one.lamp))
    hour = timedelta(hours=1)
    assert told == [
        ("lamp_yellow", hour, "yellow"),
        ("overdue", 2 * hour, "red"),
        ("escalated", 2 * hour, "red"),
        ("escalated", 4 * hour, "red"),
        ("reminded", 28 * hour, "red"),
        ("reminded", 52 * hour, "red"),
    ]


def test_working_clocks_stand_still_at_night() -> None:
    friday = datetime(2025, 6, 6, 9, 0, tzinfo=UTC)  # 17:00 in Chongqing
    _, hours = running("0404", "red", friday)
    assert hours.due_at == datetime(2025, 6, 9, 3, 0, tzinfo=UTC)  # Monday 11:00
    _, days = running("0404", "blue", friday)
    assert days.due_at == datetime(2025, 6, 11, 9, 0, tzinfo=UTC)


@given(before=st.integers(0, 120), pause=st.integers(1, 9_000))
def test_a_pause_takes_nothing_and_gives_nothing(before: int, pause: int) -> None:
    _, one = running()
    stop, again = START + timedelta(minutes=before), START + timedelta(minutes=before + pause)
    deadlines.pause(one, stop, CALENDAR)
    assert deadlines.share(one, again, CALENDAR) == pytest.approx(before / 120)
    deadlines.resume(one, again, CALENDAR)
    assert abs(one.due_at - (START + timedelta(minutes=120 + pause))) <= timedelta(seconds=1)
    assert deadlines.share(one, one.due_at, CALENDAR) == pytest.approx(1.0, abs=0.001)


def test_more_time_puts_the_end_where_it_was_granted() -> None:
    _, one = running()
    deadlines.fire(one, CALENDAR)
    until = datetime.fromisoformat(later(hours=48))
    deadlines.put_off(one, START + timedelta(hours=1), until, CALENDAR)
    assert (one.due_at, one.lamp, one.position, one.started) == (until, "none", 0, START)


def test_met_missed_dropped() -> None:
    for at, dropped, state in ((2, False, "met"), (3, False, "missed"), (3, True, "dropped")):
        _, one = running()
        deadlines.end(one, START + timedelta(hours=at), dropped=dropped)
        assert one.state == state


def test_the_incident_shows_the_worst_lamp_and_the_earliest_end() -> None:
    life, one = running()
    life.deadlines = [one]
    deadlines.show(life)
    assert (life.incident.lamp, life.incident.due_at, life.incident.rank) == ("none", one.due_at, 6)
    one.lamp = "red"
    deadlines.show(life)
    assert (life.incident.lamp, life.incident.rank, life.incident.deadline_id) == ("red", 2, 77)
