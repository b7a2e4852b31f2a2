"""The two stories and the turns that a life can take, through the door."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from chengyun.incidents.contracts import State
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from tests.incidents.support import HUAXI, SHIQIAOPU, ZHAIZIPING, City, resident

TOWN = "九龙坡区/石桥铺街道"
VILLAGE = "开州区/云枫街道/寨子坪社区"


def reported(city: City, text: str = "路边一堆垃圾") -> int:
    return city.report(city.officer(TOWN), text, SHIQIAOPU).incident


def dispatched(city: City) -> int:
    incident = reported(city)
    chief = city.officer(TOWN)
    city.dispatch(chief, incident)
    return incident


def finish(city: City, incident: int) -> None:
    """Every open work order is acknowledged and reported back, the lead's first."""
    for order in city.life(incident).open_orders():
        who = city.worker_of(order.unit_id)
        if order.state == "issued":
            city.order(who, order.id, "acknowledge")
        city.order(who, order.id, "report_back", outcome="已清理")


def test_the_straight_way(city: City) -> None:
    incident = dispatched(city)
    life = city.life(incident)
    assert [order.role for order in life.orders] == ["lead", "assist", "assigned"]
    assert life.incident.state == State.DISPATCHED
    finish(city, incident)
    assert city.state(incident) == State.HANDLED
    chief = city.officer(TOWN)
    city.move(chief, incident, "check_pass")
    city.move(chief, incident, "close", outcome="垃圾已清运")
    assert city.state(incident) == State.CLOSED
    city.check_history(incident)


def test_blocked_drain_goes_to_the_community_at_once(city: City) -> None:
    receipt = city.report(resident(), "楼下下水道又满了", ZHAIZIPING)
    assert receipt.state is State.DISPATCHED
    life = city.life(receipt.incident)
    assert [step.move for step in life.steps] == ["report", "accept", "verify", "file", "dispatch"]
    assert life.orders[0].unit_id == city.unit("community", VILLAGE)
    assert life.incident.why["routing"]["rule"] == "drain-auto"
    assert life.incident.why["routing"]["rejected"]["unit"] == city.unit(
        "enforcement-team", "开州区/云枫街道"
    )
    assert life.incident.residents == [7]
    city.check_history(receipt.incident)


def test_a_truck_is_transferred_across_districts(city: City) -> None:
    banan, jiulongpo = city.officer("巴南区"), city.officer("九龙坡区")
    receipt = city.report(banan, "渣土车冒装", HUAXI)
    assert city.life(receipt.incident).incident.centre_id == banan.home
    with pytest.raises(NotFound):
        city.move(jiulongpo, receipt.incident, "accept")
    city.move(banan, receipt.incident, "accept")
    city.move(banan, receipt.incident, "transfer", to_centre=jiulongpo.home, reason="车已驶入九龙坡")
    life = city.life(receipt.incident)
    assert life.incident.centre_id == banan.home
    city.move(jiulongpo, receipt.incident, "transfer_accept")
    for name in ("verify", "file", "dispatch"):
        city.move(jiulongpo, receipt.incident, name)
    life = city.life(receipt.incident)
    assert life.incident.number == receipt.number
    assert life.incident.rule_id == "truck-in"
    reached = [city.unit(kind, "九龙坡区") for kind in ("city-management", "housing")]
    assert [one.unit_id for one in life.orders] == reached  # the enforcement team of 花溪 is out of reach
    assert "位置在辖区之外" in life.incident.why["routing"]["zh"]
    city.move(banan, receipt.incident, "note", note="来源中心仍可查看")
    with pytest.raises(Forbidden):
        city.move(banan, receipt.incident, "add_order", units={"assist": [city.unit("housing", "巴南区")]})
    city.check_history(receipt.incident)


def test_a_refused_transfer_comes_back_and_the_third_is_arbitrated(city: City) -> None:
    banan, jiulongpo, chief = city.officer("巴南区"), city.officer("九龙坡区"), city.officer("")
    incident = city.report(banan, "渣土车冒装", HUAXI).incident
    city.move(banan, incident, "accept")
    for turn in range(3):
        city.move(banan, incident, "transfer", to_centre=jiulongpo.home, reason="在九龙坡")
        city.move(jiulongpo, incident, "transfer_refuse", reason="不在我区")
        assert city.state(incident) == (State.ACCEPTED if turn < 2 else State.ARBITRATING)
    assert city.life(incident).incident.desk_id == chief.home
    with pytest.raises(Forbidden):
        city.move(banan, incident, "arbitrate", reason="?", to_centre=jiulongpo.home)
    city.move(chief, incident, "arbitrate", reason="九龙坡负责", to_centre=jiulongpo.home)
    life = city.life(incident)
    assert (life.incident.state, life.incident.centre_id) == (State.FILED, jiulongpo.home)
    city.check_history(incident)


def lead_of(city: City, incident: int) -> tuple[int, int]:
    lead = city.life(incident).lead()
    assert lead is not None
    return lead.id, lead.unit_id


def test_the_third_return_is_arbitrated_one_level_up_and_binds(city: City) -> None:
    incident, chief, above = dispatched(city), city.officer(TOWN), city.officer("九龙坡区")
    for turn in range(3):
        order, unit = lead_of(city, incident)
        with pytest.raises(Invalid):
            city.order(city.worker_of(unit), order, "return")
        city.order(city.worker_of(unit), order, "return", reason="不属我单位职责")
        if turn < 2:
            assert city.state(incident) == State.FILED
            city.move(chief, incident, "dispatch")
    assert city.state(incident) == State.ARBITRATING
    unit = city.unit("city-management", "九龙坡区")
    city.move(above, incident, "arbitrate", reason="区城管局主办", units={"lead": unit})
    order, decided = lead_of(city, incident)
    assert decided == unit
    with pytest.raises(Conflict):
        city.order(city.worker_of(unit), order, "return", reason="还是不行")
    city.check_history(incident)


def test_the_clock_of_handling_runs_unsigned_and_through_returns(city: City) -> None:
    incident, chief = dispatched(city), city.officer(TOWN)
    handling = [d for d in city.life(incident).deadlines if d.stage == "handle" and d.live]
    order, unit = lead_of(city, incident)
    first = next(d for d in handling if d.order_id == order)
    city.order(city.worker_of(unit), order, "return", reason="不归我管")
    loose = next(d for d in city.life(incident).deadlines if d.id == first.id)
    assert (loose.order_id, loose.due_at, loose.state) == (None, first.due_at, "running")
    city.move(chief, incident, "dispatch")
    again = next(d for d in city.life(incident).deadlines if d.id == first.id)
    assert (again.order_id, again.due_at) == (lead_of(city, incident)[0], first.due_at)


def test_an_open_assisting_order_blocks_until_it_is_released(city: City) -> None:
    incident, chief = dispatched(city), city.officer(TOWN)
    order, unit = lead_of(city, incident)
    city.order(city.worker_of(unit), order, "acknowledge")
    city.order(city.worker_of(unit), order, "report_back", outcome="已处理")
    assert city.state(incident) == State.HANDLING
    for open_order in city.life(incident).open_orders():
        city.order(chief, open_order.id, "release", reason="无需协助")
    assert city.state(incident) == State.HANDLED


def test_who_handled_it_does_not_check_it(city: City) -> None:
    incident = reported(city)
    chief, other = city.officer(TOWN), city.officer(TOWN, id=999)
    for name in ("accept", "verify", "file"):
        city.move(chief, incident, name)
    own = city.unit("centre", TOWN)
    city.move(chief, incident, "dispatch", units={"lead": own})
    order, _ = lead_of(city, incident)
    city.order(chief, order, "acknowledge")
    city.order(chief, order, "report_back", outcome="值班员已处理")
    with pytest.raises(Forbidden):
        city.move(chief, incident, "check_pass")
    city.move(other, incident, "check_fail", reason="没有清干净")
    life = city.life(incident)
    assert (life.incident.state, life.orders[0].state, life.incident.reworks) == ("handling", "handling", 1)
    city.order(chief, order, "report_back", outcome="重新处理")
    city.move(other, incident, "check_pass")
    city.check_history(incident)


def test_alone_on_duty_the_check_goes_above(city: City) -> None:
    incident, chief, above = reported(city), city.officer(TOWN), city.officer("九龙坡区")
    with city.db.begin(system_actor("seed")) as tx:
        tx.execute(sa.text("INSERT INTO identity_person (login, name) VALUES ('alone', '值班员')"))
        person = tx.execute(sa.text("SELECT max(id) FROM identity_person")).scalar_one()
        tx.execute(
            sa.text(
                "WITH p AS (INSERT INTO identity_post (person_id, unit_id, role, region_id, home_id, readers,"
                " valid_from) VALUES (:p, :u, 'town-duty', :r, :r, '{}', now()) RETURNING id)"
                " INSERT INTO identity_shift (person_id, post_id, name, role, centre_id, since)"
                " SELECT :p, id, '值班员', 'town-duty', :r, now() FROM p"
            ),
            {"p": person, "u": city.unit("centre", TOWN), "r": chief.home},
        )
    alone = city.officer(TOWN, id=person)
    for name in ("accept", "verify", "file"):
        city.move(alone, incident, name)
    city.move(alone, incident, "dispatch", units={"lead": city.unit("centre", TOWN)})
    order, _ = lead_of(city, incident)
    city.order(alone, order, "acknowledge")
    city.order(alone, order, "report_back", outcome="一人值班自行处理")
    assert city.life(incident).incident.desk_id == above.home
    city.move(above, incident, "check_pass")
    city.check_history(incident)
