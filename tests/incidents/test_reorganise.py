"""A reorganisation: what is open follows the centre that takes over, what has ended keeps its own."""

from __future__ import annotations

import sqlalchemy as sa

from chengyun.identity import changes, upkeep
from chengyun.identity.contracts import UnitMerged
from chengyun.incidents import reorganise, service
from chengyun.kernel.contracts import system_actor
from chengyun.territory import service as territory
from chengyun.territory.contracts import CentreDissolved, Move, RegionMoved, ReorganisationPlanned
from tests.incidents.support import HUAXI, SHIQIAOPU, City

TOWN, OLD, NEW = "九龙坡区/石桥铺街道", "九龙坡区", "巴南区"


def truck(city: City) -> int:
    """Owned by the district, with work orders at the district and at the town."""
    chief = city.officer(OLD)
    incident = city.report(chief, "渣土车冒装", SHIQIAOPU).incident
    city.dispatch(chief, incident)
    return incident


def move_town(city: City) -> None:
    """What territory does when a town changes its governing centre."""
    with city.db.begin(system_actor("territory.reorganise")) as tx:
        here, new = city.region(TOWN), city.region(NEW)
        tx.execute(
            sa.text("UPDATE territory_governance SET centre_id = :new WHERE region_id = :here"),
            {"new": new, "here": here},
        )
        tx.execute(
            sa.text(
                "INSERT INTO territory_version (id, label, valid_from, source, attribution, schematic, digest)"
                " SELECT id + 1, 'after', current_date, source, attribution, schematic, 'after'"
                " FROM territory_version"
            )
        )
        version = territory.current_version(tx)
        reorganise.town_moved(tx, RegionMoved(here, city.region(OLD), new, version))


def test_open_ones_follow_and_ended_ones_stay(city: City) -> None:
    incident = truck(city)
    closed = city.report(city.officer(TOWN), "路边一堆垃圾", SHIQIAOPU).incident
    city.move(city.officer(TOWN), closed, "decline", reason="重复")
    elsewhere = city.report(city.officer(OLD), "渣土车冒装", (106.54, 29.52)).incident
    due = {d.id: d.due_at for d in city.life(incident).deadlines if d.live}
    move_town(city)
    life = city.life(incident)
    assert (life.incident.centre_id, life.incident.district_id) == (city.region(NEW), city.region(NEW))
    kinds = [("city-management", NEW), ("housing", NEW), ("enforcement-team", TOWN)]
    assert [order.unit_id for order in life.orders] == [city.unit(*one) for one in kinds]
    assert {d.id: d.due_at for d in life.deadlines if d.live} == due
    assert city.region(OLD) not in life.incident.readers
    assert city.region(NEW) in life.incident.readers
    assert city.life(closed).incident.district_id == city.region(OLD)
    assert city.life(elsewhere).incident.centre_id == city.region(OLD)
    city.order(city.worker_of(life.orders[0].unit_id), life.orders[0].id, "acknowledge")
    city.check_history(incident)


def test_a_merged_unit_hands_its_open_work_over(city: City) -> None:
    incident = truck(city)
    old, new = city.unit("housing", OLD), city.unit("housing", NEW)
    with city.db.begin(system_actor("territory.reorganise")) as tx:
        reorganise.unit_merged(tx, UnitMerged(old, new))
    life = city.life(incident)
    assert life.orders[1].unit_id == new
    assert new in life.incident.readers
    city.check_history(incident)


def test_a_merger_by_an_administrator_is_taken_back_with_the_work_it_moved(city: City) -> None:
    incident = truck(city)
    reorganise.register(city.db.bus)
    old, into = city.unit("housing", OLD), city.unit("culture", OLD)
    admin = city.officer(OLD, "admin")
    with city.db.begin(admin) as tx:
        change = upkeep.merge(tx, old, into)
    assert city.life(incident).orders[1].unit_id == into
    with city.db.begin(admin) as tx:
        changes.undo(tx, change)
    life = city.life(incident)
    assert life.orders[1].unit_id == old
    assert old in life.incident.readers
    assert life.orders[0].unit_id == city.unit(
        "city-management", OLD
    )  # what was not moved does not move back
    city.check_history(incident)


def test_a_dry_run_counts_what_would_follow(city: City) -> None:
    truck(city)
    with city.db.begin(system_actor("territory.reorganise")) as tx:
        here, old, new = (territory.region(tx, city.region(path)) for path in (TOWN, OLD, NEW))
        planned = ReorganisationPlanned((Move(here, old, new),))
        service.register(city.db.bus)
        tx.publish(planned)
    found = {(line.region_id, line.kind): line.count for line in planned.lines}
    assert found[city.region(TOWN), "incident"] == 1
    assert found[city.region(TOWN), "order"] == 3
    assert found[city.region(TOWN), "deadline"] == 6
    assert all(str(line.count) in line.zh for line in planned.lines)


def test_a_transferred_case_follows_its_owner_when_that_is_dissolved(city: City) -> None:
    """The place lies elsewhere, the owner is gone: whoever takes over takes it too."""
    incident = city.report(city.officer(NEW), "渣土车冒装", HUAXI).incident
    city.move(city.officer(NEW), incident, "accept")
    city.move(city.officer(NEW), incident, "transfer", to_centre=city.region(OLD), reason="在九龙坡")
    city.move(city.officer(OLD), incident, "transfer_accept")
    kept = "开州区"
    with city.db.begin(system_actor("territory.reorganise")) as tx:
        reorganise.centre_dissolved(tx, CentreDissolved(city.region(OLD), city.region(kept), 2))
    life = city.life(incident)
    assert life.incident.centre_id == city.region(kept)
    assert life.incident.district_id == city.region(NEW)
    city.check_history(incident)
