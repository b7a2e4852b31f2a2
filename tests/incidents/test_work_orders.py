"""Work orders of one incident together: there is one lead, and nothing stays open for ever unseen."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from chengyun.incidents import tables
from chengyun.incidents.contracts import State
from chengyun.incidents.effects.replay import differences, replay
from chengyun.incidents.reading.detail import detail
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import Conflict, Invalid
from tests.incidents.pure import SQP, Tour, unit, worker
from tests.incidents.support import SHIQIAOPU, City

TOWN = "九龙坡区/石桥铺街道"


def dispatched(city: City) -> int:
    chief = city.officer(TOWN)
    incident = city.report(chief, "路边一堆垃圾", SHIQIAOPU).incident
    city.dispatch(chief, incident)
    return incident


def orders(city: City, incident: int) -> list[tuple[str, str, str]]:
    """Role, kind of unit and state of each work order, in order of issue."""
    kinds = {unit: kind for (kind, _), unit in city.units.items()}
    return [(one.role, kinds[one.unit_id], one.state) for one in city.life(incident).orders]


def act(city: City, incident: int, number: int, name: str, **given: Any) -> None:
    """A move of its work order `number` by the unit that has it."""
    order = city.life(incident).orders[number]
    city.order(city.worker_of(order.unit_id), order.id, name, **given)


def test_a_unit_that_assists_can_be_made_the_lead(city: City) -> None:
    incident, chief = dispatched(city), city.officer(TOWN)
    act(city, incident, 1, "acknowledge")
    act(city, incident, 0, "return", reason="不归我管")
    with pytest.raises(Invalid) as refused:
        city.move(chief, incident, "dispatch", units={"assist": [city.unit("sanitation", TOWN)]})
    assert [field.code for field in refused.value.fields] == ["incidents.lead_needed"]
    city.move(chief, incident, "dispatch", units={"lead": city.unit("sanitation", TOWN)})
    assert orders(city, incident) == [
        ("lead", "enforcement-team", "returned"),
        ("assist", "sanitation", "withdrawn"),
        ("assigned", "community", "issued"),
        ("lead", "sanitation", "issued"),
    ]
    life = city.life(incident)
    assert life.steps[-1].why["ended"]["inputs"] == {"orders": [life.orders[1].id]}
    with city.at(chief) as tx:
        assert life.orders[1].number in detail(tx, incident).history[-1].text
    act(city, incident, 3, "acknowledge")
    assert city.state(incident) == State.HANDLING
    city.check_history(incident)


def test_simulated_lives_replace_the_order_of_a_new_lead_too() -> None:
    tour = Tour().to_dispatched().go("return", "filed/returned", 0, worker())
    sanitation = unit("sanitation", SQP)
    with pytest.raises(Conflict, match="has to lead"):
        tour.go("dispatch", "dispatched", orders=[{"role": "assist", "unit": unit("centre", SQP)}], rule="x")
    tour = Tour().to_dispatched().go("return", "filed/returned", 0, worker())
    tour.go("dispatch", "dispatched", orders=[{"role": "lead", "unit": sanitation}], rule="by-hand")
    life = tour.draft.life
    assert [one.role for one in life.open_orders() if one.unit_id == sanitation] == ["lead"]
    assert differences(life, replay(life.incident, life.steps, tour.draft.world.book)) == []


def test_the_lead_answers_for_the_whole(city: City) -> None:
    """Who assists may still report; a passed check ends what is open, and says so to the unit and in history."""
    incident, checker = dispatched(city), city.officer(TOWN, id=999)
    for number in (0, 1):
        act(city, incident, number, "acknowledge")
    with pytest.raises(Conflict) as refused:
        city.move(checker, incident, "check_pass")
    assert refused.value.code == "incidents.lead_has_not_reported"
    assert "check_pass" not in offered(city, checker, incident)
    act(city, incident, 0, "report_back", outcome="已清理")
    assert city.state(incident) == State.HANDLING
    assert "check_pass" in offered(city, checker, incident)
    city.move(checker, incident, "check_fail", reason="没有清干净")
    assert [state for _, _, state in orders(city, incident)] == ["handling", "acknowledged", "issued"]
    act(city, incident, 0, "report_back", outcome="再次清理")
    city.move(checker, incident, "check_pass")
    assert [state for _, _, state in orders(city, incident)] == ["done", "released", "released"]
    life = city.life(incident)
    assert life.steps[-1].why["ended"]["inputs"] == {"orders": [one.id for one in life.orders[1:]]}
    assert life.incident.handled_at == life.steps[-1].at
    assert told(city, incident, "check_pass") == {one.unit_id for one in life.orders[1:]}
    city.move(checker, incident, "close")
    city.check_history(incident)


def offered(city: City, actor: Actor, incident: int) -> list[str]:
    with city.at(actor) as tx:
        return [one.move for one in detail(tx, incident).allowed]


def told(city: City, incident: int, step: str) -> set[int]:
    """The units that were told of a step."""
    message = tables.message.c
    with city.db.begin(system_actor("seed")) as tx:
        query = sa.select(message.target_id).where(
            message.incident_id == incident, message.step == step, message.audience == "unit"
        )
        return set(tx.execute(query).scalars())


def test_units_work_on_until_another_centre_has_taken_over(city: City) -> None:
    incident, source, target = dispatched(city), city.officer(TOWN), city.officer("九龙坡区/杨家坪街道")
    act(city, incident, 0, "return", reason="不归我管")
    city.move(source, incident, "transfer", to_centre=target.home, reason="在杨家坪")
    act(city, incident, 1, "acknowledge")
    city.move(target, incident, "transfer_refuse", reason="不在杨家坪")
    assert [state for _, _, state in orders(city, incident)] == ["returned", "acknowledged", "issued"]
    city.move(source, incident, "transfer", to_centre=target.home, reason="在杨家坪")
    city.move(target, incident, "transfer_accept")
    assert [state for _, _, state in orders(city, incident)] == ["returned", "withdrawn", "withdrawn"]
    assert city.life(incident).steps[-1].why["ended"]["rule"] == "transfer_accept"
    city.check_history(incident)


def test_what_is_void_leaves_no_work_behind(city: City) -> None:
    incident = dispatched(city)
    act(city, incident, 0, "acknowledge")
    city.move(city.officer(TOWN), incident, "void", reason="误报")
    assert [state for _, _, state in orders(city, incident)] == ["withdrawn"] * 3
    assert city.life(incident).steps[-1].why["ended"]["rule"] == "void"
    city.check_history(incident)
