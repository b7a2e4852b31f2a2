"""Work orders of one incident together: there is one lead, and nothing stays open for ever unseen."""

from __future__ import annotations

from typing import Any

import pytest

from chengyun.incidents.contracts import State
from chengyun.incidents.detail import detail
from chengyun.incidents.replay import differences, replay
from chengyun.kernel.errors import Conflict, Invalid
from tests.incidents.pure import SQP, Tour, unit, worker
from tests.incidents.support import SHIQIAOPU, City

TOWN = "九龙坡区/石桥铺街道"


def dispatched(city: City) -> int:
    chief = city.officer(TOWN)
    incident = city.report(chief, "路边一堆垃圾", SHIQIAOPU).incident
    for name in ("accept", "verify", "file", "dispatch"):
        city.move(chief, incident, name)
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
