"""The live engine: what users of other systems complain of, and what the board and the plan promise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from chengyun.sensing.service import moment
from chengyun.vitals.contracts import Change, EpisodeKind, Input, Level, Statistic, Threshold
from chengyun.vitals.engine.kernel import Engine
from chengyun.vitals.engine.plan import build
from chengyun.vitals.engine.snapshot import StateError
from chengyun.vitals.engine.tree import PlanError, Regions
from tests.vitals.engine_support import (
    CITY,
    DISTRICT,
    GRID,
    OTHER_GRID,
    OTHER_TOWN,
    START,
    THRESHOLDS,
    TOWN,
    Site,
    readings,
    sign,
    streams,
    territory,
)


def test_no_data_never_clears_an_alarm() -> None:
    """Prometheus#17482, VictoriaMetrics#865: when a sensor dies, its alarm stays; the row says that nobody is alive."""
    site = Site(
        sign("latest"),
        sign("sum", statistic=Statistic.SUM, window_s=60),
        sign("count", statistic=Statistic.COUNT, window_s=60, thresholds=(Threshold(Level.BLUE, 1, 0),)),
    )
    raised = site.step(0, (1, 0, 35.0))
    assert raised == [("latest", TOWN, 0, 4), ("sum", TOWN, 0, 4), ("count", TOWN, 0, 1)]
    assert [one for one in site.step(86_400) if one[0] != "count"] == []
    for code in ("latest", "sum"):
        assert math.isnan(site.value(code, TOWN))
        assert (site.row(code, TOWN)["level"], site.row(code, TOWN)["alive"]) == (4, 0)


def test_silence_is_an_episode_of_its_own_where_it_is_asked_for() -> None:
    """Zabbix's nodata: begins when nothing came for the set time, ends with the next reading; the other alarm stays."""
    site = Site(sign(no_data="alarm", no_data_after_s=300))
    site.changes(0, (1, 0, 35.0))
    silent, unheard = site.changes(1_000)
    assert (silent.kind, silent.before, silent.after) == (EpisodeKind.NO_DATA, Level.NONE, Level.BLUE)
    assert silent.began == silent.at == moment(START + 300_000_000)
    assert (unheard.region, unheard.at) == (OTHER_TOWN, silent.at)  # never heard: silent since the start
    assert site.row("s", TOWN)["level"] == Level.RED
    (back,) = site.changes(1_002, (1, 1_002, 35.0))
    assert (back.kind, back.after, back.began) == (EpisodeKind.NO_DATA, Level.NONE, silent.began)


def test_a_level_ends_at_its_own_threshold() -> None:
    """ThingsBoard#7943, Prometheus#10536, VictoriaMetrics#2857: a value that trembles about a threshold rings once."""
    site = Site(sign(thresholds=(Threshold(Level.BLUE, 10, 8),)))
    heard = [
        site.step(s, (1, s, value)) for s, value in enumerate([9.9, 10.0, 9.9, 10.1, 8.1, 9.0, 8.0, 9.9])
    ]
    assert heard == [[], [("s", TOWN, 0, 1)], [], [], [], [], [("s", TOWN, 1, 0)], []]


def test_low_is_bad_mirrors_high() -> None:
    """Pressure of a fire main: bad below, over only well above."""
    site = Site(sign(bad="low", thresholds=(Threshold(Level.BLUE, 10, 12), Threshold(Level.RED, 5, 6))))
    heard = [site.step(s, (1, s, value)) for s, value in enumerate([11, 10, 11.9, 5, 5.9, 6, 12])]
    steps = [[(before, after) for _, _, before, after in one] for one in heard]
    assert steps == [[], [(0, 1)], [], [(1, 4)], [], [(4, 1)], [(1, 0)]]


def test_severity_goes_up_and_down_step_by_step() -> None:
    """ThingsBoard#11803: one episode, every change of level a step of it, each level left at its own threshold."""
    site = Site(sign())
    changes = [
        one for s, v in enumerate([12, 31, 26, 24, 17, 15, 7]) for one in site.changes(s, (1, s, float(v)))
    ]
    assert [(one.before, one.after) for one in changes] == [(0, 1), (1, 4), (4, 3), (3, 1), (1, 0)]
    assert {one.began for one in changes} == {moment(START)}
    assert [one.at for one in changes] == [moment(START + s * 1_000_000) for s in (0, 1, 3, 5, 6)]
    again = site.changes(9, (1, 9, 12.0))
    assert again[0].began == moment(START + 9_000_000)


def test_waiting_and_hold_survive_a_restart() -> None:
    """Prometheus#13957: `for` does not begin again because the process did, and no alarm is raised twice."""
    site = Site(sign(for_s=60, hold_s=100, thresholds=(Threshold(Level.BLUE, 10, 8),)))
    assert site.step(0, (1, 0, 11.0)) == []
    site.restart()
    assert site.step(59.9, (1, 50, 12.0)) == []
    assert site.step(61) == [("s", TOWN, 0, 1)]
    site.restart()
    assert site.step(62, (1, 62, 1.0)) == []  # held until 160
    site.restart()
    (cleared,) = site.changes(170, (1, 170, 1.0))
    assert (cleared.after, cleared.at) == (Level.NONE, moment(START + 160_000_000))


def test_each_level_waits_for_itself() -> None:
    """A spike to red in the last second of blue's wait raises blue, not red."""
    site = Site(sign(for_s=10))
    site.step(0, (1, 0, 12.0))
    assert site.step(9.5, (1, 9.5, 40.0)) == []
    assert site.step(10) == [("s", TOWN, 0, 1)]
    assert site.step(19.4) == []
    assert site.step(20) == [("s", TOWN, 1, 4)]


def test_late_readings_go_to_their_own_window() -> None:
    """VictoriaMetrics#9778: within the allowed lateness a reading counts where it belongs, later not at all."""
    mean = sign("mean", statistic=Statistic.MEAN, window_s=60, lateness_s=30)
    before = sign("change", statistic=Statistic.CHANGE, window_s=60, lateness_s=90)
    site = Site(mean, before)
    site.step(100, (1, 99, 10.0))
    site.step(100.5, (1, 80, 20.0))
    assert site.value("mean", TOWN) == 15.0
    site.step(101, (1, 70, 1_000.0))  # 31 s late: not into this window
    assert site.value("mean", TOWN) == 15.0
    site.step(101.5, (1, 30, 5.0))  # into the window before this one, whose lateness is longer
    assert site.value("change", TOWN) == (10 + 20 + 1_000) / 3 - 5.0
    assert site.row("mean", TOWN)["at"] == START + 99_000_000


def test_stale_values_under_fresh_arrival_do_not_hide_a_dead_sensor() -> None:
    """thingsboard-gateway#2119: what counts is when it was measured; old readings that arrive now make nobody alive."""
    site = Site(sign("alive", statistic=Statistic.ALIVE, bad=None), sign("max"))
    site.step(0, (1, 0, 35.0))
    for s in range(60, 600, 60):
        site.step(s, (1, 0, 35.0), (2, -500, 3.0))
    assert (site.value("alive", TOWN), site.row("max", TOWN)["alive"]) == (0.0, 0)
    assert math.isnan(site.value("max", TOWN))


def test_roll_up_over_thousands_of_children() -> None:
    """ThingsBoard's aggregation stops at a few entities: 5,000 grids with a sensor each, in a village, are exact."""
    n = 5_000
    ids = np.arange(1, n + 5)
    level = np.array([4, 3, 2, 1] + [0] * n, np.int8)
    parent = np.array([-1, 1, 2, 3] + [4] * n)
    sums = [sign(one, statistic=Statistic(one), lowest="grid", bad=None) for one in ("latest_sum", "silent")]
    windowed = sign("std", statistic=Statistic.STD, window_s=60, lowest="grid", bad=None)
    plan = build([*sums, windowed], {}, Regions(ids, level, parent), streams(range(5, n + 5)), {})
    engine, values = Engine(plan), np.random.default_rng(3).normal(50, 3, n)
    engine.step(readings(*[(k + 1, 0, float(values[k])) for k in range(n - 1)]), START)
    rows = {code: engine.rows[plan.layout.row(k, 1)] for k, code in enumerate(plan.layout.signs)}
    assert rows["latest_sum"]["value"] == pytest.approx(values[:-1].sum(), rel=1e-12)
    assert rows["silent"]["value"] == 1
    assert rows["std"]["value"] == pytest.approx(values[:-1].std(), rel=1e-9)


def test_two_aggregations_on_one_region_never_chase_each_other() -> None:
    """ThingsBoard#16146: a formula over two signs of the same region is worked out once per step, after both."""
    low = sign("low", statistic=Statistic.LATEST_MIN, bad=None)
    high = sign("high", bad=None)
    spread = sign(
        "spread", input=Input.SIGNS, inputs={"a": "high", "b": "low"}, expression="a - b",
        statistic=Statistic.GAUGE, thresholds=(Threshold(Level.RED, 5, 4),),
    )  # fmt: skip
    twice = sign(
        "twice", input=Input.SIGNS, inputs={"s": "spread", "a": "high"}, expression="2 * s + 0 * a", bad=None
    )
    site = Site(twice, spread, high, low)
    assert site.step(0, (1, 0, 1.0), (2, 0, 3.0)) == []
    assert site.step(1, (1, 1, 101.0), (2, 1, 103.0)) == []  # never 103 - 1
    assert (site.value("spread", TOWN), site.value("twice", TOWN)) == (2.0, 4.0)
    assert site.step(2) == []


def test_thresholds_of_the_nearest_region_above_win() -> None:
    strict, lax = (Threshold(Level.RED, 2, 1),), (Threshold(Level.BLUE, 50, 40),)
    site = Site(sign(), overrides={("s", DISTRICT): lax, ("s", OTHER_TOWN): strict})
    assert site.step(0, (1, 0, 35.0), (3, 0, 3.0)) == [("s", OTHER_TOWN, 0, 4)]


def test_numbers_add_up_unless_given() -> None:
    """Incidents are added going up, registers may be averaged; a region's own number stands."""
    added = sign("n", input=Input.INCIDENTS, statistic=Statistic.GAUGE, bad=None)
    mean = sign("m", input=Input.REGISTER, statistic=Statistic.GAUGE_MEAN, bad=None, expression="x / 100")
    site = Site(added, mean)
    for code in ("n", "m"):
        site.engine.set_gauge(code, np.array([TOWN, OTHER_TOWN]), np.array([3.0, 5.0]), START)
    site.restart()  # what was given and not yet brought in is not lost
    site.step(1)
    assert (site.value("n", CITY), site.value("m", CITY)) == (8.0, 0.04)
    assert (site.row("n", CITY)["inputs"], site.row("n", CITY)["at"]) == (2, START)
    site.engine.set_gauge("n", np.array([DISTRICT]), np.array([100.0]), START)
    site.step(2)
    assert site.value("n", CITY) == 100.0
    site.engine.set_gauge("n", np.array([DISTRICT, TOWN]), np.array([math.nan, math.nan]), START)
    site.step(3)
    assert site.value("n", CITY) == 5.0
    with pytest.raises(ValueError, match="takes no number"):
        site.engine.set_gauge("n", np.array([GRID]), np.array([1.0]), START)


def test_the_datastream_that_decided_is_named() -> None:
    site = Site(sign(), sign("one", lowest="grid", statistic=Statistic.LATEST_MEAN), regions=(GRID, GRID, 8))
    deciding = {
        (one.sign, one.region): one.stream for one in site.changes(0, (1, 0, 12), (2, 0, 40), (3, 0, 31))
    }
    assert deciding == {("s", TOWN): 2, ("s", OTHER_TOWN): 3, ("one", GRID): None, ("one", 8): 3}


def test_time_composes() -> None:
    """A step without readings changes nothing that the next one would not: the log holds readings only."""
    given = [(0.0, 12.0), (31.5, 22.0), (200.25, 9.0), (431.0, 31.0)]

    def told(idle: list[float]) -> list[Change]:
        site = Site(
            sign(for_s=20, hold_s=50, no_data="alarm", no_data_after_s=90),
            sign("w", statistic=Statistic.MEAN, window_s=60, for_s=3),
        )
        changes: list[Change] = []
        for at, value in sorted([*given, *[(at, math.nan) for at in idle]]):
            changes += site.changes(at, *([] if math.isnan(value) else [(1, at, value)]))
        return changes + site.changes(1_000)

    every = told([])
    assert len(every) > 8
    assert told([one / 4 for one in range(4, 4_000, 7)]) == every


def test_a_changed_registry_takes_the_state_over() -> None:
    """A thing more, a sign more, thresholds moved: windows, levels, episodes and numbers go on."""
    counted = sign("n", input=Input.INCIDENTS, statistic=Statistic.GAUGE, bad=None)
    mean, gone = sign("mean", statistic=Statistic.MEAN, window_s=60), sign("gone")
    before = Site(gone, sign(), counted, mean)
    before.engine.set_gauge("n", np.array([TOWN]), np.array([3.0]), START)
    before.step(0, (1, 0, 35.0), (3, 0, 2.0))
    before.step(1, (2, 1, 5.0))
    after = Site(
        sign("new", statistic=Statistic.COUNT, window_s=60, bad=None), mean, sign(thresholds=THRESHOLDS[:2]), counted,
        regions=(GRID, GRID, OTHER_GRID, OTHER_GRID),
    )  # fmt: skip
    after.engine.load(before.engine.dump())
    (changed,) = after.changes(2, (4, 2, 9.0))
    assert (changed.sign, changed.before, changed.after) == ("s", Level.RED, Level.ORANGE)
    assert changed.began == moment(START)
    assert [after.value(code, CITY) for code in ("mean", "new", "n", "s")] == [
        (35 + 5 + 2 + 9) / 4,
        4.0,
        3.0,
        35.0,
    ]
    assert after.step(3, (1, 3, 1.0)) == [("mean", TOWN, 3, 1), ("s", TOWN, 3, 0)]


def test_a_snapshot_that_is_cut_short_is_refused() -> None:
    site = Site(sign())
    with pytest.raises(StateError, match="latest"):
        site.engine.load(site.engine.dump() | {"latest": b""})
    with pytest.raises(StateError, match="lacks clock"):
        site.engine.load({"plan": b"another"})


@pytest.mark.parametrize(
    ("signs", "why"),
    [
        ([sign("a"), sign("a")], "same code"),
        ([sign("a", statistic=Statistic.MEAN)], "needs a window"),
        ([sign("a", statistic=Statistic.ABOVE)], "needs a limit"),
        ([sign("a", input=Input.SIGNS, inputs={"b": "nobody"})], "unknown input nobody"),
        ([sign("a", input=Input.SIGNS, inputs={"b": "a"}, expression="b")], "made of each other: a"),
        ([sign("a", expression="y")], "name at 0"),
        ([sign("a", no_data="alarm")], "no_data_after_s"),
    ],
)
def test_definitions_that_cannot_be_planned_are_named(signs: list[object], why: str) -> None:
    with pytest.raises(PlanError, match=why):
        build(signs, {}, territory(), streams(), {})  # type: ignore[arg-type]
