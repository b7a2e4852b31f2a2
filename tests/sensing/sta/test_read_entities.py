"""ets-sta10, conformance class A.1 Sensing Core (level 1): sensingCore/Capability1Tests, method by method."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sensing.sta.filled import fill
from tests.sensing.sta.support import BASE, NOWHERE, PROPERTIES, RELATIONS, SETS, Sta

DEEP = 4  # resourcePathLevel
STRUCTURED = ("location", "feature", "unitOfMeasurement")


@pytest.fixture(scope="module", autouse=True)
def filled(sta: Sta) -> None:
    fill(sta)


def whole(owner: str, entity: dict[str, Any]) -> None:
    """checkEntityAllAspectsForResponse: control information, mandatory properties and relations."""
    assert entity["@iot.selfLink"].endswith(f"{BASE}/{owner}({entity['@iot.id']})")
    assert set(PROPERTIES[owner]) <= set(entity)
    for relation in RELATIONS[owner]:
        link = entity[f"{relation}@iot.navigationLink"]
        assert link == f"{entity['@iot.selfLink']}/{relation}"


@pytest.mark.parametrize("owner", SETS)
def test_read_entities_and_check_response(sta: Sta, owner: str) -> None:
    entities = sta.value(owner)
    assert entities
    for entity in entities:
        whole(owner, entity)


@pytest.mark.parametrize("owner", SETS)
def test_read_nonexistent_entity(sta: Sta, owner: str) -> None:
    assert sta.ask("GET", f"{owner}({NOWHERE})").status_code == 404


@pytest.mark.parametrize("owner", SETS)
def test_read_entity_and_check_response(sta: Sta, owner: str) -> None:
    ident = sta.ids(owner)[0]
    whole(owner, sta.get(f"{owner}({ident})"))


@pytest.mark.parametrize("owner", SETS)
def test_read_property_of_entity_and_check_response(sta: Sta, owner: str) -> None:
    entity = sta.value(owner)[0]
    for name in PROPERTIES[owner]:
        answer = sta.ask("GET", f"{owner}({entity['@iot.id']})/{name}")
        if entity[name] is None:
            assert answer.status_code == 204
            continue
        assert answer.json() == {name: entity[name]}
        value = sta.ask("GET", f"{owner}({entity['@iot.id']})/{name}/$value")
        assert value.status_code == 200
        assert value.text.startswith("{") == (name in STRUCTURED)


@pytest.mark.parametrize("owner", SETS)
def test_check_resource_paths(sta: Sta, owner: str) -> None:
    """Every chain of relations four levels deep answers, by itself and as $ref."""
    asked = walk(sta, owner, owner, 1)
    assert asked > 2


def walk(sta: Sta, path: str, owner: str, level: int) -> int:
    found = sta.value(path)
    assert found, path
    refs = sta.value(f"{path}/$ref")
    assert refs == [{"@iot.selfLink": one["@iot.selfLink"]} for one in found]
    asked = 2
    if level == DEEP:
        return asked
    ident = found[0]["@iot.id"]
    for relation, target in RELATIONS[owner].items():
        there = f"{path}({ident})/{relation}"
        if relation in SETS:
            asked += walk(sta, there, target, level + 1)
        else:
            whole(target, sta.get(there))
            asked += 1
    return asked


def test_check_service_root_uri(sta: Sta) -> None:
    found = sta.get("")
    links = {one["name"]: one["url"] for one in found["value"]}
    assert set(links) == set(SETS)
    assert all(url.endswith(f"{BASE}/{name}") for name, url in links.items())
    assert sta.ask("GET", f"{sta.client.base_url}{BASE}").json() == found
