"""Things stay in their jurisdiction: lists and tables hold those of the model, and nobody registers any beyond it."""

from __future__ import annotations

import pytest

from chengyun.kernel.sheets import rows_of
from tests.web.cast import PLACES, STAFF, Sight
from tests.web.support import Look


@pytest.mark.parametrize("who", STAFF)
def test_things_are_those_of_the_model(sight: Sight, look: Look, who: str) -> None:
    eyes, expected = look(who), sight.senses(who)
    answer = eyes.ask("GET", "/api/sensing/things")
    if STAFF[who][2] == "resident":
        assert answer.status_code == 403
        return
    names = {thing: name for name, thing in sight.register.things.items()}
    assert {names[row["id"]] for row in answer.json()["rows"]} == expected
    assert answer.json()["total"] == len(expected)
    table = rows_of(eyes.ask("GET", "/api/sensing/things-export").content)
    marks = {sight.register.cases[name].mark for name in expected}
    assert {line[0] for line in table[1:]} == {f"T{mark}" for mark in marks}
    for name in PLACES:
        found = eyes.ask("GET", f"/api/sensing/things/{sight.register.things[name]}").status_code
        assert found == (200 if name in expected else 404), name


def test_nobody_registers_things_beyond_their_jurisdiction(sight: Sight, look: Look) -> None:
    place = sight.register.cases["own"]
    body = {"code": "x-1", "kind": "gas", "name": "试探", "lon": place.lon, "lat": place.lat}
    eyes = look("p-sibling-admin")
    assert eyes.ask("POST", "/api/sensing/things", body).json()["fields"][0]["code"] == "thing.outside"
    table = f"code,name,type,longitude,latitude\nx-1,试探,gas,{place.lon},{place.lat}"
    files = {"file": ("a.csv", table.encode())}
    answer = eyes.ask("POST", "/api/sensing/things-import", files=files, data={"dry_run": "false"})
    assert [one["code"] for one in answer.json()["fields"]] == ["thing.outside"]
    for who in ("p-town", "p-city", "p-grid"):
        assert look(who).ask("POST", "/api/sensing/things", body).status_code == 403, who
    assert look("p-admin").get("/api/sensing/things", q="x-1")["total"] == 0
