"""Nothing stops silently: every deadline that comes due is found, told up the ladder and told again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.incidents import service
from chengyun.incidents.contracts import State
from chengyun.kernel.contracts import system_actor
from tests.incidents.support import HOUR, SHIQIAOPU, ZHAIZIPING, City, resident

START = datetime(2025, 6, 3, 1, 0, tzinfo=UTC)
TOWN, DISTRICT = "九龙坡区/石桥铺街道", "九龙坡区"


def on_duty(city: City, *paths: str) -> None:
    """Put somebody on duty at centres, as the shift table holds it."""
    with city.db.begin(system_actor("seed")) as tx:
        tx.execute(sa.text("UPDATE identity_mode SET demo = true"))
        identity.seed_simulated_staff(tx)
        here = [city.region(path) for path in paths]
        tx.execute(
            sa.text("UPDATE identity_shift SET until = since WHERE NOT centre_id = ANY(:here)"),
            {"here": here},
        )


def moves(city: City, incident: int) -> list[str]:
    return [step.move for step in city.life(incident).steps]


def test_lamps_ladder_and_daily_reminder(city: City) -> None:
    on_duty(city, TOWN, DISTRICT, "")
    incident = city.report(city.officer(TOWN), "路边一堆垃圾", SHIQIAOPU, START).incident
    assert city.sweep(START + HOUR) == 0
    city.sweep(START + 1.6 * HOUR)
    assert (city.life(incident).incident.lamp, moves(city, incident)[-1]) == ("yellow", "lamp_yellow")
    city.sweep(START + 2.1 * HOUR)
    life = city.life(incident)
    assert (life.incident.lamp, moves(city, incident)[-1], life.incident.rank) == ("red", "overdue", 2)
    assert life.incident.alerts == [city.region(TOWN)]
    city.sweep(START + 2.6 * HOUR)
    assert city.region(DISTRICT) in city.life(incident).incident.alerts
    city.sweep(START + 4.1 * HOUR)
    assert city.region("") in city.life(incident).incident.alerts
    for day in (1, 2, 3):
        city.sweep(START + timedelta(days=day, hours=5))
        assert moves(city, incident).count("reminded") == day
    city.check_history(incident)


def test_an_acknowledged_and_forgotten_work_order_comes_back(city: City) -> None:
    on_duty(city, "开州区/云枫街道", "开州区", "")
    incident = city.report(resident(), "楼下下水道又满了", ZHAIZIPING, START).incident
    order = city.life(incident).orders[0]
    city.order(city.worker_of(order.unit_id), order.id, "acknowledge", START + HOUR)
    city.sweep(START + 8 * HOUR)
    life = city.life(incident)
    assert moves(city, incident)[-1] == "reminded"
    assert life.incident.alerts == [city.region("开州区/云枫街道")]
    for hours in range(9, 400, 5):
        city.sweep(START + hours * HOUR)
    assert moves(city, incident).count("reminded") > 10
    city.check_history(incident)


def test_nobody_on_duty_is_told_above_at_once(city: City) -> None:
    on_duty(city, "")
    incident = city.report(city.officer(TOWN), "路边一堆垃圾", SHIQIAOPU, START).incident
    city.sweep(START)
    life = city.life(incident)
    assert life.incident.alerts == [city.region("")]
    assert life.steps[-1].text == "值班席无人"
    assert city.sweep(START) == 0
    on_duty_again = city.report(city.officer("巴南区"), "渣土车冒装", (106.56, 29.44), START).incident
    city.sweep(START)
    assert city.region("") in city.life(on_duty_again).incident.alerts
    city.check_history(incident)


def test_a_suspension_ends_by_itself_and_the_clock_goes_on(city: City) -> None:
    on_duty(city, TOWN, DISTRICT, "")
    chief, other = city.officer(TOWN), city.officer(TOWN, id=555)
    incident = city.report(chief, "路边一堆垃圾", SHIQIAOPU, START).incident
    city.move(chief, incident, "accept", START + HOUR)
    until = START + timedelta(days=3)
    city.move(chief, incident, "suspend_request", START + 4 * HOUR, reason="下雨", until=until)
    city.move(other, incident, "suspend_approve", START + 5 * HOUR)
    assert city.sweep(until - HOUR) == 0
    city.sweep(until + HOUR)
    life = city.life(incident)
    assert life.incident.state == State.ACCEPTED
    verify = next(d for d in life.deadlines if d.live)
    assert (verify.stage, verify.due_at) == ("verify", until + HOUR + 20 * HOUR)
    city.check_history(incident)


def test_a_supervision_without_an_answer_is_overdue(city: City) -> None:
    on_duty(city, TOWN, DISTRICT, "")
    incident = city.report(city.officer(TOWN), "路边一堆垃圾", SHIQIAOPU, START).incident
    due = START + 1.5 * HOUR
    city.move(city.officer(DISTRICT), incident, "supervise", START + HOUR, note="请说明", until=due)
    city.sweep(due)
    last = city.life(incident).steps[-1]
    assert (last.move, last.args["stage"]) == ("overdue", "supervision")
    city.move(city.officer(TOWN), incident, "supervise_reply", due + HOUR / 2, note="正在办")
    stages = {d.stage: d.state for d in all_deadlines(city, incident)}
    assert stages["supervision"] == "missed"


def all_deadlines(city: City, incident: int) -> list[sa.Row[tuple[object, ...]]]:
    with city.db.begin(system_actor("seed")) as tx:
        query = sa.text("SELECT stage, state FROM incidents_deadline WHERE incident_id = :id")
        return list(tx.execute(query, {"id": incident}))


def test_two_sweepers_tell_nothing_twice(city: City) -> None:
    on_duty(city, TOWN, DISTRICT, "")
    for number in range(6):
        city.report(city.officer(TOWN), f"垃圾 {number}", SHIQIAOPU, START)
    now = START + 1.6 * HOUR
    with (
        city.at(system_actor("incidents.sweep"), now) as first,
        city.at(system_actor("incidents.sweep"), now) as second,
    ):
        assert service.sweep(first, 4) == 4
        assert service.sweep(second, 10) == 2
    assert city.sweep(now) == 0


def test_every_overdue_one_among_many_is_found(city: City) -> None:
    """A tenth of what bench/sweep.py does: 100,000 open work orders, a simulated clock, every overdue one."""
    from bench.sweep import overdue_told, populate, sweep_all

    with city.db.begin(system_actor("seed")) as tx:
        populate(tx, orders=100_000, late_every=40)
    assert sweep_all(city.db, START) == 2_500
    with city.db.begin(system_actor("seed")) as tx:
        told, late = overdue_told(tx, START)
    assert told == late
    assert len(late) == 2_500
    assert sweep_all(city.db, START) == 0
