"""Supervision through the door: the board says who is late and why, answers are owed, disputes are decided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from chengyun.incidents import tables
from chengyun.incidents.contracts import State
from chengyun.incidents.reading.filters import Filters
from chengyun.incidents.rules import MOVES, PRESSING, Who
from chengyun.incidents.supervision import arbitration
from chengyun.incidents.supervision.board import board
from chengyun.incidents.supervision.contracts import Board, BoardRow, Tab
from chengyun.incidents.supervision.rules import SILENCE, THRESHOLDS, cutoff, parse
from chengyun.kernel.calendar import Calendar
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import Conflict, Forbidden
from tests.incidents.support import HOUR, HUAXI, SHIQIAOPU, City, resident

START = datetime(2025, 6, 3, 1, 0, tzinfo=UTC)  # Tuesday, 09:00
TOWN, DISTRICT = "九龙坡区/石桥铺街道", "九龙坡区"
MINUTE = timedelta(minutes=1)


def reported(city: City, now: datetime = START, who: Actor | None = None) -> int:
    return city.report(who or city.officer(TOWN), "路边一堆垃圾", SHIQIAOPU, now).incident


def dispatched(city: City, now: datetime = START) -> int:
    incident, chief = reported(city, now), city.officer(TOWN)
    city.dispatch(chief, incident, now)
    return incident


def bounced(city: City, times: int) -> int:
    """Sent back so often by the unit that the rules propose; the last time it stays there."""
    incident, chief = dispatched(city), city.officer(TOWN)
    for turn in range(times):
        lead = city.life(incident).lead()
        assert lead is not None
        at = START + (turn + 1) * MINUTE
        city.order(city.worker_of(lead.unit_id), lead.id, "return", at, reason="不属我单位职责")
        if turn < times - 1:
            city.move(chief, incident, "dispatch", at)
    return incident


def lie_still(city: City, incident: int) -> None:
    """Long ago, as far as the clock of silence knows."""
    with city.db.begin(system_actor("seed")) as tx:
        long_ago = START - 2 * timedelta(days=7)
        tx.execute(
            sa.update(tables.incident).where(tables.incident.c.id == incident).values(acted_at=long_ago)
        )


def look(city: City, who: Actor, tab: Tab, now: datetime, **filters: object) -> Board:
    with city.at(who, now) as tx:
        return board(tx, tab, Filters(**filters))  # type: ignore[arg-type]


def row_of(shown: Board, incident: int) -> BoardRow:
    return next(one for one in shown.items if one.row.id == incident)


def test_every_tab_names_its_reason_and_what_can_be_done(city: City) -> None:
    """One incident for each tab; what is as it should be stands on none."""
    district = city.officer(DISTRICT)
    late = dispatched(city)
    twice = bounced(city, 2)
    quiet = reported(city)
    urged = reported(city)
    caller = city.officer(DISTRICT, "hotline", id=77)
    for hour in (0, 1):
        city.move(caller, urged, "urge", START + hour * HOUR, note="还没人来")
    now = START + 1.5 * HOUR
    fine = reported(city, now)
    lie_still(city, quiet)
    city.sweep(now)
    overdue = look(city, district, Tab.OVERDUE, now)
    assert row_of(overdue, late).because[0].text == (
        "签收超期 30 分：应于 6月3日10:00 完成，由石桥铺街道综合执法大队负责"
    )
    bouncing = look(city, district, Tab.BOUNCING, now)
    assert [one.row.id for one in bouncing.items] == [twice]
    assert bouncing.items[0].because[0].text == (
        "退单 2 次、拒收移送 0 次；最近一次 6月3日09:02 石桥铺街道综合执法大队：不属我单位职责"
    )
    assert {one.move for one in bouncing.items[0].allowed} == {"supervise", "urge", "seek_arbitration"}
    forgotten = look(city, district, Tab.FORGOTTEN, now)
    assert [one.row.id for one in forgotten.items] == [quiet]
    assert "轮到石桥铺街道，5月20日09:00 起无人处理" in forgotten.items[0].because[0].text
    pressed = look(city, district, Tab.URGED, now)
    assert [(one.row.id, one.because[0].times) for one in pressed.items] == [(urged, 2)]
    everywhere = {one.row.id for tab in Tab for one in look(city, district, tab, now).items}
    assert fine not in everywhere


def test_what_others_and_the_calendar_bring_it_does_not_wake_it(city: City) -> None:
    """A forgotten incident that another is merged into, or taken out of again, is as forgotten as before."""
    chief, forgotten, told_again = city.officer(TOWN), reported(city), reported(city)
    lie_still(city, forgotten)
    for name, more in (("merge_into", {"into": forgotten}), ("unmerge", {"reason": "不是同一件事"})):
        city.move(chief, told_again, name, START + HOUR, **more)
        shown = look(city, city.officer(DISTRICT), Tab.FORGOTTEN, START + HOUR)
        assert [one.row.id for one in shown.items] == [forgotten], name
    assert {row.name for row in MOVES.values() if row.who == Who.SYSTEM} - {"split_from"} <= PRESSING


def test_counts_are_the_lengths_of_the_lists(city: City) -> None:
    """Whoever looks, however narrowed, page by page; and nobody counts what they may not read."""
    for number in range(5):
        reported(city, START + number * MINUTE)
    bounced(city, 2)
    city.report(city.officer("巴南区"), "渣土车冒装", HUAXI, START)
    now = START + timedelta(days=3)
    city.sweep(now)
    for path, filters in ((DISTRICT, {}), ("", {"category": "truck"}), ("巴南区", {}), (TOWN, {"q": "垃圾"})):
        for tab in Tab:
            with city.at(city.officer(path), now) as tx:
                found, after = [], None
                while True:
                    page = board(tx, tab, Filters(**filters), after, limit=2)
                    found += [one.row.id for one in page.items]
                    assert all(one.because[0].tab is tab for one in page.items)
                    if (after := page.next) is None:
                        break
            assert len(found) == len(set(found)) == page.counts[tab], (path, tab)
    assert look(city, city.officer("开州区"), Tab.OVERDUE, now).counts == dict.fromkeys(Tab, 0)
    assert look(city, city.officer(DISTRICT), Tab.OVERDUE, now).counts[Tab.OVERDUE] == 6


def test_an_acknowledged_order_that_stays_silent_is_forgotten_and_one_at_work_is_not(city: City) -> None:
    silent, working = dispatched(city), dispatched(city)
    for incident in (silent, working):
        lead = city.life(incident).lead()
        assert lead is not None
        city.order(city.worker_of(lead.unit_id), lead.id, "acknowledge", START)
        if incident == working:
            city.order(city.worker_of(lead.unit_id), lead.id, "start", START)
    for name in ("urge", "note"):  # pressing is no progress, a word from the unit's centre is
        city.move(city.officer(TOWN), working, name, START, note="请尽快")
    day = START + timedelta(hours=7.9)  # 16:54 with a pause at noon: six working hours
    shown = look(city, city.officer(DISTRICT), Tab.FORGOTTEN, day)
    assert [one.row.id for one in shown.items] == [silent]
    assert "已签收，6月3日09:00 起没有进展" in shown.items[0].because[0].text
    city.move(city.officer(DISTRICT), silent, "urge", day)
    assert look(city, city.officer(DISTRICT), Tab.FORGOTTEN, day + MINUTE).counts[Tab.FORGOTTEN] == 1


def test_an_answer_is_owed_escalates_and_needs_a_verdict(city: City) -> None:
    incident, town, district = reported(city), city.officer(TOWN), city.officer(DISTRICT)
    due = START + 2 * HOUR
    city.move(district, incident, "supervise", START, note="为何无人受理", until=due)
    board_row = row_of(look(city, district, Tab.SUPERVISED, START), incident)
    assert board_row.row.supervision is not None
    assert (board_row.row.supervision.state, board_row.row.supervision.due) == ("owed", due)
    assert "supervise_accept" not in {one.move for one in board_row.allowed}
    with pytest.raises(Conflict):
        city.move(district, incident, "supervise_accept", START)
    city.sweep(due + 2 * HOUR)
    tell = [(s.move, s.args.get("stage")) for s in city.life(incident).steps]
    assert ("escalated", "supervision") in tell
    now = due + 2 * HOUR
    late = row_of(look(city, district, Tab.SUPERVISED, now), incident)
    assert late.because[0].text == "九龙坡区督办：应于 6月3日11:00 前答复，已逾期 2 小时"
    city.move(town, incident, "supervise_reply", now, note="值班员已到位")
    answered = row_of(look(city, district, Tab.SUPERVISED, now), incident)
    assert answered.because[0].text == "九龙坡区督办：已答复（逾期答复），待认可：值班员已到位"
    with pytest.raises(Forbidden):  # nobody accepts their own answer
        city.move(town, incident, "supervise_accept", now)
    city.move(district, incident, "supervise_refuse", now, reason="没有说明原因", until=now + HOUR)
    again = row_of(look(city, district, Tab.SUPERVISED, now), incident).row.supervision
    assert again is not None
    assert (again.state, again.due, again.refusals) == ("owed", now + HOUR, 1)
    city.move(town, incident, "supervise_reply", now + MINUTE, note="系统故障漏接")
    city.move(city.officer(""), incident, "supervise_accept", now + 2 * MINUTE)
    assert look(city, district, Tab.SUPERVISED, now + 2 * MINUTE).counts[Tab.SUPERVISED] == 0
    city.check_history(incident)


def test_a_contested_incident_is_taken_to_arbitration_and_decided_with_its_precedent(city: City) -> None:
    """Both sides stand side by side; the decision binds, and the next dispute of the same two finds it."""
    town, district = city.officer(TOWN), city.officer(DISTRICT)
    first = bounced(city, 1)
    with pytest.raises(Conflict):
        city.move(town, reported(city), "seek_arbitration", START + HOUR, reason="没有争议")
    city.move(town, first, "seek_arbitration", START + HOUR, reason="执法大队拒不受理")
    assert city.life(first).incident.desk_id == district.home
    with city.at(town, START + HOUR) as tx:
        assert arbitration.disputes(tx) == []
    with city.at(district, START + HOUR) as tx:
        assert [row.id for row in arbitration.disputes(tx)] == [first]
        case = arbitration.case(tx, first)
    team = city.unit("enforcement-team", TOWN)
    assert [(one.kind, one.id) for one in case.parties] == [("centre", town.home), ("unit", team)]
    assert [said.text for said in case.parties[1].said] == ["不属我单位职责"]
    assert case.parties[0].said[-1].text == "执法大队拒不受理"
    assert ("town", "1", "综合执法大队") in {(c.level, c.clause, c.lead) for c in case.clauses}
    assert case.precedents == []
    city.move(
        district, first, "arbitrate", START + 2 * HOUR, reason="占道垃圾归执法大队", units={"lead": team}
    )
    life = city.life(first)
    assert (life.incident.state, life.incident.binding) == (State.DISPATCHED, True)
    lead = life.lead()
    assert lead is not None
    with pytest.raises(Conflict):
        city.order(city.worker_of(team), lead.id, "return", START + 2 * HOUR, reason="还是不办")
    city.check_history(first)
    second = bounced(city, 3)
    with city.at(district, START + 3 * HOUR) as tx:
        (found,) = arbitration.case(tx, second).precedents
    assert (found.incident, found.same_pair, found.reason) == (first, True, "占道垃圾归执法大队")
    assert found.decided_for == "石桥铺街道综合执法大队"


def test_reporters_urge_at_intervals_and_officers_do_not_count(city: City) -> None:
    incident = city.report(resident(), "路边一堆垃圾", SHIQIAOPU, START).incident
    city.move(resident(), incident, "urge", START + HOUR)
    with pytest.raises(Conflict):
        city.move(resident(), incident, "urge", START + 2 * HOUR)
    city.move(city.officer(TOWN), incident, "urge", START + 2 * HOUR)
    assert city.life(incident).incident.urges == 1
    city.move(resident(), incident, "urge", START + 26 * HOUR)
    assert city.life(incident).incident.urges == 2
    city.check_history(incident)


def test_reopened_and_reworked_stand_on_the_board_until_closed(city: City) -> None:
    incident, town, other = dispatched(city), city.officer(TOWN), city.officer(TOWN, id=999)
    for order in city.life(incident).open_orders():
        city.order(city.worker_of(order.unit_id), order.id, "acknowledge", START)
        city.order(city.worker_of(order.unit_id), order.id, "report_back", START, outcome="已清理")
    city.move(other, incident, "check_fail", START, reason="没有清干净")
    shown = row_of(look(city, city.officer(DISTRICT), Tab.REDONE, START), incident)
    assert shown.because[0].text == "核查不通过、返工 1 次"
    lead = city.life(incident).lead()
    assert lead is not None
    city.order(city.worker_of(lead.unit_id), lead.id, "report_back", START, outcome="再次清理")
    city.move(other, incident, "check_pass", START)
    city.move(town, incident, "close", START)
    assert look(city, town, Tab.REDONE, START).counts[Tab.REDONE] == 0
    city.move(town, incident, "reopen", START + HOUR, reason="又堆上了")
    assert row_of(look(city, town, Tab.REDONE, START + HOUR), incident).because[0].text == "结案后重开 1 次"


CALENDAR = Calendar.load()
MOMENTS = st.timedeltas(timedelta(days=-140), timedelta(days=190)).map(lambda since: START + since)


@given(MOMENTS, st.sampled_from(sorted(SILENCE)))
def test_the_cutoff_is_where_the_limit_is_just_used_up(now: datetime, level: str) -> None:
    limit = SILENCE[level].limit
    bound = cutoff(CALENDAR, now, limit)
    assert CALENDAR.spent(bound, now, limit) >= limit.amount
    assert CALENDAR.spent(bound + MINUTE, now, limit) <= limit.amount


def test_thresholds_are_checked_data() -> None:
    assert {one.tab for one in THRESHOLDS} == {Tab.BOUNCING, Tab.URGED, Tab.FORGOTTEN}
    assert set(SILENCE) == {"red", "orange", "yellow", "blue"}
    for line in ("nowhere,*,2,times", "forgotten,red,1,moons"):
        with pytest.raises(ValueError, match="is not a valid"):
            parse(f"tab,level,amount,clock\n{line}\n")
    assert "supervise_reply" not in PRESSING
