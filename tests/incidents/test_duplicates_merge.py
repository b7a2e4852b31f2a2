"""Several incidents that are one, and one that is several: nobody's report is lost and every step can be undone."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from chengyun.incidents import service
from chengyun.incidents.contracts import Channel
from chengyun.incidents.duplicates.preview import preview
from chengyun.incidents.inputs import Move
from chengyun.incidents.intake import abuse
from chengyun.incidents.reading import detail, queries
from chengyun.incidents.reading.filters import Filters
from chengyun.incidents.reporter import tracking
from chengyun.incidents.views import IncidentDetail, Receipt, Tracking
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from tests.incidents.support import HOUR, HUAXI, SHIQIAOPU, ZHAIZIPING, City, anonymous, resident

TOWN = "九龙坡区/石桥铺街道"
YUNFENG = "开州区/云枫街道"
COMMUNITY = f"{YUNFENG}/寨子坪社区"
DRAIN = "下水道堵了，水漫到路上"
RUBBISH = "路边一堆垃圾"


def follow(city: City, receipt: Receipt) -> Tracking:
    """What the reporter sees."""
    with city.at(system_actor("tracking")) as tx:
        return tracking.tracking(tx, tracking.report_by_token(tx, receipt.tracking), "zh")


def page(city: City, who: Actor, incident: int) -> IncidentDetail:
    with city.at(who) as tx:
        return detail.detail(tx, incident)


def merge(city: City, who: Actor, incident: int, into: int, **more: Any) -> None:
    city.move(who, incident, "merge_into", into=into, **more)


def finish(city: City, incident: int) -> None:
    """The community signs, handles and reports back; the street checks and closes."""
    order = city.life(incident).orders[0]
    worker = city.worker_of(order.unit_id)
    for name, given in (("acknowledge", {}), ("start", {}), ("report_back", {"outcome": "水管已修好"})):
        city.order(worker, order.id, name, **given)
    centre = city.officer(YUNFENG, id=99)
    city.move(centre, incident, "check_pass")
    city.move(centre, incident, "close", outcome="水管已修好")


def test_a_storm_is_one_incident_with_fifty_reports_and_one_outcome_each(city: City) -> None:
    callers = [resident(7), anonymous(), city.worker("community", COMMUNITY, "grid-worker")]
    told = [city.report(callers[number % 3], f"{DRAIN}，{number} 号楼", ZHAIZIPING) for number in range(50)]
    assert len({one.incident for one in told}) == 50
    centre, master = city.officer(YUNFENG), told[0].incident
    for one in told[1:]:
        merge(city, centre, one.incident, master)
    shown = page(city, centre, master)
    assert (shown.row.reports, len(shown.reports), len(shown.merged)) == (50, 50, 49)
    assert set(shown.channels) == {Channel.RESIDENT, Channel.GRID}
    with city.at(centre) as tx:
        open_ones = queries.queue(tx, Filters(open=True))
    assert [row.id for row in open_ones.items] == [master]
    finish(city, master)
    for one in told:
        seen = follow(city, one)
        assert seen.number == one.number
        assert seen.state == "closed"
        assert [text for text in seen.messages if "水管已修好" in text] == ["已办结：水管已修好"]
    city.check_history(master)


def test_only_who_joins_is_told_of_joining(city: City) -> None:
    first = city.report(anonymous(), DRAIN, ZHAIZIPING)
    later = city.report(anonymous(), DRAIN, ZHAIZIPING, incident=first.incident)
    joined = f"已并入 {first.number}"
    assert joined in follow(city, later).messages
    assert joined not in follow(city, first).messages
    assert "前办结" in later.promise


def test_undoing_gives_back_state_time_and_reporters(city: City) -> None:
    centre = city.officer(YUNFENG)
    master, other = city.report(resident(1), DRAIN, ZHAIZIPING), city.report(resident(2), DRAIN, ZHAIZIPING)
    start = city.life(other.incident).incident.reported_at
    city.move(centre, other.incident, "merge_into", start + 3 * HOUR, into=master.incident, reason="同一处")
    gone, kept = city.life(other.incident), city.life(master.incident).incident
    assert (gone.incident.state, gone.incident.merged_into) == ("merged", master.incident)
    assert {order.state for order in gone.orders} == {"withdrawn"}
    assert (kept.reports_count, sorted(kept.residents)) == (2, [1, 2])
    assert city.sweep(start + 200 * HOUR) > 0  # of the master only: who follows has no limit
    assert not [step for step in city.life(other.incident).steps if step.move == "overdue"]
    city.move(centre, other.incident, "unmerge", start + 200 * HOUR, reason="不是一处")
    back, kept = city.life(other.incident), city.life(master.incident).incident
    assert (back.incident.state, back.incident.merged_into) == ("filed", None)  # to be dispatched anew
    handle = next(one for one in back.deadlines if one.live and one.stage == "handle")
    assert handle.due_at == start + 200 * HOUR + 7 * HOUR  # ten hours, three of them spent
    assert (kept.reports_count, kept.residents) == (1, [1])
    for incident in (master.incident, other.incident):
        city.check_history(incident)


def test_a_reporter_of_both_stays_with_the_master(city: City) -> None:
    centre = city.officer(TOWN)
    master, other = (city.report(resident(5), RUBBISH, SHIQIAOPU) for _ in range(2))
    merge(city, centre, other.incident, master.incident)
    city.move(centre, other.incident, "unmerge", reason="分开")
    assert city.life(master.incident).incident.residents == [5]


def test_a_chain_of_merges_counts_and_comes_apart(city: City) -> None:
    centre = city.officer(TOWN)
    a, b, c = (city.report(resident(number), RUBBISH, SHIQIAOPU).incident for number in (1, 2, 3))
    merge(city, centre, a, b)
    merge(city, centre, b, c)
    assert city.life(c).incident.reports_count == 3
    with pytest.raises(Invalid):
        merge(city, centre, c, a)  # a is c by now
    city.move(centre, a, "unmerge", reason="不是一处")
    assert [city.life(one).incident.reports_count for one in (a, b, c)] == [1, 1, 2]
    assert city.life(c).incident.residents == [3, 2]
    for one in (a, b, c):
        city.check_history(one)


def test_what_is_asked_of_a_merged_one_is_answered_by_its_master(city: City) -> None:
    centre = city.officer(YUNFENG)
    master, other = city.report(resident(1), DRAIN, ZHAIZIPING), city.report(resident(2), DRAIN, ZHAIZIPING)
    merge(city, centre, other.incident, master.incident)
    for name, given in (
        ("transfer", {"to_centre": city.region(TOWN), "reason": "x"}),
        ("void", {"reason": "x"}),
        ("close", {}),
        ("merge_into", {"into": master.incident}),
    ):
        with pytest.raises(Conflict) as refused:
            city.move(centre, other.incident, name, **given)
        assert refused.value.code == "incidents.follows_its_master"
    again = city.report(anonymous(), DRAIN, ZHAIZIPING, incident=other.incident)
    assert again.incident == master.incident
    assert city.life(master.incident).incident.reports_count == 3
    finish(city, master.incident)
    with city.at(system_actor("tracking")) as tx:
        told = tracking.report_by_token(tx, other.tracking)
        service.move_as_reporter(tx, told, Move("rate", {"stars": 2, "solved": False}))
    assert city.life(master.incident).incident.stars == 2
    with city.at(system_actor("tracking")) as tx:
        told = tracking.report_by_token(tx, other.tracking)
        service.move_as_reporter(tx, told, Move("reopen", {"reason": "又堵了"}))
    assert (city.state(master.incident), city.state(other.incident)) == ("filed", "merged")


def test_nothing_is_merged_into_what_has_ended_nor_into_itself(city: City) -> None:
    centre = city.officer(TOWN)
    master, other = (city.report(anonymous(), RUBBISH, SHIQIAOPU).incident for _ in range(2))
    with pytest.raises(Invalid):
        merge(city, centre, other, other)
    city.move(centre, master, "void", reason="误报")
    with pytest.raises(Conflict) as refused:
        merge(city, centre, other, master)
    assert refused.value.code == "incidents.master_has_ended"


def test_merging_shows_nobody_more_than_before(city: City) -> None:
    """Two streets, one cause: the city merges, and each street still reads only its own."""
    mine = city.report(resident(1), RUBBISH, SHIQIAOPU).incident
    far = city.report(resident(2), "对面街的垃圾，李四家门口", HUAXI).incident
    there = "巴南区/花溪街道"
    for street, incident in ((TOWN, mine), (there, far)):
        with pytest.raises((NotFound, Forbidden)):
            merge(city, city.officer(street), incident, far if incident == mine else mine)
    merge(city, city.officer(""), far, mine)
    street = page(city, city.officer(TOWN), mine)
    assert street.row.reports == 2  # a number, no more
    assert [report.text for report in street.reports] == [RUBBISH]
    assert "李四" not in repr(street)
    other = page(city, city.officer(there), far)
    assert other.master is None
    assert RUBBISH not in repr(other)
    with pytest.raises((NotFound, Forbidden)):
        merge(city, city.worker("enforcement-team", TOWN), mine, far)


def test_the_number_of_a_merged_one_leads_to_its_master(city: City) -> None:
    centre = city.officer(TOWN)
    master, other = (city.report(anonymous(), RUBBISH, SHIQIAOPU) for _ in range(2))
    with city.at(centre) as tx:
        tried = preview(tx, other.incident, master.incident)
    assert (tried.problem, tried.reports, tried.master.number) == (None, 2, master.number)
    assert city.state(other.incident) == "reported"  # a preview changes nothing
    merge(city, centre, other.incident, master.incident)
    with city.at(centre) as tx:
        found = queries.queue(tx, Filters(q=other.number, open=True)).items
        assert [(row.id, row.merged_into) for row in found] == [(other.incident, master.incident)]
        assert [row.id for row in queries.queue(tx, Filters()).items] == [master.incident]
        again = preview(tx, master.incident, other.incident)
    assert again.problem
    shown = page(city, centre, other.incident)
    assert shown.master is not None
    assert shown.master.number == master.number
    assert master.number in next(step.text for step in shown.history if step.move == "merge_into")
    assert other.number in next(
        step.text for step in page(city, centre, master.incident).history if step.move == "take_in"
    )


def test_spam_of_a_merged_report_counts_at_the_master_too(city: City) -> None:
    centre = city.officer(TOWN)
    master, other = (city.report(anonymous(), RUBBISH, SHIQIAOPU) for _ in range(2))
    merge(city, centre, other.incident, master.incident)
    with city.at(centre) as tx:
        abuse.mark_spam(tx, other.report, True, "骚扰")
    assert city.life(master.incident).incident.reports_count == 1
    city.move(centre, other.incident, "unmerge", reason="分开")
    assert city.life(master.incident).incident.reports_count == 1


def test_two_that_merge_into_one_another_do_not_wait_for_ever(city: City) -> None:
    centre = city.officer(TOWN)
    a, b = (city.report(anonymous(), RUBBISH, SHIQIAOPU).incident for _ in range(2))
    gate, refused = threading.Barrier(2), []

    def cross(one: int, other: int) -> None:
        gate.wait()
        try:
            merge(city, centre, one, other)
        except AppError as error:
            refused.append(error.code)

    threads = [threading.Thread(target=cross, args=pair) for pair in ((a, b), (b, a))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(refused) == 1
    assert sorted((city.state(a), city.state(b))) == ["merged", "reported"]


def test_a_report_that_is_about_something_else_goes_its_own_way_and_back(city: City) -> None:
    centre = city.officer(TOWN)
    first = city.report(resident(1), RUBBISH, SHIQIAOPU)
    second = city.report(resident(2), "路面塌陷了", SHIQIAOPU, incident=first.incident)
    later = city.life(first.incident).incident.reported_at + timedelta(hours=1)
    given = {"reports": [second.report], "reason": "另一件事", "category": "0401"}
    with pytest.raises(Invalid):
        city.move(centre, first.incident, "split_off", reports=[first.report, second.report], reason="x")
    city.move(centre, first.incident, "split_off", later, **given)
    made = city.life(first.incident).steps[-1].args["incident"]
    child, parent = city.life(made), city.life(first.incident).incident
    assert (child.incident.state, child.incident.category, child.incident.level) == (
        "reported",
        "0401",
        "red",
    )
    assert child.incident.residents == [2]
    assert (parent.reports_count, parent.residents) == (1, [1])
    due = next(one.due_at for one in child.deadlines if one.live and one.stage == "accept")
    assert due < later + 2 * HOUR  # the reporter has waited since the report, not since the split
    assert follow(city, second).number == child.incident.number
    merge(city, centre, made, first.incident)
    assert city.life(first.incident).incident.reports_count == 2
    assert city.life(first.incident).incident.residents == [1, 2]
    for incident in (made, first.incident):
        city.check_history(incident)


def test_a_split_stays_within_the_centres_own_area(city: City) -> None:
    centre = city.officer(TOWN)
    first = city.report(resident(1), RUBBISH, SHIQIAOPU)
    second = city.report(resident(2), RUBBISH, SHIQIAOPU, incident=first.incident)
    place = {"lon": ZHAIZIPING[0], "lat": ZHAIZIPING[1]}
    with pytest.raises(Invalid) as refused:
        city.move(centre, first.incident, "split_off", reports=[second.report], reason="x", place=place)
    assert refused.value.fields[0].code == "incidents.split_out_of_reach"


def test_every_report_belongs_to_exactly_one_open_incident(city: City) -> None:
    """However it is merged and split: as many reports as were told, and the masters' counts add up to them."""
    centre = city.officer(TOWN)
    ids = [city.report(resident(number), RUBBISH, SHIQIAOPU).incident for number in range(6)]
    for one, into in ((1, 0), (2, 0), (4, 3), (3, 0)):
        merge(city, centre, ids[one], ids[into])
    city.move(centre, ids[4], "unmerge", reason="x")
    merge(city, centre, ids[5], ids[4])
    with city.at(system_actor("seed")) as tx:
        query = sa.text("SELECT sum(reports_count) FROM incidents_incident WHERE state <> 'merged'")
        assert tx.execute(query).scalar() == 6
    assert city.life(ids[0]).incident.reports_count == 4
