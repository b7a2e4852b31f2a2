"""Kernel, oracle and DuckDB: the same windows, exactly the same episodes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengyun.scenarios.service import catalogue_of_paths
from chengyun.sensing.contracts import Readings
from chengyun.vitals.contracts import Change, Input, Level, Sign, Statistic, Threshold
from chengyun.vitals.engine.exercise import exercise
from chengyun.vitals.engine.kernel import Engine
from chengyun.vitals.engine.parity import check_catalogue, one_of_each, shape_of, silent_about, unproven
from chengyun.vitals.engine.plan import Plan, build
from chengyun.vitals.engine.trial import Trial, small_place
from tests.scenarios.support import SHIPPED
from tests.vitals.engine_support import START, sign

_HIGH = (Threshold(Level.BLUE, 10, 8), Threshold(Level.RED, 20, 15))
_LOW = (Threshold(Level.BLUE, 10, 12), Threshold(Level.RED, 5, 7))
_NUMBERS = (Statistic.GAUGE, Statistic.GAUGE_MEAN)


def _signs() -> list[Sign]:
    """Every statistic, with all policies spread over them, and formulas over formulas."""
    made = []
    for number, statistic in enumerate(Statistic):
        high = number % 2 == 1
        made.append(
            sign(
                statistic.value,
                input=Input.REGISTER if statistic in _NUMBERS else Input.DATASTREAMS,
                of="gas.methane" if high else "rain.level",
                where={"kitchen": ("yes", "not yes")[number % 2]}
                if number % 3 == 0 and statistic not in _NUMBERS
                else {},
                statistic=statistic,
                limit=12.0,
                window_s=(60, 36)[number % 5 == 0],
                lateness_s=(120, 20)[number % 4 == 1],
                lowest=("grid", "town", "village")[number % 3],
                alarm_levels=("town", "city") if number % 5 == 0 else (),
                bad="high" if high else "low",
                thresholds=_HIGH if high else _LOW,
                for_s=7 if high else 0,
                hold_s=11 if number % 3 == 2 else 0,
                no_data="alarm" if number % 4 == 0 else "keep",
                no_data_after_s=45,
            )
        )
    formulas = {"f": ({"a": "mean", "b": "latest_max"}, "max(a, b) * 2 - a / b"),
                "g": ({"a": "f", "b": "gauge"}, "-a + min(b, 3, abs(a))")}  # fmt: skip
    for code, (inputs, expression) in formulas.items():
        made.append(sign(code, input=Input.SIGNS, inputs=inputs, expression=expression, hold_s=5))
    return made


def _trial() -> Trial:
    signs = _signs()
    overrides = {("mean", 2): (Threshold(Level.ORANGE, 11, 9),), ("mean", 3): (Threshold(Level.RED, 12, 9),)}
    return Trial(signs, overrides, small_place(signs))


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_kernel_oracle_and_duckdb_agree(seed: int) -> None:
    """Random readings – late, twice, from the future, not a number, of nobody – gaps, a restart in between."""
    trial = _trial()
    exercise(trial, np.random.default_rng(seed), 8)
    trial.ask_duck()
    assert trial.differences == []
    assert trial.begun.total() > 10
    assert trial.windows > 20


@pytest.fixture(scope="module")
def shipped() -> tuple[Sign, ...]:
    return catalogue_of_paths([SHIPPED]).signs


def test_definitions_of_every_shape_that_is_shipped_agree(
    shipped: tuple[Sign, ...], record_property: Callable[[str, object], None]
) -> None:
    """One of each input, statistic, direction, policy of no data, shape of thresholds, wait, hold, window, place."""
    chosen = one_of_each(shipped)
    assert {shape_of(one) for one in chosen} == {shape_of(one) for one in shipped}
    outcome = check_catalogue(chosen, steps=4, among=shipped)
    record_property("parity", outcome.told(chosen))
    assert outcome.differences == []
    assert unproven(chosen, outcome) == []
    assert silent_about(chosen, outcome) == []
    assert outcome.windows > 3 * sum(one.window_s > 0 for one in chosen)


@pytest.mark.nightly
def test_every_shipped_definition_agrees(
    shipped: tuple[Sign, ...], record_property: Callable[[str, object], None]
) -> None:
    """All of them; each has a value, and each that has thresholds, or rings without data, does ring."""
    outcome = check_catalogue(shipped)
    record_property("parity", outcome.told(shipped))
    assert outcome.differences == []
    assert outcome.tried == {one.code for one in shipped}
    assert unproven(shipped, outcome) == []
    assert silent_about(shipped, outcome) == []


def _on_higher(plan: Plan) -> None:
    plan.rows.steps["on"] += 3


def _off_is_on(plan: Plan) -> None:
    plan.rows.steps["off"] = plan.rows.steps["on"]


def _alive_for_one_interval(plan: Plan) -> None:
    plan.patience[:] //= 3


def _never_late(plan: Plan) -> None:
    plan.stores.rings["lateness"] = 0


def _window_one_shorter(plan: Plan) -> None:
    plan.sign_records["n"] -= 1


def _no_hold(plan: Plan) -> None:
    plan.sign_records["hold"] = 0


def _children_forgotten(plan: Plan) -> None:
    plan.cells.cells["child_end"] = plan.cells.cells["child_first"]


@pytest.mark.parametrize(
    "defect",
    [
        _on_higher,
        _off_is_on,
        _alive_for_one_interval,
        _never_late,
        _window_one_shorter,
        _no_hold,
        _children_forgotten,
    ],
)
def test_a_kernel_that_is_wrong_is_caught(defect: Callable[[Plan], None]) -> None:
    """The suite can fail: a defect in the kernel's plan is a difference."""
    trial = _trial()
    defect(trial.plan)
    random = np.random.default_rng(12)
    for _ in range(3):
        exercise(trial, random, 3)
        if trial.differences:
            return
    pytest.fail("nothing was noticed")


_STEP = st.tuples(
    st.integers(1, 40_000_000),  # microseconds since the step before
    st.lists(st.tuples(st.integers(0, 9), st.integers(-90, 20), st.integers(0, 120)), max_size=6),
)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(_STEP, min_size=1, max_size=12), st.data())
def test_any_prefix_crash_and_replay_gives_the_same_state(
    steps: list[tuple[int, list[tuple[int, int, int]]]], data: st.DataObject
) -> None:
    """Begun again from the snapshot before any step: the same changes, the same bytes."""
    signs = _signs()
    place = small_place(signs)
    plan = build(signs, {}, place.regions, place.streams, place.properties)
    kept = data.draw(st.integers(0, len(steps) - 1))  # the snapshot is taken before this step
    whole, snapshot, now = Engine(plan), Engine(plan).dump(), START
    log: list[tuple[Readings, int]] = []
    told: list[list[Change]] = []
    for number, (gap, given_) in enumerate(steps):
        now += gap
        log.append((_of(given_, now), now))
        if number == kept:
            snapshot = whole.dump()
        told.append(whole.step(*log[-1]))
    survivor = Engine(plan)
    survivor.load(snapshot)
    assert [survivor.step(*one) for one in log[kept:]] == told[kept:]
    assert survivor.dump() == whole.dump()


def _of(given_: list[tuple[int, int, int]], now: int) -> Readings:
    columns = np.array(given_, np.int64).reshape(-1, 3).T
    return Readings(columns[0].astype(np.int32), now + columns[1] * 1_000_000, columns[2] / 4.0)
