"""Alarms stay in their jurisdiction: lists, storms and figures are those of the model."""

from __future__ import annotations

import pytest

from tests.web.cast import PLACES, STAFF, Sight
from tests.web.support import Look


@pytest.mark.parametrize("who", STAFF)
def test_alarms_are_those_of_the_model(sight: Sight, look: Look, who: str) -> None:
    eyes, expected = look(who), sight.senses(who)
    answer = eyes.ask("GET", "/api/vitals/alarms?limit=200")
    if answer.status_code == 403:
        assert not any(case.mark in answer.text for case in sight.register.cases.values())
        return
    names = {alarm: name for name, alarm in sight.register.alarms.items()}
    assert {names[row["id"]] for row in answer.json()["items"]} == expected
    assert sum(answer.json()["open"]) == len(expected)
    analysis = eyes.ask("GET", "/api/vitals/alarms/analysis").json()
    assert analysis["raised"] == len(expected) == sum(count for _, count in analysis["by_day"])
    assert len(analysis["by_day"]) == 31, "days without an alarm too"
    storms = eyes.ask("GET", "/api/vitals/alarms/storms").json()
    assert sum(storm["count"] for storm in storms) == len(expected)
    for name in PLACES:
        found = eyes.ask("GET", f"/api/vitals/alarms/{sight.register.alarms[name]}").status_code
        assert found == (200 if name in expected else 404), name
