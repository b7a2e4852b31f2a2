"""ets-sta10, class A.2 Filtering Extension (level 3): filteringExtension/Capability3Tests, method by method."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

import pytest

from tests.sensing.sta.filled import fill
from tests.sensing.sta.support import PROPERTIES, RELATIONS, SETS, Sta

pytestmark = pytest.mark.nightly

COUNTS = {
    "Things": 2, "Locations": 2, "HistoricalLocations": 4, "Datastreams": 4, "Sensors": 4, "ObservedProperties": 3,
    "Observations": 12, "FeaturesOfInterest": 2,
}  # fmt: skip
STRUCTURED = ("location", "feature", "unitOfMeasurement")
# EntityPropertiesSampleValue: a value of each property in the middle of those that there are
SAMPLES: dict[str, dict[str, Any]] = {
    "Things": {"name": "thing 1", "description": "thing 1"},
    "Locations": {
        "name": "location 1",
        "description": "location 1",
        "encodingType": "http://example.org/location_types/GeoJSON",
    },
    "HistoricalLocations": {"time": "2016-01-01T00:00:00.000Z"},
    "Datastreams": {
        "name": "datastream 2",
        "description": "datastream 2",
        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
    },
    "Sensors": {"name": "sensor 2", "description": "sensor 2", "encodingType": "application/pdf", "metadata": "sensor 2.pdf"},
    "ObservedProperties": {"name": "observedProperty 2", "description": "observedProperty 2"},
    "Observations": {"result": 5, "phenomenonTime": "2015-03-05T00:00:00.000Z"},
    "FeaturesOfInterest": {"name": "location 1", "description": "location 1"},
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def filled(sta: Sta) -> None:
    fill(sta)


def beneath(sta: Sta, owner: str) -> list[tuple[str, str, bool]]:
    """Relations of the set's first entity: path, set, whether they are several."""
    ident = sta.ids(owner)[0]
    return [(f"{owner}({ident})/{name}", target, name in SETS) for name, target in RELATIONS[owner].items()]


def entities(sta: Sta, path: str, **options: Any) -> list[dict[str, Any]]:
    found = sta.get(path, **options)
    listed: list[dict[str, Any]] = found.get("value", [found])
    return listed


@pytest.mark.parametrize("owner", SETS)
def test_read_entities_with_select_qo(sta: Sta, owner: str) -> None:
    for path, target, _ in [(owner, owner, True), *beneath(sta, owner)]:
        names = PROPERTIES[target]
        chosen = [*((name,) for name in names), *(names[: n + 1] for n in range(len(names)))]
        for names in chosen:
            for entity in entities(sta, path, select=",".join(names)):
                assert set(entity) == set(names)
    relation = next(iter(RELATIONS[owner]))
    for entity in sta.value(owner, select=f"id,{relation}"):
        assert set(entity) == {"@iot.id", f"{relation}@iot.navigationLink"}


@pytest.mark.parametrize("owner", SETS)
def test_read_entities_with_expand_qo(sta: Sta, owner: str) -> None:
    """One relation, several, those of relations; of a set, and of what an entity of it leads to."""
    for path, target, _ in [(owner, owner, True), *beneath(sta, owner)]:
        ways = [(name,) for name in RELATIONS[target]]
        ways += [(name, more) for name, there in RELATIONS[target].items() for more in RELATIONS[there]]
        for way in ways:
            for entity in entities(sta, path, expand="/".join(way)):
                expanded(entity, target, way)
        every = ",".join("/".join(way) for way in ways)
        for entity in entities(sta, path, expand=every):
            for way in ways:
                expanded(entity, target, way)


def expanded(entity: dict[str, Any], owner: str, way: tuple[str, ...]) -> None:
    name, *rest = way
    target = RELATIONS[owner][name]
    found = entity[name]
    assert isinstance(found, list) == (name in SETS)
    listed = found if isinstance(found, list) else [found]
    assert listed
    assert f"{name}@iot.navigationLink" not in entity
    for one in listed:
        assert set(PROPERTIES[target]) <= set(one)
        if rest:
            expanded(one, target, tuple(rest))


def test_expand_takes_options_of_its_own(sta: Sta) -> None:
    """Query options within $expand (SensorThings 1.1, 9.3.2.1)."""
    inner = "$filter=result gt 1;$orderby=result desc;$top=1;$select=result;$count=true"
    found = sta.value("Datastreams", expand=f"Observations({inner}),Thing($select=name)", orderby="id")
    assert [one["Observations"] for one in found] == [[{"result": n}] for n in (3, 6, 9, 12)]
    assert [one["Observations@iot.count"] for one in found] == [2, 3, 3, 3]
    assert {one["Thing"]["name"] for one in found} == {"thing 1", "thing 2"}
    assert [len(one) for one in (found[0]["Thing"], found[0]["Observations"][0])] == [1, 1]
    more = sta.ask("GET", found[0]["Observations@iot.nextLink"]).json()
    assert len(more["value"]) == 1
    inner = "Datastreams($expand=Observations($orderby=phenomenonTime desc;$top=1;$expand=FeatureOfInterest))"
    (thing,) = sta.value("Things", expand=inner, filter="name eq 'thing 1'")
    latest = [stream["Observations"][0] for stream in thing["Datastreams"]]
    assert [one["result"] for one in latest] == [3, 6]
    assert {one["FeatureOfInterest"]["name"] for one in latest} == {"location 2"}


@pytest.mark.parametrize("owner", SETS)
def test_read_entities_with_top_qo(sta: Sta, owner: str) -> None:
    for top in (1, 2, 3, 4, 5, 12, 13):
        found = sta.get(owner, top=top)
        assert len(found["value"]) == min(top, COUNTS[owner])
        assert ("@iot.nextLink" in found) == (top < COUNTS[owner])
    for path, _, many in beneath(sta, owner):
        if many:
            total = sta.get(path, count="true")["@iot.count"]
            found = sta.get(path, top=3)
            assert len(found["value"]) == min(3, total)
            assert ("@iot.nextLink" in found) == (total > 3)


@pytest.mark.parametrize("owner", SETS)
def test_read_entities_with_skip_qo(sta: Sta, owner: str) -> None:
    for skip in (1, 2, 3, 4, 12):
        found = sta.get(owner, skip=skip)
        assert len(found["value"]) == max(0, COUNTS[owner] - skip)
        assert "@iot.nextLink" not in found
    for path, _, many in beneath(sta, owner):
        if many:
            total = len(sta.value(path))
            assert len(sta.value(path, skip=1)) == total - 1


@pytest.mark.parametrize("owner", SETS)
def test_next_links_lead_through_everything_once(sta: Sta, owner: str) -> None:
    seen, link = [], f"{owner}?$top=2&$orderby=id%20desc&$count=true"
    for _ in range(10):
        found = sta.ask("GET", link).json()
        assert found["@iot.count"] == COUNTS[owner]
        seen += [one["@iot.id"] for one in found["value"]]
        if "@iot.nextLink" not in found:
            break
        link = found["@iot.nextLink"]
    assert len(seen) == len(set(seen)) == COUNTS[owner]


@pytest.mark.parametrize("owner", SETS)
def test_read_entities_with_orderby_qo(sta: Sta, owner: str) -> None:
    for path, target, many in [(owner, owner, True), *beneath(sta, owner)]:
        if not many:
            continue
        names = [name for name in PROPERTIES[target] if name != "unitOfMeasurement"]
        for name in names:
            for direction in ("", " asc", " desc"):
                found = [sorting(one[name]) for one in sta.value(path, orderby=f"{name}{direction}")]
                assert found == sorted(found, reverse=direction == " desc")
        found = [[sorting(one[name]) for name in names] for one in sta.value(path, orderby=",".join(names))]
        assert found == sorted(found)
        by = ",".join(f"{name} desc" for name in names)
        found = [[sorting(one[name]) for name in names] for one in sta.value(path, orderby=by)]
        assert found == sorted(found, reverse=True)


def sorting(value: Any) -> Any:
    """How values are ordered: numbers by size, places by what stands in them, nothing as itself."""
    if isinstance(value, dict):
        return str(value["coordinates"])
    return "" if value is None else value


def test_orderby_goes_through_relations(sta: Sta) -> None:
    names = [one["name"] for one in sta.value("Datastreams", orderby="Thing/name desc,Sensor/name")]
    assert names == ["datastream 3", "datastream 4", "datastream 1", "datastream 2"]
    assert sta.ask("GET", "Things", orderby="Datastreams/name").status_code == 400


@pytest.mark.parametrize("owner", SETS)
def test_read_entities_with_count_qo(sta: Sta, owner: str) -> None:
    assert sta.get(owner, count="true", top=1)["@iot.count"] == COUNTS[owner]
    assert "@iot.count" not in sta.get(owner, count="false")
    for path, _, many in beneath(sta, owner):
        if many:
            assert sta.get(path, count="true")["@iot.count"] == len(sta.value(path))
            assert "@iot.count" not in sta.get(path, count="false")


@pytest.mark.parametrize("owner", SETS)
def test_read_entities_with_filter_qo(sta: Sta, owner: str) -> None:
    """lt, le, eq, ge, gt on every property: the five answers divide what there is as its values do."""
    for path, target, many in [(owner, owner, True), *beneath(sta, owner)]:
        if not many:
            continue
        for name, sample in SAMPLES[target].items():
            text = f"'{sample}'" if isinstance(sample, str) and "Z" not in sample else sample
            known = [starting(one[name]) for one in sta.value(path)]
            for op, test in OPERATORS.items():
                found = sta.value(path, filter=f"{name} {op} {text}")
                values = sorted(starting(one[name]) for one in found)
                assert values == sorted(v for v in known if test(v, starting(sample))), (name, op)


OPERATORS: dict[str, Any] = {
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "eq": lambda a, b: a == b,
    "ge": lambda a, b: a >= b,
    "gt": lambda a, b: a > b,
}


def starting(value: Any) -> Any:
    """A value as it is compared; of an interval the start."""
    if isinstance(value, str) and value[:2] == "20":
        return datetime.fromisoformat(value.partition("/")[0])
    return value


def test_check_queries_priority_ordering(sta: Sta) -> None:
    """Text constants compare with results as texts, so that '4' to '9' are greater than '3' and 10 is not."""
    options = {
        "count": "true",
        "top": 1,
        "skip": 2,
        "orderby": "phenomenonTime asc",
        "filter": "result gt '3'",
    }
    found = sta.get("Observations", **options)
    assert found["@iot.count"] == 6
    assert [str(one["result"]) for one in found["value"]] == ["6"]
    assert sta.get("Observations", count="true", filter="result gt 3")["@iot.count"] == 9


FILTERS: tuple[tuple[str, str, list[Any]], ...] = (
    # (set, filter, results or names): SensorThings 1.1, tables 23 and 24
    ("Observations", "result add 2 eq 5 or result mul 2 eq 10", [3, 5]),
    ("Observations", "result mod 5 eq 0 and not (result sub 10 eq 0)", [5]),
    ("Observations", "result div 4 ge 2.75", [11, 12]),
    ("Observations", "result div 0 eq 1", []),
    (
        "Observations",
        "day(phenomenonTime) eq 7 and month(phenomenonTime) eq 3 and hour(phenomenonTime) eq 0",
        [7],
    ),
    ("Observations", "Datastream/Thing/name eq 'thing 2' and result lt 9", [7, 8]),
    ("Observations", "FeatureOfInterest/name eq 'location 2' and result le 2", [1, 2]),
    ("Observations", "phenomenonTime gt now()", []),
    ("Observations", "date(phenomenonTime) eq '2015-03-04'", [4]),
    ("Observations", "resultTime eq null and result le 1", [1]),
    ("Observations", "round(result div 3) eq 4", [11, 12]),
    ("Observations", "floor(result div 3) eq 3 and ceiling(result div 3) eq 4", [10, 11]),
    ("Things", "substringof('ing 1', name)", ["thing 1"]),
    ("Things", "endswith(description, '2') and startswith(name, 'thing')", ["thing 2"]),
    ("Things", "length(name) eq 7 and indexof(name, '2') eq 6", ["thing 2"]),
    ("Things", "substring(name, 6) eq '1' or substring(name, 0, 5) eq 'other'", ["thing 1"]),
    ("Things", "toupper(name) eq 'THING 1' and tolower('ThinG 1') eq name", ["thing 1"]),
    ("Things", "concat(concat(name, ', '), trim(' x ')) eq 'thing 2, x'", ["thing 2"]),
    ("Things", "properties/reference eq 'second'", ["thing 2"]),
    ("Things", "Datastreams/Observations/result gt 11", ["thing 2"]),
    (
        "Things",
        "Datastreams/Sensor/name eq 'sensor 2' and Datastreams/Sensor/name eq 'sensor 1'",
        ["thing 1"],
    ),
    ("Datastreams", "unitOfMeasurement/symbol eq 'Cel' and name eq 'datastream 1'", ["datastream 1"]),
)


@pytest.mark.parametrize(("owner", "text", "wanted"), FILTERS, ids=[one[1] for one in FILTERS])
def test_built_in_operations_and_functions(sta: Sta, owner: str, text: str, wanted: list[Any]) -> None:
    name = "result" if owner == "Observations" else "name"
    assert [one[name] for one in sta.value(owner, filter=text, orderby=name)] == wanted


WRONG = (
    ("filter", "name eq"), ("filter", "name eq 'x"), ("filter", "nmae eq 'x'"), ("filter", "name gt 3"),
    ("filter", "foo(name)"), ("filter", "name"), ("filter", "(" * 90 + "1 eq 1" + ")" * 90),
    ("filter", "length(name) eq 7 and"), ("filter", "Datastreams eq 1"), ("filter", "name eq 'a\x00'"),
    ("orderby", "nmae"), ("orderby", "name up"), ("select", "nmae"), ("expand", "Observation"),
    ("expand", "Datastreams($top=x)"), ("expand", "Datastreams("), ("top", "-1"), ("top", "x"), ("skip", "1.5"),
    ("count", "yes"), ("resultFormat", "dataArray"), ("format", "json"),
    ("filter", "Datastreams/Observations/phenomenonTime add duration'P999999999D' gt now()"),
)  # fmt: skip


@pytest.mark.parametrize(("option", "text"), WRONG, ids=[f"{o}={t[:30]!r}" for o, t in WRONG])
def test_a_wrong_option_is_told_as_such(sta: Sta, option: str, text: str) -> None:
    answer = sta.ask("GET", "Things", **{option: text})
    assert answer.status_code == 400
    assert answer.json()["status"] == 400


NO_PATHS = (
    "Thing", "Things(1)/Things", "Things(x)", "Things(1)/name/$ref", "Things/name", "Things/$value", "$ref",
    "Things('1", "MultiDatastreams", "Things(1)/Datastreams(2)(3)", "/".join(["Things"] * 20),
)  # fmt: skip


@pytest.mark.parametrize("path", NO_PATHS)
def test_what_leads_nowhere_is_not_found(sta: Sta, path: str) -> None:
    for method in ("GET", "POST", "PATCH", "PUT", "DELETE"):
        assert sta.ask(method, path, {}).status_code in (400, 404), method


def test_the_order_of_conditions_does_not_matter(sta: Sta) -> None:
    parts = ("result gt 2", "result lt 9", "Datastream/name eq 'datastream 2'")
    answers = [sta.ids("Observations", filter=" and ".join(order)) for order in itertools.permutations(parts)]
    assert all(found == answers[0] for found in answers)
    assert len(answers[0]) == 3
