"""一键查 through HTTP on a real PostgreSQL: finding, freshness, rank, why, below, trend, thresholds, try-out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from chengyun.kernel.calendar import SHANGHAI
from chengyun.kernel.contracts import system_actor
from chengyun.sensing.live import shared
from chengyun.sensing.service import microseconds
from chengyun.territory import service as territory
from chengyun.vitals.alarms import jobs
from chengyun.vitals.board import Board
from chengyun.vitals.lookup.judging import Rule, judge
from tests.support import Cluster
from tests.vitals import lookup_support as made
from tests.vitals.lookup_support import METHANE, PRESSURE, RATIO, STRAIN
from tests.web.support import Hub, direct, hire, hub_on, ruled_template, sign_in

TOWN, SIBLING, OTHER = "九龙坡区/石桥铺街道", "九龙坡区/杨家坪街道", "巴南区/花溪街道"
STAFF = {
    "v-chief": ("centre", "九龙坡区", "duty-chief"),
    "v-duty": ("centre", "九龙坡区", "district-duty"),
    "v-town": ("centre", TOWN, "town-duty"),
    "v-bureau": ("housing", "九龙坡区", "department"),
    "v-city": ("centre", "", "city-duty"),
}
# gas by town; what is not named is 1
GAS = {TOWN: 35.25, SIBLING: 61.125, "九龙坡区/石龙镇": 12.5, "九龙坡区": 61.125, OTHER: 88.0625, "": 88.0625}
NOW = datetime.now(UTC).replace(microsecond=0)


@dataclass
class Stage:
    hub: Hub
    board: Board
    clients: dict[str, Any]

    def ask(self, who: str, method: str, path: str, body: Any = None) -> Any:
        return self.clients[who].request(method, f"/api/vitals{path}", json=body)

    def get(self, who: str, path: str) -> Any:
        answer = self.ask(who, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def region(self, path: str) -> int:
        return self.hub.regions[path]

    def rows(self, who: str, q: str, **params: Any) -> Any:
        answer = self.clients[who].get("/api/vitals/lookup", params={"q": q, **params})
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def staged(cluster: Cluster, home: Path) -> Iterator[Stage]:
    """A city of its own."""
    with cluster.fresh(ruled_template(cluster)) as links, hub_on(links, home) as hub:
        hire(hub, STAFF)
        with hub.db.begin(system_actor("seed")) as tx:
            made.define(tx)
        yield Stage(hub, board_of(hub, home), {who: client(hub, who) for who in STAFF})


@pytest.fixture(scope="module")
def stage(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(cluster, tmp_path_factory.mktemp("lookup")) as found:
        yield found


@pytest.fixture
def unseen(cluster: Cluster, tmp_path: Path) -> Iterator[Stage]:
    """A city without a past."""
    with staged(cluster, tmp_path) as found:
        made.beat(found.board)
        yield found


def client(hub: Hub, who: str) -> Any:
    found = direct(hub)
    sign_in(found, who)
    return found


def board_of(hub: Hub, home: Path) -> Board:
    """Every region has gas; pressure lacks in one town."""
    with hub.db.begin(system_actor("seed")) as tx:
        levels = {one.id: one.level for level in ("city", "district", "town", "village", "grid") for one in territory.find_regions(tx, level)}  # fmt: skip
    names = {number: path for path, number in hub.regions.items()}

    def value(code: str, region: int) -> float:
        if code == PRESSURE.code:
            return math.nan if names[region] == SIBLING else 0.5
        return GAS.get(names[region], 1.0) if code == METHANE.code else 7.0

    more = {
        (METHANE.code, hub.regions[TOWN]): {"level": 3},
        (METHANE.code, hub.regions[SIBLING]): {"level": 4},
        (STRAIN.code, hub.regions[TOWN]): {"alive": 0},
    }
    return made.publish_board(home, made.SIGNS, made.Values(levels, value, more), NOW)


@pytest.fixture(autouse=True)
def computing(stage: Stage) -> None:
    """Somebody computes, unless a test says otherwise."""
    made.beat(stage.board)


@pytest.mark.parametrize(
    ("q", "code"),
    [
        ("燃气泄漏", METHANE.code),
        ("泄漏 最高", METHANE.code),
        ("燃气最高值", METHANE.code),  # cut where it means nothing as a whole
        ("ranqixielou", METHANE.code),
        ("xielou", METHANE.code),
        ("rqxl", METHANE.code),
        ("gas.methane.max", METHANE.code),
        ("METHANE", METHANE.code),
        ("metahne", METHANE.code),  # two letters exchanged
        ("ranqixilou", METHANE.code),  # one left out
        ("xiaofang shuiyo", PRESSURE.code),
        ("pressure", PRESSURE.code),
        ("qiaoliangg", STRAIN.code),  # one too many
        ("消防", PRESSURE.code),
    ],
)
def test_any_way_of_writing_finds_the_sign(stage: Stage, q: str, code: str) -> None:
    assert stage.rows("v-town", q)["rows"][0]["sign"]["code"] == code


def test_nothing_is_found_for_what_means_nothing_and_the_worst_for_no_words(stage: Stage) -> None:
    assert stage.rows("v-town", "完全没有的东西")["rows"] == []
    rows = stage.rows("v-town", "")["rows"]
    assert rows[0]["sign"]["code"] == METHANE.code
    assert rows[0]["reading"]["level"] == 3


@pytest.mark.parametrize("q", ["石桥铺 燃气泄漏", "shiqiaopu xielou", "石桥铺街道燃气泄漏", "燃气泄漏 sqpjd"])
def test_a_region_in_the_question_is_the_region_of_the_answer(stage: Stage, q: str) -> None:
    found = stage.rows("v-chief", q)
    assert (found["named"], found["scope"]["region"]["id"]) == (True, stage.region(TOWN))
    assert found["rows"][0]["reading"]["value"] == 35.25


def test_a_region_elsewhere_is_named_and_not_shown(stage: Stage) -> None:
    found = stage.rows("v-chief", "花溪 燃气泄漏")
    assert found["outside"]["name"] == "花溪街道"
    assert found["scope"]["region"]["id"] == stage.region("九龙坡区")
    assert "88.0625" not in str(found)


def test_without_a_region_a_post_sees_nothing(stage: Stage) -> None:
    answer = stage.ask("v-bureau", "GET", "/lookup")
    assert (answer.status_code, answer.json()["code"]) == (403, "vitals.no_region")


def test_a_value_says_how_fresh_it_is_and_is_never_a_zero(stage: Stage) -> None:
    def state(path: str, code: str) -> tuple[str, float | None]:
        page = stage.get("v-city", f"/signs/{code}?region={stage.region(path)}")
        return page["reading"]["state"], page["reading"]["value"]

    assert state(TOWN, METHANE.code) == ("fresh", 35.25)
    assert state(TOWN, STRAIN.code) == ("stale", 7.0)  # all its sensors are silent
    assert state(SIBLING, PRESSURE.code) == ("none", None)
    assert state(f"{TOWN}/寨子坪社区", PRESSURE.code) == ("none", None)  # does not reach down to there
    made.beat(stage.board, ago_s=6)
    assert state(TOWN, METHANE.code) == ("stale", 35.25)
    scope = stage.get("v-city", f"/signs/{METHANE.code}")["scope"]
    assert not scope["live"]
    assert scope["beat"]


def test_where_no_board_lies_the_newest_of_the_past_is_shown_as_stale(stage: Stage) -> None:
    made.remember(stage.hub.db, stage.board, NOW - timedelta(days=40))
    reader, stage.hub.app.state.board = (
        stage.hub.app.state.board,
        type("None", (), {"board": lambda _: None})(),
    )
    try:
        page = stage.get("v-town", f"/signs/{METHANE.code}")["reading"]
    finally:
        stage.hub.app.state.board = reader
    assert (page["value"], page["state"], page["level"]) == (35.25, "stale", None)
    assert datetime.fromisoformat(page["at"]) == NOW - timedelta(days=40)


def test_a_town_learns_its_rank_and_nothing_else_of_its_siblings(stage: Stage) -> None:
    page = stage.ask("v-town", "GET", f"/signs/{METHANE.code}")
    assert page.json()["rank"] == {"place": 2, "of": 3}
    assert "61.125" not in page.text
    low = stage.get("v-town", f"/signs/{PRESSURE.code}")
    assert low["rank"] == {"place": 1, "of": 2}  # the sibling without a value does not count
    hidden = stage.ask("v-town", "GET", f"/signs/{METHANE.code}?region={stage.region(SIBLING)}")
    absent = stage.ask("v-town", "GET", f"/signs/{METHANE.code}?region=987654321")
    assert (hidden.status_code, hidden.json()["detail"]) == (absent.status_code, absent.json()["detail"])
    assert hidden.status_code == 404
    assert page.json()["scope"]["above"] is None


def test_why_a_value_is_what_it_is(stage: Stage) -> None:
    page = stage.get("v-town", f"/signs/{RATIO.code}")
    assert page["why"]["expression"] == "g / p"
    assert [(one["name"], one["reading"]["value"]) for one in page["why"]["inputs"]] == [
        ("g", 35.25),
        ("p", 0.5),
    ]
    assert (page["why"]["source"], page["why"]["owner"], page["sign"]["generated"]) == (
        "测试来源",
        "住建",
        False,
    )
    assert stage.get("v-town", f"/signs/{STRAIN.code}")["sign"]["generated"]
    assert stage.ask("v-town", "GET", "/signs/no.such").status_code == 404


def test_drilling_down_ends_at_the_sensors(stage: Stage) -> None:
    def below(path: str, more: str = "") -> Any:
        return stage.get("v-chief", f"/signs/{METHANE.code}/below?region={stage.region(path)}{more}")

    towns = below("九龙坡区")
    assert [one["region"]["name"] for one in towns["regions"]] == ["杨家坪街道", "石桥铺街道", "石龙镇"]
    assert [one["reading"]["value"] for one in towns["regions"]] == [61.125, 35.25, 12.5]
    assert len(below(TOWN)["regions"]) == 4
    assert len(below(TOWN, "&level=grid")["regions"]) == 16
    grid = f"{TOWN}/寨子坪社区/001 网格"
    with stage.hub.db.begin(system_actor("seed")) as tx:
        readers = list(territory.ancestors(tx, stage.region(grid)))
        for number, last in enumerate([3.5, 35.25]):
            made.sensor(tx, f"G-{number}", stage.region(grid), readers, last, NOW.replace(minute=0, second=0))
    found = below(grid)
    assert (found["regions"], found["streams_total"]) == ([], 2)
    assert [(one["code"], one["value"], one["simulated"]) for one in found["streams"]] == [("G-0", 3.5, True), ("G-1", 35.25, True)]  # fmt: skip
    live_folder = stage.hub.app.state.settings.home / "live"
    streams = np.array(sorted(one["stream"] for one in found["streams"]), np.int64)
    live = shared.published(live_folder, streams)
    live.value[1], live.at[1] = 36.5, microseconds(NOW)
    shared.announce(live_folder, shared.digest_of(streams))
    assert [one["value"] for one in below(grid)["streams"]] == [3.5, 36.5], (
        "what the live process knows is newer"
    )


def test_the_trend_keeps_what_each_region_had(stage: Stage) -> None:
    """Written by the live process, a layout per level; the same moment again replaces it; others cannot read it."""
    row = made.cell(stage.board, METHANE.code, stage.region(TOWN))
    for hours, value in ((3, 10.0), (2, math.nan), (1, 20.0), (1, 21.0)):
        stage.board.rows["value"][row] = value
        assert made.remember(stage.hub.db, stage.board, NOW - timedelta(hours=hours)) == 13
    stage.board.rows["value"][row] = 35.25
    points = stage.get("v-town", f"/signs/{METHANE.code}/trend")["points"]
    assert [one["value"] for one in points] == [10.0, None, 21.0]
    other = stage.get("v-town", f"/signs/{PRESSURE.code}/trend")["points"]
    assert [one["value"] for one in other] == [0.5, 0.5, 0.5]
    assert stage.rows("v-town", METHANE.code)["rows"][0]["spark"] == [10.0, None, 21.0]
    path = f"/signs/{METHANE.code}/trend?region={stage.region(SIBLING)}"
    assert stage.ask("v-town", "GET", path).status_code == 404
    since = (NOW - timedelta(days=400)).isoformat().replace("+", "%2B")
    assert stage.ask("v-town", "GET", f"/signs/{METHANE.code}/trend?since={since}").status_code == 422


MANY = """INSERT INTO vitals_trend SELECT region_id, at + make_interval(mins => step), layout_id, readers, body
    FROM vitals_trend, generate_series(2, 1300) step WHERE region_id = :region AND at = :began"""


def test_a_long_trend_is_merged_without_losing_what_it_reached(stage: Stage) -> None:
    row = made.cell(stage.board, RATIO.code, stage.region(TOWN))
    began = NOW - timedelta(days=200)
    for moment, value in ((began, 7.0), (began + timedelta(minutes=1), 99.0)):
        stage.board.rows["value"][row] = value
        made.remember(stage.hub.db, stage.board, moment)
    stage.board.rows["value"][row] = 7.0
    with stage.hub.db.begin(made.LIVE) as tx:
        tx.execute(sa.text(MANY), {"region": stage.region(TOWN), "began": began})
    span = [(began + timedelta(minutes=at)).isoformat().replace("+", "%2B") for at in (0, 1300)]
    points = stage.get("v-town", f"/signs/{RATIO.code}/trend?since={span[0]}&until={span[1]}")["points"]
    assert len(points) <= 600
    assert max(one["high"] for one in points) == 99.0
    assert max(one["value"] for one in points) < 99.0


EVERYWHERE = """INSERT INTO vitals_trend SELECT v.region_id, moment, v.layout_id, v.readers, v.body FROM vitals_trend v,
    generate_series(CAST(:since AS timestamptz), CAST(:until AS timestamptz), interval '15 minutes') moment WHERE v.at = :now"""


def test_the_past_grows_thinner_and_stays_as_long(unseen: Stage) -> None:
    """The last value of each hour after eight days, of each quarter of a day after two months, none after 400 days."""
    trimmed(unseen)  # a city in which nothing was recorded yet
    made.remember(unseen.hub.db, unseen.board, NOW)
    with unseen.hub.db.begin(made.LIVE) as tx:
        for oldest, newest in ((401, 399), (64, 62), (10, 7)):
            span = {"since": NOW - timedelta(days=oldest), "until": NOW - timedelta(days=newest), "now": NOW}
            tx.execute(sa.text(EVERYWHERE), span)
        kept = sa.text("SELECT at FROM vitals_trend WHERE region_id = :region ORDER BY at")
        full = tx.execute(kept, {"region": unseen.region(TOWN)}).scalars().all()
    for _ in range(5):  # some moments at a time
        trimmed(unseen)
    with unseen.hub.db.begin(made.LIVE) as tx:
        for region in (TOWN, "九龙坡区", ""):
            found = tx.execute(kept, {"region": unseen.region(region)}).scalars().all()
            assert found == expected(full, NOW), region
    path = f"/signs/{METHANE.code}/trend?since={(NOW - timedelta(days=300)).isoformat().replace('+', '%2B')}"
    assert {one["value"] for one in unseen.get("v-town", path)["points"]} == {35.25}


def trimmed(stage: Stage) -> None:
    """As the worker does it, at NOW."""
    with stage.hub.db.begin(system_actor("worker")) as tx:
        tx.now = NOW
        jobs.trim(tx)


def expected(moments: Sequence[datetime], now: datetime) -> list[datetime]:
    """What is kept, told plainly: the last of all that share a day of Shanghai and an hour, or a quarter of a day."""
    last: dict[tuple[object, ...], datetime] = {}
    for at in moments:
        local, age = at.astimezone(SHANGHAI), now - at
        if age > timedelta(days=62):
            last[local.date(), "quarter", local.hour // 6] = at
        elif age > timedelta(days=8):
            last[local.date(), "hour", local.hour] = at
        else:
            last[(at,)] = at
    return sorted(at for at in last.values() if now - at <= timedelta(days=400))


OWN = {
    "thresholds": [{"level": 2, "on": 40, "off": 30}, {"level": 4, "on": 60, "off": 50}],
    "reason": "汛期加严",
}


def test_thresholds_of_a_region_hold_below_until_taken_back(stage: Stage) -> None:
    path = f"/signs/{METHANE.code}/thresholds?region={stage.region('九龙坡区')}"
    assert stage.ask("v-duty", "PUT", path, OWN).status_code == 403
    outside = f"/signs/{METHANE.code}/thresholds?region={stage.region(OTHER)}"
    assert stage.ask("v-chief", "PUT", outside, OWN).status_code == 404
    set_ = stage.ask("v-chief", "PUT", path, OWN)
    assert set_.status_code == 200, set_.text
    assert set_.json()["own"]
    below = stage.get("v-town", f"/signs/{METHANE.code}")["thresholds"]
    assert [one["on"] for one in below["thresholds"]] == [40, 60]
    assert (below["region"]["name"], below["own"], below["reason"]) == ("九龙坡区", False, None)
    above = stage.get("v-city", f"/signs/{METHANE.code}")["thresholds"]
    assert (above["region"], len(above["thresholds"])) == (None, 4)
    changes = stage.clients["v-chief"].get("/api/identity/changes").json()
    assert changes[0]["name"] == "修改体征阈值"
    assert stage.hub.count("SELECT count(*) FROM kernel_audit WHERE action = 'sign.thresholds'") == 1
    undone = stage.clients["v-chief"].post(f"/api/identity/changes/{changes[0]['change']['id']}/undo")
    assert undone.status_code == 200, undone.text
    assert stage.get("v-town", f"/signs/{METHANE.code}")["thresholds"]["region"] is None
    nothing = stage.ask("v-chief", "PUT", path, {"thresholds": None, "reason": "没有可撤的"})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "vitals.threshold.nothing")


@pytest.mark.parametrize(
    ("thresholds", "faults"),
    [
        ([(1, 10, 12)], {"vitals.threshold.off"}),
        ([(1, 20, 15), (2, 20, 15)], {"vitals.threshold.order"}),
        ([(1, 20, 15), (1, 30, 15)], {"vitals.threshold.twice"}),
        ([(4, 101, 90)], {"vitals.threshold.range"}),
        ([(5, 10, 9)], {"field.too_large"}),
    ],
)
def test_thresholds_that_cannot_work_are_refused(stage: Stage, thresholds: Any, faults: set[str]) -> None:
    body = {"thresholds": [dict(zip(("level", "on", "off"), one, strict=True)) for one in thresholds], "reason": "试试看"}  # fmt: skip
    path = f"/signs/{METHANE.code}/thresholds?region={stage.region('九龙坡区')}"
    answer = stage.ask("v-chief", "PUT", path, body)
    assert answer.status_code == 422
    assert {one["code"] for one in answer.json()["fields"]} == faults


def test_thresholds_are_tried_on_what_was(stage: Stage) -> None:
    region = stage.region("九龙坡区/石龙镇")
    row = made.cell(stage.board, METHANE.code, region)
    for hour, value in enumerate([5, 45, 45, 35, 5, 70, math.nan, 5, 45, 45]):
        stage.board.rows["value"][row] = value
        made.remember(stage.hub.db, stage.board, NOW - timedelta(days=20) + timedelta(hours=hour))
    stage.board.rows["value"][row] = 12.5
    body = {"thresholds": OWN["thresholds"], "days": 30, "region": region}
    tried = stage.ask("v-chief", "POST", f"/signs/{METHANE.code}/tryout", body).json()
    assert [(one["peak"], one["top"]) for one in tried["listed"]] == [(2, 45.0), (4, 70.0), (2, 45.0)]
    assert (tried["rings"], tried["by_level"][2], tried["by_level"][4]) == (3, 2, 1)
    patient = stage.ask("v-chief", "POST", f"/signs/{METHANE.code}/tryout", {**body, "for_s": 3600}).json()
    assert patient["rings"] == 2  # the short one is not asked for long enough
    assert tried["now"] == 3  # with those of the catalogue
    assert tried["step_s"] == 3600
    none = stage.ask("v-chief", "POST", f"/signs/{STRAIN.code}/tryout", body)
    assert none.json()["code"] == "vitals.no_direction"


def test_the_catalogue_is_browsed_and_a_region_has_its_board(stage: Stage) -> None:
    whole = stage.get("v-town", "/signs")
    assert (whole["every"], whole["total"], whole["generated"]) == (4, 4, 1)
    assert {one["code"]: one["signs"] for one in whole["domains"]} == {"bridge": 1, "fire": 1, "gas": 2}
    gas = stage.get("v-town", "/signs?domain=gas&input=signs")
    assert [one["sign"]["code"] for one in gas["rows"]] == [RATIO.code]
    assert stage.get("v-town", "/signs?start=3&limit=2")["rows"][0]["sign"]["code"] == STRAIN.code
    village = stage.region(f"{TOWN}/寨子坪社区")
    assert stage.get("v-town", f"/signs?region={village}&has_data=true")["total"] == 1
    board = stage.get("v-town", f"/region/{stage.region(TOWN)}/signs")
    assert board["domains"][0]["domain"]["code"] == "gas"
    assert board["domains"][0]["levels"] == [1, 0, 0, 1, 0]
    assert stage.ask("v-town", "GET", f"/region/{stage.region(SIBLING)}/signs").status_code == 404


VALUES = st.lists(st.integers(0, 100).map(float), max_size=40)
RULES = st.builds(
    lambda limits, hold: Rule.of(made.steps(*((on, on - 5) for on in sorted(limits))), "high", 0, hold),
    st.sets(st.integers(10, 90), min_size=1, max_size=4),
    st.sampled_from([0, 120]),
)


def moments(count: int) -> list[datetime]:
    return [NOW + timedelta(minutes=at) for at in range(count)]


@given(RULES, VALUES)
def test_low_is_high_turned_over(rule: Rule, values: list[float]) -> None:
    low = Rule.of([type(one)(one.level, -one.on, -one.off) for one in rule.thresholds], "low", 0, rule.hold_s)
    high = judge(rule, moments(len(values)), values)
    turned = judge(low, moments(len(values)), [-value for value in values])
    assert [(one.began, one.ended, one.peak) for one in high] == [
        (one.began, one.ended, one.peak) for one in turned
    ]


@given(RULES, VALUES, st.data())
def test_no_data_neither_raises_nor_clears(rule: Rule, values: list[float], data: st.DataObject) -> None:
    gaps = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    at = moments(len(values))
    known = [(moment, value) for moment, value, gap in zip(at, values, gaps, strict=True) if not gap]
    with_gaps = judge(rule, at, [math.nan if gap else value for value, gap in zip(values, gaps, strict=True)])
    assert with_gaps == judge(rule, [moment for moment, _ in known], [value for _, value in known])


@given(RULES, VALUES)
def test_an_episode_lasts_from_on_to_off(rule: Rule, values: list[float]) -> None:
    rings = judge(rule, moments(len(values)), values)
    first = rule.thresholds[0]
    assert len(rings) >= (1 if any(value >= first.on for value in values) else 0)
    for ring, after in zip_longest(rings, rings[1:]):
        assert ring.top >= next(one.on for one in rule.thresholds if one.level == ring.peak)
        assert ring.ended is None or (ring.ended - ring.began).total_seconds() >= rule.hold_s
        assert after is None or (ring.ended is not None and ring.ended <= after.began)
