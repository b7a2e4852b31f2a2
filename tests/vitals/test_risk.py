"""风险一张图: the method by properties, and the routes over HTTP on a real PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.transactions import Tx
from chengyun.sensing.live.shared import announce, digest_of, published
from chengyun.territory import service as territory
from chengyun.vitals.board import Board
from chengyun.vitals.contracts import EpisodeKind, Level
from chengyun.vitals.risk.rules import BOUNDS, DROP, POINTS, Facts, judged, of_alarm, of_incident
from tests.support import Cluster
from tests.vitals import lookup_support as made
from tests.vitals.lookup_support import METHANE, PRESSURE, STRAIN
from tests.web.support import Hub, direct, hire, hub_on, ruled_template, sign_in

TOWN, SIBLING, OTHER = "九龙坡区/石桥铺街道", "九龙坡区/杨家坪街道", "巴南区/花溪街道"
GRID = f"{TOWN}/寨子坪社区/001 网格"
NEXT = f"{TOWN}/寨子坪社区/002 网格"
FAR = f"{OTHER}/寨子坪社区/001 网格"
STAFF = {
    "k-city": ("centre", "", "city-duty"),
    "k-chief": ("centre", "九龙坡区", "duty-chief"),
    "k-town": ("centre", TOWN, "town-duty"),
    "k-bureau": ("housing", "九龙坡区", "department"),
}
NOW = datetime.now(UTC).replace(microsecond=0)


# --- the method -------------------------------------------------------------------------------------------------------
FACTS = st.lists(
    st.tuples(
        st.integers(0, 3), st.sampled_from([*POINTS, 0.25, 0.5, 1.5, 12.0]), st.integers(0, 4), st.booleans(), st.integers(0, 40)
    ),
    max_size=30,
)  # fmt: skip
LEVELS = st.sampled_from(sorted(BOUNDS))


def plain(level: str, facts: list[tuple[int, float, int, bool, int]], at: int) -> int:
    """The method as a person would do it with a pencil."""
    here = [(points * n, worst if own else max(worst - DROP[level], 0)) for place, points, worst, own, n in facts if place == at and n]  # fmt: skip
    total = sum(points for points, _ in here)
    by_sum = sum(total >= bound for bound in BOUNDS[level])
    return max([by_sum, *(seen for _, seen in here)])


@given(LEVELS, FACTS)
def test_many_regions_at_once_are_judged_as_each_by_hand(level: str, facts: Any) -> None:
    found = judged(level, 4, Facts.of(facts))
    assert found.level.tolist() == [plain(level, facts, at) for at in range(4)]


@given(LEVELS, FACTS, st.randoms())
def test_the_order_of_facts_and_what_counts_nothing_change_nothing(
    level: str, facts: Any, chance: Any
) -> None:
    mixed = [*facts, (2, 0.0, 0, True, 1), (1, 8.0, 4, True, 0)]
    chance.shuffle(mixed)
    assert judged(level, 4, Facts.of(mixed)).level.tolist() == judged(level, 4, Facts.of(facts)).level.tolist()  # fmt: skip


@given(LEVELS, FACTS, FACTS)
def test_more_facts_never_make_it_better(level: str, facts: Any, more: Any) -> None:
    fewer, all_ = judged(level, 4, Facts.of(facts)), judged(level, 4, Facts.of([*facts, *more]))
    assert (all_.level >= fewer.level).all()
    assert (np.maximum(all_.single, all_.summed) == all_.level).all()


ALARMS = st.tuples(st.sampled_from(list(EpisodeKind)), st.integers(1, 4), st.integers(0, 100), st.booleans())


@given(ALARMS)
def test_an_alarm_weighs_by_its_level_and_how_it_stands(told: Any) -> None:
    kind, level, hours, heard = told
    began = NOW - timedelta(hours=hours)
    found = of_alarm(kind, level, began, heard, None, NOW)
    assert found.level <= level
    assert 0 < found.points <= POINTS[level] * 1.5
    assert (
        found.points >= of_alarm(kind, level, began, True, None, NOW).points
    )  # to be heard never makes it worse
    assert of_alarm(kind, level, began, heard, NOW + timedelta(hours=1), NOW) == (
        type(found)(0.0, Level.NONE)
    )
    assert of_alarm(kind, level, began, heard, NOW, NOW) == found  # the shelf has ended
    if level < Level.RED:
        assert of_alarm(kind, level + 1, began, heard, None, NOW).points > found.points


def test_silence_alone_colours_no_grid_and_an_overdue_incident_is_at_least_yellow() -> None:
    silent = of_alarm(EpisodeKind.NO_DATA, Level.BLUE, NOW, False, None, NOW)
    assert judged("grid", 1, Facts.of([(0, silent.points, int(silent.level), True, 1)])).level.tolist() == [0]
    assert of_incident("blue", True).level == Level.YELLOW
    assert of_incident("red", True).level == Level.RED
    assert of_incident("yellow", False).points == 0


# --- over HTTP --------------------------------------------------------------------------------------------------------
@dataclass
class Stage:
    hub: Hub
    home: Path
    board: Board
    clients: dict[str, Any]
    things: dict[str, int]
    alarms: dict[str, int]

    def ask(self, who: str, path: str, **params: Any) -> Any:
        return self.clients[who].get(f"/api/vitals/risk{path}", params=params or None)

    def get(self, who: str, path: str, **params: Any) -> Any:
        answer = self.ask(who, path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def region(self, path: str) -> int:
        return self.hub.regions[path]

    def by_name(self, who: str, **params: Any) -> dict[str, Any]:
        return {one["region"]["name"]: one for one in self.get(who, "/regions", **params)["regions"]}


@pytest.fixture(scope="module")
def stage(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    home = tmp_path_factory.mktemp("risk")
    with cluster.fresh(ruled_template(cluster)) as links, hub_on(links, home) as hub:
        hire(hub, STAFF)
        with hub.db.begin(system_actor("seed")) as tx:
            made.define(tx)
            things = {name: thing(tx, hub, name, path) for name, path in {"one": GRID, "two": NEXT, "far": FAR}.items()}  # fmt: skip
        clients = {}
        for who in STAFF:
            clients[who] = direct(hub)
            sign_in(clients[who], who)
        alarms = rung(hub, things)
        yield Stage(hub, home, board_of(hub, home), clients, things, alarms)


def thing(tx: Tx, hub: Hub, name: str, path: str) -> int:
    """A gas sensor in a grid."""
    region = hub.regions[path]
    readers = list(territory.ancestors(tx, region))
    stream = made.sensor(tx, f"K-{name}", region, readers, 1.0, NOW.replace(minute=0, second=0))
    [spot] = territory.middles(tx, [region]).values()
    found = tx.execute(
        sa.text(
            "UPDATE sensing_thing SET lon = :lon, lat = :lat WHERE id ="
            " (SELECT thing_id FROM sensing_datastream WHERE id = :stream) RETURNING id"
        ),
        {"lon": round(spot[0] * 1e6), "lat": round(spot[1] * 1e6), "stream": stream},
    )
    return int(found.scalar_one())


ALARM = """
INSERT INTO vitals_alarm (sign, region_id, readers, kind, level, peak, value, thing_id, group_key, began, changed_at,
    cleared_at, acknowledged_at, shelved_until, told, simulated)
VALUES (:sign, :region, :readers, 'threshold', :level, :peak, 42, :thing, 'gas:0:0', :began, :began, :cleared, :heard,
    :shelved, '{}', true) RETURNING id
"""


def ring(tx: Tx, region: int, level: int, began: datetime, **more: Any) -> int:
    """An alarm as the live process records it."""
    given = {
        "sign": METHANE.code, "region": region, "readers": list(territory.ancestors(tx, region)), "level": level, "peak": level,
        "thing": None, "began": began, "cleared": None, "heard": None, "shelved": None, **more,
    }  # fmt: skip
    return int(tx.execute(sa.text(ALARM), given).scalar_one())


def rung(hub: Hub, things: dict[str, int]) -> dict[str, int]:
    """A red one in a grid of the town, an old one that is over, a shelved one; an orange one in another district."""
    at, hour = NOW - timedelta(minutes=5), timedelta(hours=1)
    with hub.db.begin(made.LIVE) as tx:
        return {
            "red": ring(tx, hub.regions[GRID], 4, at, thing=things["one"]),
            "over": ring(
                tx, hub.regions[NEXT], 0, NOW - 5 * hour, peak=3, thing=things["two"], cleared=NOW - 4 * hour
            ),
            "shelved": ring(tx, hub.regions[NEXT], 4, at, shelved=NOW + 5 * hour, sign=STRAIN.code),
            "far": ring(tx, hub.regions[FAR], 3, at, thing=things["far"]),
        }


def board_of(hub: Hub, home: Path) -> Board:
    """The alarmed sign, another one at yellow, and one whose inputs are all dead."""
    with hub.db.begin(system_actor("seed")) as tx:
        levels = {number: territory.region(tx, number).level for number in hub.regions.values()}
    more = {
        (METHANE.code, hub.regions[GRID]): {"level": 4},
        (PRESSURE.code, hub.regions[SIBLING]): {"level": 2},
        (PRESSURE.code, hub.regions["九龙坡区/石龙镇"]): {"level": 4, "alive": 0},
    }
    return made.publish_board(home, made.SIGNS, made.Values(levels, lambda *_: 1.0, more), NOW)


@pytest.fixture(autouse=True)
def computing(request: pytest.FixtureRequest) -> None:
    if "stage" in request.fixturenames:
        made.beat(request.getfixturevalue("stage").board)


def test_towns_have_their_colours(stage: Stage) -> None:
    towns = stage.by_name("k-chief")
    assert {name: one["level"] for name, one in towns.items()} == {
        "石桥铺街道": 3,
        "杨家坪街道": 2,
        "石龙镇": 0,
    }
    assert towns["石桥铺街道"]["counts"]["alarms"] == [
        0,
        0,
        0,
        1,
    ]  # the sign on the board is told by its alarm
    assert towns["石桥铺街道"]["counts"]["signs"] == [0, 0, 0, 0]
    assert towns["石桥铺街道"]["counts"]["shelved"] == 1
    assert towns["杨家坪街道"]["counts"]["signs"] == [0, 1, 0, 0]
    assert list(towns) == ["石桥铺街道", "杨家坪街道", "石龙镇"]
    grids = stage.get("k-town", "/regions")["regions"]
    assert (grids[0]["region"]["id"], grids[0]["level"], grids[1]["level"]) == (stage.region(GRID), 4, 0)
    assert len(grids) == 16


def test_a_board_that_nobody_computes_colours_nothing(stage: Stage) -> None:
    made.beat(stage.board, ago_s=60)
    found = stage.get("k-chief", "/regions")
    assert not found["live"]
    assert {one["region"]["name"]: one["level"] for one in found["regions"]}["杨家坪街道"] == 0


def test_each_level_gathers_what_is_below(stage: Stage) -> None:
    for who, level, count in (("k-city", "district", 1), ("k-city", "town", 1), ("k-city", "village", 1), ("k-city", "grid", 1)):  # fmt: skip
        rows = stage.get(who, "/regions", level=level)["regions"]
        assert sum(one["counts"]["alarms"][3] for one in rows) == count, level
        assert sum(one["counts"]["alarms"][2] for one in rows) == count, level
    assert [one["region"]["level"] for one in stage.get("k-city", "/regions", level="city")["regions"]] == [
        "city"
    ]


def report(stage: Stage, path: str, title: str) -> int:
    """A red incident in a grid, as somebody at a desk reports it."""
    with stage.hub.db.begin(system_actor("seed")) as tx:
        [(lon, lat)] = territory.middles(tx, [stage.region(path)]).values()
    body = {"text": title, "title": title, "lon": lon, "lat": lat, "category": "0102", "level": "red"}
    answer = stage.clients["k-chief"].post(
        "/api/incidents/reports", json=body, headers={"Idempotency-Key": f"risk-test-{stage.region(path)}"}
    )
    assert answer.status_code == 201, answer.text
    return int(answer.json()["incident"])


def test_why_a_colour_names_alarms_signs_incidents_and_things(stage: Stage) -> None:
    incident = report(stage, NEXT, "路面塌陷")
    found = stage.get("k-town", f"/regions/{stage.region(TOWN)}")
    facts = {(one["kind"], one["id"]): one for one in found["facts"]}
    assert found["facts"][0]["seen"] == 3
    red = facts["alarm", stage.alarms["red"]]
    assert (red["level"], red["points"], red["thing"], red["simulated"]) == (
        4,
        8.0,
        stage.things["one"],
        True,
    )
    assert red["place"].endswith("001 网格")
    assert facts["incident", incident]["title"] == "路面塌陷"
    shelved = facts["alarm", stage.alarms["shelved"]]
    assert (shelved["points"], shelved["shelved"]) == (0.0, True)
    assert [(one["thing"], one["alarms"]) for one in found["things"]] == [(stage.things["one"], 1)]
    assert found["risk"]["counts"]["red"] == 1
    assert (found["risk"]["score"], found["risk"]["level"]) == (16.0, 3)
    assert [one["level"] for one in found["chain"]] == ["town"]  # what is above is not this post's
    assert (found["below"], found["bounds"], found["schematic"]) == ("grid", [2, 6, 16, 32], True)
    assert found["total"] == 3
    district = stage.get("k-chief", f"/regions/{stage.region('九龙坡区')}")
    assert [one["code"] for one in district["facts"] if one["kind"] == "sign"] == [PRESSURE.code]


def test_an_incident_that_an_alarm_opened_counts_once(stage: Stage) -> None:
    incident = report(stage, GRID, "燃气泄漏")
    before = stage.get("k-town", f"/regions/{stage.region(GRID)}")["risk"]
    with stage.hub.db.begin(made.LIVE) as tx:
        tx.execute(sa.text("UPDATE vitals_alarm SET incident_id = :incident WHERE id = :id"), {"incident": incident, "id": stage.alarms["red"]})  # fmt: skip
    after = stage.get("k-town", f"/regions/{stage.region(GRID)}")
    assert (before["score"], after["risk"]["score"]) == (16.0, 8.0)
    assert [one["kind"] for one in after["facts"]] == ["alarm"]
    with stage.hub.db.begin(system_actor("seed")) as tx:
        tx.execute(sa.text("UPDATE incidents_incident SET lamp = 'red' WHERE id = :id"), {"id": incident})
    late = stage.get("k-town", f"/regions/{stage.region(GRID)}")
    assert (late["risk"]["score"], late["risk"]["counts"]["overdue"]) == (10.0, 1)


def test_nobody_reads_beyond_the_jurisdiction(stage: Stage) -> None:
    far, nowhere = stage.region(OTHER), 987_654_321
    for path in ("/regions/{}", "/regions?parent={}", "/items?region={}", "/hours?region={}", "/points?region={}", "/things?bbox=100,20,120,40&region={}"):  # fmt: skip
        hidden, absent = (stage.ask("k-chief", path.format(region)) for region in (far, nowhere))
        assert (hidden.status_code, hidden.json()["detail"]) == (404, absent.json()["detail"]), path
    assert stage.ask("k-bureau", "/regions").json()["code"] == "vitals.no_region"
    for who, mine in (
        ("k-chief", {"one", "two"}),
        ("k-town", {"one", "two"}),
        ("k-city", {"one", "two", "far"}),
    ):
        seen = stage.get(who, "/things", bbox="100,20,120,40")["things"]
        assert {one["id"] for one in seen} == {stage.things[name] for name in mine}, who
        alarms = {one["id"] for one in stage.get(who, "/items", kind="alarm")["items"]}
        assert (stage.alarms["far"] in alarms) == ("far" in mine)
        assert {one["thing"] for one in stage.get(who, "/points")} == {stage.things[name] for name in mine}
    assert stage.get("k-bureau", "/items") == {"alarms": 0, "incidents": 0, "items": []}


def test_the_list_tells_what_is_open_or_what_began_in_a_time(stage: Stage) -> None:
    def ids(**params: Any) -> list[int]:
        return [one["id"] for one in stage.get("k-chief", "/items", kind="alarm", **params)["items"]]

    assert ids() == [stage.alarms["red"], stage.alarms["shelved"]]
    since, until = (NOW - timedelta(hours=6)).isoformat(), (NOW - timedelta(hours=3)).isoformat()
    assert ids(since=since, until=until) == [stage.alarms["over"]]
    assert ids(level=4, since=since, until=until) == []
    [row] = stage.get("k-chief", "/items", kind="alarm", since=since, until=until)["items"]
    assert (row["level"], row["state"], row["open"], row["exact"]) == (3, "cleared", False, True)
    near = stage.get("k-chief", "/items", kind="alarm")["items"][1]
    assert not near["exact"]  # no thing decided: a point inside its grid stands for it
    assert 105 < near["lon"] < 111
    for span in ({"since": until, "until": since}, {"since": since}):
        assert stage.ask("k-chief", "/items", **span).json()["fields"][0]["code"] == "risk.span"
    hours = stage.get("k-chief", "/hours", hours=24)
    assert (sum(map(sum, hours["alarms"])), len(hours["alarms"])) == (3, 24)
    assert hours["alarms"][-1][3] + hours["alarms"][-2][3] == 2
    assert sum(map(sum, hours["incidents"])) >= 1


def test_things_are_alive_silent_or_in_alarm(stage: Stage) -> None:
    def states() -> dict[int, str]:
        return {
            one["id"]: one["state"] for one in stage.get("k-city", "/things", bbox="100,20,120,40")["things"]
        }

    assert states() == {
        stage.things["one"]: "alarm",
        stage.things["two"]: "unknown",
        stage.things["far"]: "alarm",
    }
    with stage.hub.db.begin(system_actor("seed")) as tx:
        rows = tx.execute(sa.text("SELECT id, thing_id FROM sensing_datastream ORDER BY id")).all()
    ids = np.array([row.id for row in rows], np.int64)
    shared = published(stage.home / "live", ids)
    announce(stage.home / "live", digest_of(ids))
    shared.beats(time.time_ns() // 1000, 1)
    assert states()[stage.things["two"]] == "silent"
    shared.at[:] = time.time_ns() // 1000
    assert states()[stage.things["two"]] == "alive"
    counted = stage.get("k-city", "/things", bbox="100,20,120,40")
    assert (counted["total"], counted["alarm"], counted["silent"], counted["live"]) == (3, 2, 0, True)
    nothing = stage.get("k-city", "/things", bbox="100,20,120,40", kinds="smoke")
    assert (nothing["total"], nothing["things"]) == (0, [])


def test_too_many_things_come_as_clusters(stage: Stage) -> None:
    found = stage.get("k-city", "/things", bbox="100,20,120,40", limit=2)
    assert found["things"] == []
    assert sum(one["things"] for one in found["clusters"]) == found["total"] == 3
    assert sum(one["alarm"] for one in found["clusters"]) == 2
    assert max(one["level"] for one in found["clusters"]) == 4
    assert stage.ask("k-city", "/things", bbox="1,2,3").status_code == 422


def test_points_of_danger_remember_a_month(stage: Stage) -> None:
    found = stage.get("k-chief", "/points")
    assert [(one["thing"], one["level"], one["peak"]) for one in found] == [(stage.things["one"], 4, 4), (stage.things["two"], 0, 3)]  # fmt: skip
