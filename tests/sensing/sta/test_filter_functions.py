"""ets-sta10, class A.2 (level 3): filteringExtension/GeoTests, DateTimeTests, FilterTests, JsonPropertiesTests."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sensing.sta.support import Sta, datastream, feature, location, observed, point, ref, sensor

pytestmark = pytest.mark.nightly

Numbers = list[int]
LINES = (((5, 52), (5, 53)), ((5, 52), (6, 53)), ((4, 52), (8, 52)))
TRIANGLE = {"type": "Polygon", "coordinates": [[[8, 53], [7, 52], [7, 53], [8, 53]]]}
SHAPES: list[dict[str, Any]] = [
    *(point(8, lat) for lat in (51, 52, 53, 54)),
    TRIANGLE,
    *({"type": "LineString", "coordinates": [list(one) for one in line]} for line in LINES),
]
STANDS = (0, 0, 1, 2, 3)  # the things of the first places
BOX = "geography'POLYGON((7.5 51.5, 7.5 53.5, 8.5 53.5, 8.5 51.5, 7.5 51.5))'"
TOUCHING = "geography'POLYGON((8 53, 7.5 54.5, 8.5 54.5, 8 53))'"
LINE, SHORT = "geography'LINESTRING(7.5 51, 7.5 54)'", "geography'LINESTRING(7.5 51.5, 7.5 53.5)'"
FAR = "geography'POINT(8 54.1)'"
BOTH = ("Locations", "FeaturesOfInterest")

# test → (sets, filter with {} for the geometry, the numbers of those that it finds)
GEO: dict[str, tuple[tuple[tuple[str, ...], str, Numbers], ...]] = {
    "testGeoDistance": (
        (("Locations",), f"geo.distance({{}}, {FAR}) lt 1", [3]),
        (("Locations",), f"geo.distance({{}}, {FAR}) gt 1", [0, 1, 2, 4, 5, 6, 7]),
        (("Observations",), f"geo.distance({{}}, {FAR}) lt 1", [3]),
        (("Observations",), f"geo.distance({{}}, {FAR}) gt 1", [0, 1, 2]),
    ),
    "testGeoIntersects": ((BOTH, f"geo.intersects({{}}, {LINE})", [4, 7]),),
    "testGeoLength": (
        (BOTH, "geo.length({}) gt 1", [6, 7]),
        (BOTH, "geo.length({}) ge 1", [5, 6, 7]),
        (BOTH, "geo.length({}) eq 1", [5]),
        (BOTH, "geo.length({}) ne 1", [0, 1, 2, 3, 4, 6, 7]),
        (BOTH, "geo.length({}) le 4", [0, 1, 2, 3, 4, 5, 6, 7]),
        (BOTH, "4 gt geo.length({})", [0, 1, 2, 3, 4, 5, 6]),
    ),
    "testStContains": ((("Locations", "Observations"), f"st_contains({BOX}, {{}})", [1, 2]),),
    "testStCrosses": ((BOTH, f"st_crosses({SHORT}, {{}})", [4, 7]),),
    "testStDisjoint": ((BOTH, f"st_disjoint({BOX}, {{}})", [0, 3, 5, 6]),),
    "testStEquals": ((BOTH, "st_equals({}, geography'POINT(8 53)')", [2]),),
    "testStIntersects": ((BOTH, f"st_intersects({{}}, {LINE}) eq true", [4, 7]),),
    "testStOverlaps": ((BOTH, f"st_overlaps({BOX}, {{}})", [4]),),
    "testStRelate": ((BOTH, f"st_relate({BOX}, {{}}, 'T********')", [1, 2, 4, 7]),),
    "testStTouches": ((BOTH, f"st_touches({TOUCHING}, {{}})", [2, 4]),),
    "testStWithin": ((BOTH, "st_within(geography'POINT(7.5 52.75)', {})", [4]),),
}
GEOMETRY = {
    "Locations": "location",
    "FeaturesOfInterest": "feature",
    "Observations": "FeatureOfInterest/feature",
}
T = {
    name: f"2016-01-01T{name[:2]}:{name[2:]}:00.000Z"
    for name in ("0600", "0659", "0700", "0701", "0759", "0800", "0801", "0900")
}
ONES = [(T[name], None) for name in T]
SPANS = [
    (T[start], T[end])
    for start, end in (
        ("0600", "0659"), ("0600", "0700"), ("0600", "0701"), ("0700", "0800"), ("0701", "0759"), ("0759", "0900"),
        ("0800", "0900"), ("0801", "0900"), ("0659", "0801"), ("0700", "0759"), ("0700", "0801"), ("0659", "0800"),
        ("0701", "0800"),
    )
]  # fmt: skip
TIMES = [
    *ONES, *SPANS,
    ("2015-01-01T06:00:00.000Z", None), ("2017-01-01T09:00:00.000Z", None),
    ("2015-01-01T06:00:00.000Z", "2015-01-01T07:00:00.000Z"), ("2017-01-01T09:00:00.000Z", "2017-01-01T10:00:00.000Z"),
]  # fmt: skip
SEVEN, EIGHT, HOUR = T["0700"], T["0800"], f"{T['0700']}/{T['0800']}"
WRONG = None  # the suite wants 400
Wanted = Numbers | None
BEFORE: dict[str, tuple[Numbers, Numbers]] = {  # (of resultTime, of validTime); phenomenonTime is either
    f"lt {SEVEN}": ([0, 1, 21], [8, 9, 23]),
    f"lt {HOUR}": ([0, 1, 21], [8, 9, 23]),
    f"le {SEVEN}": ([0, 1, 2, 21], [8, 9, 23]),
    f"le {HOUR}": ([0, 1, 2, 21], [8, 9, 10, 11, 17, 19, 23]),
    f"gt {EIGHT}": ([6, 7, 22], [15, 24]),
    f"gt {HOUR}": ([5, 6, 7, 22], [14, 15, 24]),
    f"ge {EIGHT}": ([5, 6, 7, 22], [14, 15, 24]),
    f"ge {HOUR}": ([5, 6, 7, 22], [11, 13, 14, 15, 18, 20, 24]),
    f"eq {EIGHT}": ([5], []),
    f"eq {HOUR}": ([], [11]),
}
MIRROR = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq"}
FUNCTIONS: dict[str, tuple[Wanted, Wanted]] = {
    f"before({{}},{SEVEN})": ([0, 1, 21], [8, 9, 23]),
    f"before({{}},{HOUR})": ([0, 1, 21], [8, 9, 23]),
    f"before({EIGHT},{{}})": ([6, 7, 22], [15, 24]),
    f"before({HOUR},{{}})": ([5, 6, 7, 22], [14, 15, 24]),
    f"after({{}},{EIGHT})": ([6, 7, 22], [15, 24]),
    f"after({{}},{HOUR})": ([5, 6, 7, 22], [14, 15, 24]),
    f"after({SEVEN},{{}})": ([0, 1, 21], [8, 9, 23]),
    f"after({HOUR},{{}})": ([0, 1, 21], [8, 9, 23]),
    f"meets({{}},{SEVEN})": ([2], [9, 11, 17, 18]),
    f"meets({{}},{HOUR})": ([2, 5], [9, 14]),
    f"meets({SEVEN},{{}})": ([2], [9, 11, 17, 18]),
    f"meets({HOUR},{{}})": ([2, 5], [9, 14]),
    f"during({{}},{SEVEN})": (WRONG, WRONG),
    f"during({{}},{HOUR})": ([2, 3, 4], [11, 12, 17, 20]),
    f"during({SEVEN},{{}})": (WRONG, [10, 11, 16, 17, 18, 19]),
    f"during({HOUR},{{}})": (WRONG, [11, 16, 18, 19]),
    f"overlaps({{}},{SEVEN})": ([2], [10, 11, 16, 17, 18, 19]),
    f"overlaps({{}},{HOUR})": ([2, 3, 4], [10, 11, 12, 13, 16, 17, 18, 19, 20]),
    f"overlaps({SEVEN},{{}})": ([2], [10, 11, 16, 17, 18, 19]),
    f"overlaps({HOUR},{{}})": ([2, 3, 4], [10, 11, 12, 13, 16, 17, 18, 19, 20]),
    f"starts({{}},{SEVEN})": ([2], [11, 17, 18]),
    f"starts({{}},{HOUR})": ([2], [11, 17, 18]),
    f"starts({SEVEN},{{}})": ([2], [11, 17, 18]),
    f"starts({HOUR},{{}})": ([2], [11, 17, 18]),
    f"finishes({{}},{EIGHT})": ([5], [11, 19, 20]),
    f"finishes({{}},{HOUR})": ([5], [11, 19, 20]),
    f"finishes({EIGHT},{{}})": ([5], [11, 19, 20]),
    f"finishes({HOUR},{{}})": ([5], [11, 19, 20]),
    "year({}) eq 2015": ([21], [23]),
}


@pytest.fixture(autouse=True)
def empty(sta: Sta) -> None:
    sta.clear()


def things(sta: Sta, number: int = 4) -> list[int]:
    return [sta.make("Things", {"name": f"Thing {n + 1}", "description": "x"}) for n in range(number)]


def stream_of(sta: Sta, thing: int) -> int:
    relations = {
        "Thing": ref(thing),
        "Sensor": sensor("Sensor 1"),
        "ObservedProperty": observed("Temperature"),
    }
    return sta.make("Datastreams", datastream("Datastream 1", **relations))


def found(sta: Sta, owner: str, text: str, ids: list[int]) -> Numbers:
    """The numbers of what a filter finds, by the order of creation."""
    return sorted(ids.index(ident) for ident in sta.ids(owner, filter=text, top=1000))


def test_geo(sta: Sta) -> None:
    """GeoTests, all methods on one set of entities."""
    known = things(sta)
    places = []
    for number, shape in enumerate(SHAPES):
        links = {"Things": [ref(known[STANDS[number]])]} if number < len(STANDS) else {}
        places.append(sta.make("Locations", location(f"Location {number}", shape, **links)))
    features = [sta.make("FeaturesOfInterest", feature(f"FoI {n}", shape)) for n, shape in enumerate(SHAPES)]
    streams = [stream_of(sta, thing) for thing in known[:3]]
    seen = []
    for number, stream in enumerate((streams[0], streams[0], streams[1], streams[2])):
        told = {"result": number + 1, "phenomenonTime": f"2016-01-0{number + 1}T01:01:01.000Z"}
        links = {"Datastream": ref(stream), "FeatureOfInterest": ref(features[number])}
        seen.append(sta.make("Observations", {**told, **links}))
    ids = {"Locations": places, "FeaturesOfInterest": features, "Observations": seen}
    for test, cases in GEO.items():
        for owners, text, wanted in cases:
            for owner in owners:
                assert found(sta, owner, text.format(GEOMETRY[owner]), ids[owner]) == wanted, (test, owner)
    text = f"not geo.intersects(location, {LINE}) and startswith(name, 'Location')"
    assert found(sta, "Locations", text, places) == [0, 1, 2, 3, 5, 6]
    near = "geo.distance(Locations/location, geography'POINT(8 53.9)') lt 0.5"
    assert found(sta, "Things", near, known) == [2]
    for wrong in ("geo.length(name) gt 1", "st_within(location, location)", "geo.distance(location, 3) lt 1"):
        assert sta.ask("GET", "Locations", filter=wrong).status_code == 400


def test_date_time(sta: Sta) -> None:
    """DateTimeTests, all methods on one set of Observations."""
    (thing,) = things(sta, 1)
    sta.make("Locations", location("Location 1.0", point(8, 51), Things=[ref(thing)]))
    stream = stream_of(sta, thing)
    ids = []
    for number, (start, end) in enumerate(TIMES):
        told: dict[str, Any] = {"result": number, "phenomenonTime": f"{start}/{end}" if end else start}
        told |= {"validTime": f"{start}/{end}"} if end else {"resultTime": start}
        ids.append(sta.make("Observations", {**told, "Datastream": ref(stream)}))
    cases: dict[str, tuple[Wanted, Wanted]] = dict(FUNCTIONS)
    for text, pair in BEFORE.items():
        op, constant = text.split()
        cases |= {f"{{}} {text}": pair, f"{constant} {MIRROR[op]} {{}}": pair}
    for text, (one, other) in cases.items():
        either = sorted([*(one or []), *(other or [])]) if other is not WRONG else WRONG
        for name, wanted in (("resultTime", one), ("validTime", other), ("phenomenonTime", either)):
            if wanted is WRONG:
                assert sta.ask("GET", "Observations", filter=text.format(name)).status_code == 400, text
            else:
                assert found(sta, "Observations", text.format(name), ids) == wanted, (text, name)


INTERVAL = "2016-01-02T01:01:01.000Z/2016-01-03T23:59:59.999Z"
INTERVALS: tuple[tuple[str, Numbers], ...] = (
    ("not validTime lt 2016-01-03T12:00:00Z and not validTime gt 2016-01-03T12:00:00Z", [2]),
    ("validTime add duration'P1D' gt 2016-01-03T01:01:00Z", [1, 2, 3]),
    ("validTime gt 2016-01-03T01:01:00Z sub duration'P1D'", [1, 2, 3]),
    ("validTime sub duration'P1D' gt 2016-01-03T01:01:00Z", [3]),
    (f"validTime lt {INTERVAL} add duration'P1D'", [0, 1]),
    (f"validTime gt {INTERVAL} sub duration'P1D'", [2, 3]),
    ("phenomenonTime sub 2016-01-03T01:01:01.000Z eq duration'P1D'", [3]),
)


def test_filter(sta: Sta) -> None:
    """FilterTests: testIndirectFilter, testTimeInterval."""
    known = things(sta)
    for name, number in (("1.0", 0), ("1.1", 0), ("2", 1), ("3", 2), ("4", 3)):
        sta.make("Locations", location(f"Location {name}", point(8, 51), Things=[ref(known[number])]))
    assert found(sta, "Things", "Locations/name eq 'Location 2'", known) == [1]
    assert found(sta, "Things", "startswith(HistoricalLocations/Location/name, 'Location 1')", known) == [0]
    stream, ids = stream_of(sta, known[3]), []
    for number in range(1, 5):
        day = f"2016-01-0{number}"
        told = {
            "phenomenonTime": f"{day}T01:01:01.000Z",
            "validTime": f"{day}T01:01:01.000Z/{day}T23:59:59.999Z",
        }
        ids.append(sta.make("Observations", {**told, "result": number, "Datastream": ref(stream)}))
    for text, wanted in INTERVALS:
        assert found(sta, "Observations", text, ids) == wanted, text


def letters(start: int) -> str:
    return "".join(chr(ord("a") + (start + n) % 26) for n in range(10))


def numbers(start: int, length: int = 5) -> list[int]:
    return list(range(start, start + length))


def told_of(number: int, start: int) -> dict[str, Any]:
    """The properties that the suite gives its entities, from a letter and a number on."""
    return {
        "string": letters(number), "boolean": number % 2 == 0, "int": start, "intArray": numbers(start),
        "intIntArray": [numbers(start + n, 3) for n in range(3)],
        "objArray": [
            {"string": letters(start + n), "boolean": (start + n) % 2 == 0, "int": start + n, "intArray": numbers(start + n, 3)}
            for n in range(3)
        ],
    }  # fmt: skip


JSON: tuple[tuple[str, str, Numbers], ...] = (
    ("Things", f"properties/string eq '{letters(2)}'", [2]),
    ("Observations", f"parameters/string eq '{letters(2)}'", [2]),
    ("Things", "substringof('cdefgh', properties/string)", [0, 1, 2]),
    ("Observations", "substringof('cdefgh', parameters/string)", [0, 1, 2]),
    ("Things", "properties/objArray[0]/string eq 'jklmnopqrs'", [1]),
    ("Observations", "parameters/objArray[0]/string eq 'jklmnopqrs'", [9]),
    ("Observations", "parameters/int eq '5'", [5, 15]),
    ("Things", "properties/int eq 10", [2]),
    ("Observations", "parameters/int eq 2", [2]),
    ("Things", "properties/int gt 9", [2, 3]),
    ("Observations", "parameters/int gt 8", [9, 10, 11, 12]),
    ("Things", "properties/int lt 9", [0]),
    ("Observations", "parameters/int lt 8", [0, 1, 2, 3, 4, 5, 6, 7]),
    ("Things", "properties/intArray[1] gt 10", [2, 3]),
    ("Observations", "parameters/intArray[1] gt 9", [9, 10, 11, 12]),
    ("Things", "properties/intArray[1] lt 10", [0]),
    ("Observations", "parameters/intArray[1] lt 9", [0, 1, 2, 3, 4, 5, 6, 7]),
    ("Things", "properties/intIntArray[1][0] gt 10", [2, 3]),
    ("Observations", "parameters/intIntArray[1][0] gt 9", [9, 10, 11, 12]),
    ("Things", "properties/objArray[1]/intArray[0] gt 10", [2, 3]),
    ("Observations", "parameters/objArray[1]/intArray[0] gt 9", [9, 10, 11, 12]),
    ("Things", "properties/boolean eq false", [1, 3]),
    ("Observations", "parameters/boolean eq false", [1, 3, 5, 7, 9, 11]),
    ("Things", "properties/boolean", [0, 2]),
    ("Observations", "parameters/boolean", [0, 2, 4, 6, 8, 10, 12]),
    ("Things", "not properties/boolean", [1, 3]),
    ("Observations", "not parameters/boolean", [1, 3, 5, 7, 9, 11]),
    ("Things", "properties/objArray[1]/boolean", [1, 3]),
    ("Observations", "parameters/objArray[1]/boolean", [1, 3, 5, 7, 9, 11]),
)


def test_json_properties(sta: Sta) -> None:
    """JsonPropertiesTests: string, number and boolean filters, and what is fetched by its place in JSON."""
    known = []
    for number in range(4):
        body = {"name": f"Thing {number}", "description": "x", "properties": told_of(number, number + 8)}
        known.append(sta.make("Things", body))
    sta.make("Locations", location("Location 1", point(8, 52), Things=[ref(known[0])]))
    stream = stream_of(sta, known[0])
    odd = told_of(13, 13)
    bad = [
        ("badVales1", {"int": letters(13), "string": False, "boolean": 13, "intArray": odd["intIntArray"]}),
        ("badVales2", {"boolean": letters(14), "int": True, "string": 14, "intArray": odd["objArray"]}),
        ("badVales3", {"boolean": "true", "int": "5"}),
    ]
    every = [*((n, told_of(n, n)) for n in range(13)), *bad]
    seen = [
        sta.make("Observations", {"result": result, "parameters": parameters, "Datastream": ref(stream)})
        for result, parameters in every
    ]
    ids = {"Things": known, "Observations": seen}
    for owner, text, wanted in JSON:
        assert found(sta, owner, text, ids[owner]) == wanted, text
    for path, told in (
        (f"Things({known[0]})/properties", told_of(0, 8)),
        (f"Observations({seen[0]})/parameters", told_of(0, 0)),
    ):
        for name in ("string", "boolean", "int", "intArray"):
            assert sta.get(f"{path}/{name}") == {name: told[name]}
        assert sta.get(f"{path}/intArray[1]") == {"intArray[1]": told["intArray"][1]}
        assert sta.get(f"{path}/intIntArray[0][1]") == {"intIntArray[0][1]": told["intIntArray"][0][1]}
        assert sta.get(f"{path}/objArray[0]/string") == {"string": told["objArray"][0]["string"]}
        assert sta.ask("GET", f"{path}/nothing").status_code == 404
