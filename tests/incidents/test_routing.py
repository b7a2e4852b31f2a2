"""Routing, pure: first match wins, the duty matrix behind it, always a trace and an alternative."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from chengyun.incidents.contracts import DutyLine, Role, RoutingRule, Rulebook, UnitBrief, UnitRef
from chengyun.incidents.dispatch.routing import Facts, decide, mismatch
from tests.incidents.pure import BANAN, CITY, HUAXI, JLP, LINES, NAMES, SQP, UNITS, ZZP, unit

FACTS = Facts(
    category="0102",
    level="yellow",
    channel="resident",
    event="reported",
    settlement="urban",
    at=time(23, 30),
    owner_level="town",
    place={"city": CITY, "district": JLP, "town": SQP, "village": ZZP},
    owner={"city": CITY, "district": JLP, "town": SQP},
    returns=1,
    border_m=30.0,
)


def find(kind: str, region: int) -> UnitBrief | None:
    return UNITS.get((kind, region))


def rule(id: str, when: dict[str, object], lead: UnitRef, *assist: UnitRef, **more: Any) -> RoutingRule:
    return RoutingRule(id, "test", f"因为{id}", f"because {id}", when, lead, assist, **more)


def book(*rules: RoutingRule, duties: tuple[DutyLine, ...] = ()) -> Rulebook:
    return Rulebook("", {}, (), (), rules, duties, ())


TEAM = UnitRef("enforcement-team", "town")
BUREAU = UnitRef("city-management", "district")
MATRIX = (
    DutyLine("01*", "town", "enforcement-team", ("sanitation", "nobody"), ("community",), "1.2"),
    DutyLine("*", "district", "city-management", ("housing",), ("enforcement-team",), "3"),
)


def test_the_first_match_wins_and_the_next_is_told_as_rejected() -> None:
    rules = book(
        rule("red-only", {"level": "red"}, BUREAU),
        rule("night", {"hours": "22:00-06:00"}, TEAM, auto=True, source="routing.yaml:3"),
        rule("same", {}, TEAM),
        rule("any", {}, BUREAU),
    )
    decision = decide(rules, FACTS, find)
    assert (decision.rule, decision.auto, decision.source) == ("night", True, "routing.yaml:3")
    assert decision.lead == UNITS["enforcement-team", SQP]
    assert [(unit.id, by) for unit, by, _, _ in decision.rejected] == [(unit("city-management", JLP), "any")]
    assert decision.trace == ("red-only: level is not red", "night: applies")


def unit_ids(decision: Any) -> list[tuple[Role, int]]:
    return [(chosen.role, chosen.unit.id) for chosen in decision.units]


def test_the_duty_matrix_stands_behind_the_rules() -> None:
    decision = decide(book(duties=MATRIX), FACTS, find)
    assert decision.rule == "duty:1.2"
    assert unit_ids(decision) == [
        (Role.LEAD, unit("enforcement-team", SQP)),
        (Role.ASSIST, unit("sanitation", SQP)),
        (Role.ASSIGNED, unit("community", ZZP)),
    ]
    assert "no assist unit nobody at town" in " ".join(decision.trace)
    other = decide(book(duties=MATRIX), replace(FACTS, category="0900"), find)
    assert (other.rule, other.lead) == ("duty:3", UNITS["city-management", JLP])


def test_a_unit_that_does_not_exist_leads_nothing() -> None:
    rules = book(rule("ghost", {}, UnitRef("navy", "town")), duties=MATRIX[1:])
    assert decide(rules, FACTS, find).rule == "duty:3"
    nothing = decide(book(rule("ghost", {}, UnitRef("navy", "town"))), FACTS, find)
    assert (nothing.units, nothing.lead, nothing.trace) == ((), None, ("ghost: no unit navy at town",))


def test_with_one_rule_only_the_level_above_is_the_alternative() -> None:
    decision = decide(book(rule("only", {}, TEAM)), FACTS, find)
    assert decision.rejected[0][0] == UNITS["centre", JLP]


def test_the_owner_of_a_transfer_uses_its_own_units() -> None:
    moved = replace(FACTS, owner_level="district", owner={"city": CITY, "district": BANAN})
    decision = decide(book(rule("in", {}, BUREAU, TEAM)), moved, find)
    assert unit_ids(decision) == [(Role.LEAD, unit("city-management", BANAN))]
    assert "in: no assist unit enforcement-team at town" in decision.trace


def test_outside_its_area_the_owner_has_only_its_own_units() -> None:
    """The truck stands in 石桥铺, the centre of 巴南 owns it: nobody of 石桥铺 or 九龙坡 is in its reach."""
    moved = replace(FACTS, owner_level="district", owner={"city": CITY, "district": BANAN})
    rules = book(
        rule("team", {}, TEAM),
        rule("desk", {}, UnitRef("centre", "town"), UnitRef("community", "village"), TEAM, BUREAU),
        duties=MATRIX,
    )
    decision = decide(rules, moved, find)
    assert decision.trace[0] == "team: no unit enforcement-team at town"
    assert (decision.rule, unit_ids(decision)) == (
        "desk",
        [(Role.LEAD, unit("centre", BANAN)), (Role.ASSIST, unit("city-management", BANAN))],
    )
    assert decision.why_zh == (
        f"因为desk（位置在辖区之外，镇街单位改由{NAMES[BANAN]}centre承担）（位置在辖区之外，村社区单位需由本中心另行指定）"
        "（位置在辖区之外，镇街单位需由本中心另行指定）"
    )
    assert "outside this centre's area: this centre has yet to name the town's unit" in decision.why_en
    matrix = decide(book(duties=MATRIX), moved, find)
    assert unit_ids(matrix) == [
        (Role.LEAD, unit("city-management", BANAN)),
        (Role.ASSIST, unit("housing", BANAN)),
    ]
    assert "镇街单位需由本中心另行指定" in matrix.why_zh
    town = replace(FACTS, owner={"city": CITY, "district": BANAN, "town": HUAXI})
    for one in (decide(book(rule("only", {}, TEAM)), town, find), decide(book(duties=MATRIX), town, find)):
        reached = {chosen.unit for chosen in one.units} | {rejected for rejected, _, _, _ in one.rejected}
        theirs = {found for (_, region), found in UNITS.items() if region in (CITY, BANAN, HUAXI)}
        assert reached <= theirs


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({}, True),
        ({"category": "01*"}, True),
        ({"category": ["02*", "0102"]}, True),
        ({"category": ["02*"]}, False),
        ({"level": ["red", "yellow"]}, True),
        ({"event": "transferred-in"}, False),
        ({"channel": "resident"}, True),
        ({"place": "rural"}, False),
        ({"owner": "town"}, True),
        ({"hours": "08:00-18:00"}, False),
        ({"hours": "22:00-06:00"}, True),
        ({"hours": "23:30-24:00"}, True),
        ({"hours": "00:00-23:30"}, False),
        ({"returns": 1}, True),
        ({"returns": {">=": 2}}, False),
        ({"border_m": {">": 10, "<=": 30}}, True),
        ({"border_m": {"<": 30}}, False),
        ({"border_m": {"?": 1}}, False),
        ({"returns": {"<": "two"}}, False),
        ({"any": [{"level": "red"}, {"returns": 1}]}, True),
        ({"all": [{"level": "yellow"}, {"returns": 2}]}, False),
        ({"not": {"level": "red"}}, True),
        ({"not": {"level": "yellow"}}, False),
        ({"weather": "rain"}, False),
    ],
)
def test_conditions(when: dict[str, object], holds: bool) -> None:
    assert (mismatch(when, FACTS) == "") is holds
    assert LINES[SQP] == (SQP, JLP, CITY)
