"""Rulebooks as versions: what is installed, what an incident keeps, what survives the way through JSON."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from chengyun.incidents import rulebook, service, tables
from chengyun.incidents.contracts import Limit, LimitRule, Stage
from chengyun.kernel.clock import Clock
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.errors import NotFound, Unavailable
from chengyun.kernel.transactions import Database
from chengyun.scenarios import service as scenarios
from tests.incidents.support import HUAXI, RULES, SHIQIAOPU, City

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"


def test_json_keeps_everything() -> None:
    assert rulebook.from_json(rulebook.to_json(RULES)) == RULES


def test_a_version_from_before_messages_named_categories_still_loads() -> None:
    content = rulebook.to_json(RULES)
    for message in content["messages"]:
        del message["category"]
    assert rulebook.from_json(content) == RULES


def test_words_for_a_category_go_before_the_general_ones(city: City) -> None:
    """As shipped: who reports a truck hears of truck and permit, the unit hears what to secure; others do not."""
    with city.db.begin(system_actor("scenarios.install")) as tx:
        scenarios.install(tx, [SCENARIOS])
    words = {}
    for category, at, path in (
        ("muck-truck.overload", HUAXI, "巴南区"),
        ("0102", SHIQIAOPU, "九龙坡区/石桥铺街道"),
    ):
        chief = city.officer(path)
        incident = city.report(chief, "路边有情况", at, category=category).incident
        while city.state(incident) in ("reported", "accepted", "verified", "filed"):
            step = {"reported": "accept", "accepted": "verify", "verified": "file"}
            city.move(chief, incident, step.get(city.state(incident), "dispatch"))
        words[category] = told(city, incident)
    truck, heap = words["muck-truck.overload"], words["0102"]
    assert "执法人员将核查车辆及其运输许可" in truck["accept", "reporter"][0]
    assert "正在核实" in heap["accept", "reporter"][0]
    assert len(truck["accept", "reporter"]) == 1
    assert all("车牌" in text for text in truck["dispatch", "unit"])
    assert not any("车牌" in text for text in heap["dispatch", "unit"])
    assert "核实属实" in truck["verify", "reporter"][0]  # the general words where it has none of its own


def told(city: City, incident: int) -> dict[tuple[str, str], list[str]]:
    """The messages in Chinese by step and audience."""
    message, found = tables.message, dict[tuple[str, str], list[str]]()
    with city.db.begin(system_actor("seed")) as tx:
        for row in tx.execute(sa.select(message).where(message.c.incident_id == incident)):
            found.setdefault((row.step, row.audience), []).append(row.zh)
    return found


def test_an_incident_keeps_the_version_it_was_opened_under(city: City) -> None:
    first = city.report(city.officer(""), "路边一堆垃圾", SHIQIAOPU).incident
    short = (LimitRule("short", "*", "*", Stage.VERIFY, Limit(1, Clock.URGENT)),)
    with city.db.begin(system_actor("scenarios.install")) as tx:
        before = service.current_rulebook(tx)[0]
        after = service.install_rulebook(tx, replace(RULES, digest="second", limits=short))
        assert service.install_rulebook(tx, replace(RULES, digest="second", limits=short)) == after
        assert service.current_rulebook(tx)[0] == after == before + 1
    second = city.report(city.officer(""), "路边一堆垃圾", SHIQIAOPU).incident
    for incident, rule in ((first, "built-in.verify"), (second, "short")):
        city.move(city.officer("九龙坡区/石桥铺街道"), incident, "accept")
        assert {d.rule for d in city.life(incident).deadlines if d.stage == "verify"} == {rule}
    with city.db.begin(system_actor("scenarios.install")) as tx:
        assert service.install_rulebook(tx, RULES) == after + 1  # back to the first: a version of its own
        with pytest.raises(NotFound):
            rulebook.find(tx, 99)


def test_without_rules_the_door_says_so(db: Database) -> None:
    with db.begin(system_actor("seed")) as tx, pytest.raises(Unavailable):
        service.current_rulebook(tx)


def test_the_shipped_scenarios_route_in_the_small_city(city: City) -> None:
    """The folders that ship, installed over the door, lead a real report to a unit."""
    with city.db.begin(system_actor("scenarios.install")) as tx:
        scenarios.install(tx, [SCENARIOS])
    chief = city.officer("九龙坡区/石桥铺街道")
    incident = city.report(chief, "路边堆了一堆垃圾没人收", SHIQIAOPU, category="0102").incident
    while city.state(incident) in ("reported", "accepted", "verified", "filed"):
        step = {"reported": "accept", "accepted": "verify", "verified": "file"}
        city.move(chief, incident, step.get(city.state(incident), "dispatch"))
    life = city.life(incident)
    assert life.orders[0].role == "lead"
    assert life.incident.why["routing"]["rule"]
    city.check_history(incident)
