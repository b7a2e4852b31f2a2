"""The calendar on screen: a year and its hours, what a change would move, promises kept, recount, undo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from chengyun.incidents.jobs import recount_deadlines
from chengyun.kernel.calendar import Calendar, CalendarDay, Clock, Limit
from chengyun.kernel.clock import current_calendar
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import Conflict, Forbidden, Invalid
from chengyun.kernel.transactions import Database, Tx
from chengyun.scenarios import service
from chengyun.scenarios.holidays import CalendarChange, count_days
from tests.incidents.support import SHIQIAOPU, City

TUESDAY = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)  # 10:00 in the city
DAY_OFF = CalendarDay(date(2026, 3, 11), "holiday", "临时放假")


@pytest.fixture
def city(staged: Database) -> City:
    return City(staged)


@pytest.fixture
def chief(city: City) -> Actor:
    return city.officer("")


@pytest.fixture
def tx(city: City, chief: Actor) -> Iterator[Tx]:
    with city.at(chief, TUESDAY) as found:
        yield found


def with_day_off(tx: Tx, hours: str | None = None) -> CalendarChange:
    return CalendarChange(2026, (*service.read_calendar(tx, 2026).days, DAY_OFF), hours)


def one_day(tx: Tx) -> datetime:
    return current_calendar(tx).due(TUESDAY, Limit(1, Clock.WORKING_DAYS))


def test_a_day_is_changed_told_and_undone(tx: Tx) -> None:
    shipped = service.read_calendar(tx, 2026)
    assert (shipped.source, shipped.hours, shipped.can_undo) == ("shipped", "08:00-12:00 14:00-18:00", False)
    assert one_day(tx) == datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
    edition = service.save_calendar(tx, with_day_off(tx), "市政府通知", recount=False)
    assert one_day(tx) == datetime(2026, 3, 12, 2, 0, tzinfo=UTC)
    seen = service.read_calendar(tx, 2026)
    assert (seen.source, [one.id for one in seen.editions], seen.can_undo) == ("own", [edition], True)
    assert DAY_OFF in seen.days
    assert service.read_calendar(tx, 2025).source == "shipped"
    assert service.read_calendar(tx, 2031).source == "none"
    with pytest.raises(Conflict):  # nothing to change
        service.save_calendar(tx, CalendarChange(2026, tuple(seen.days)), "又一次", recount=False)
    service.undo_calendar(tx, "通知已撤销", recount=False)
    assert one_day(tx) == datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
    assert service.read_calendar(tx, 2026).source == "shipped"
    with pytest.raises(Conflict):
        service.undo_calendar(tx, "再撤销", recount=False)
    actions = tx.execute(
        sa.text("SELECT action FROM kernel_audit WHERE action LIKE 'calendar.%' ORDER BY id")
    )
    assert list(actions.scalars()) == ["calendar.edited", "calendar.undone"]


def test_hours_of_work(tx: Tx) -> None:
    days = tuple(service.read_calendar(tx, 2026).days)
    service.save_calendar(
        tx, CalendarChange(2026, days, "09:00-12:00 13:00-17:00"), "夏令作息", recount=False
    )
    calendar = current_calendar(tx)
    assert calendar.due(TUESDAY, Limit(3, Clock.WORKING_HOURS)) == datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
    assert service.read_calendar(tx, 2026).source == "shipped"  # the year itself stays as shipped
    for hours in ("12:00-09:00", "25:00-26:00", "09:00-12:00 11:00-13:00", "x"):
        with pytest.raises(Invalid) as wrong:
            service.preview_calendar(tx, CalendarChange(2026, days, hours))
        assert [one.path for one in wrong.value.fields] == ["hours"]


def test_a_running_deadline_keeps_its_promise_unless_it_is_recounted(city: City, chief: Actor) -> None:
    told = city.report(chief, "堆了很久", SHIQIAOPU, now=TUESDAY, category="muck-truck.spill")
    for move in ("accept", "verify", "file"):
        city.move(city.officer("九龙坡区"), told.incident, move, now=TUESDAY)
    city.move(city.officer("九龙坡区"), told.incident, "dispatch", now=TUESDAY)

    def handling() -> datetime:
        return next(
            one.due_at for one in city.life(told.incident).deadlines if one.stage == "handle" and one.live
        )

    promised = handling()
    assert promised == datetime(2026, 3, 13, 2, 0, tzinfo=UTC)
    with city.at(chief, TUESDAY) as tx:
        effect = service.preview_calendar(tx, with_day_off(tx))
        later = {str(one.stage) for one in effect.examples}
        assert (effect.earlier, effect.later) == (0, len(effect.examples))
        assert "handle" in later
        assert {one.number for one in effect.examples} == {told.number}
        service.save_calendar(tx, with_day_off(tx), "市政府通知", recount=False)
    assert handling() == promised
    with city.at(chief, TUESDAY) as tx:
        assert service.undo_calendar(tx, "重来", recount=False)
        edition = service.save_calendar(tx, with_day_off(tx), "市政府通知", recount=True)
        waiting = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'incidents.recount'"
        assert tx.execute(sa.text(waiting)).scalar_one() == 1
    with city.at(chief, TUESDAY) as tx:
        recount_deadlines(tx, edition=edition, after=0)
    assert handling() == datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
    step = city.life(told.incident).steps[-1]
    assert (step.move, step.actor_id, step.args) == ("recount", chief.id, {"edition": edition})
    assert "03-13 10:00 → 03-16 10:00" in step.text
    with city.at(chief, TUESDAY) as tx:
        recount_deadlines(tx, edition=edition, after=0)  # once more: nothing left to move
    assert len(city.life(told.incident).steps) == step.seq
    city.check_history(told.incident)


def test_a_notice_is_read_and_a_year_must_be_whole(tx: Tx) -> None:
    notice = (
        "# 2027\nday,kind,name\n2027-01-01,holiday,元旦\n2027-10-01,holiday,国庆节\n2027-10-09,workday,调休\n"
    )
    days = service.read_notice(notice)
    assert service.years_of(days) == [2027]
    service.save_calendar(tx, CalendarChange(2027, tuple(days)), "国办通知", recount=False)
    assert service.read_calendar(tx, 2027).source == "own"
    with pytest.raises(Invalid) as wrong:
        service.read_notice("day,kind,name\n2027-13-01,holiday,x\n")
    assert "line 2" in str(wrong.value.fields[0].params["reason"])
    for others, code in (
        (days[:1], "calendar.no_year"),
        ([*days, CalendarDay(date(2028, 1, 1), "holiday", "x")], "calendar.day_year"),
        ([*days, days[0]], "calendar.day_twice"),
    ):
        with pytest.raises(Invalid) as refused:
            service.preview_calendar(tx, CalendarChange(2027, tuple(others)))
        assert [one.code for one in refused.value.fields] == [code]


def test_only_the_city_changes_the_calendar(city: City, chief: Actor) -> None:
    district = replace(city.officer("九龙坡区"), permissions=chief.permissions)
    for who in (district, city.officer("", "auditor")):
        with city.at(who, TUESDAY) as tx, pytest.raises(Forbidden):
            service.save_calendar(tx, with_day_off(tx), "x", recount=False)
        with city.at(who, TUESDAY) as tx, pytest.raises(Forbidden):
            service.undo_calendar(tx, "x", recount=False)


def test_days_of_a_limit_add_up() -> None:
    calendar = Calendar.load()
    for amount in (0.5, 3.0, 7.25):
        due = calendar.due(TUESDAY, Limit(amount, Clock.WORKING_DAYS))
        days = count_days(calendar, {}, TUESDAY, due)
        assert sum(one.hours for one in days) == pytest.approx(amount * 8)
        assert [one.kind for one in days if one.day.weekday() >= 5] == ["weekend"] * sum(
            one.day.weekday() >= 5 for one in days
        )
