"""Both tiers: what is found, what is not, and that nothing of the future is known."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from chengyun.sensing.units import number_text
from chengyun.vitals.anomaly.contracts import USUAL, Band
from chengyun.vitals.anomaly.kernel import SHOWN
from chengyun.vitals.anomaly.tier1 import Tier1
from chengyun.vitals.anomaly.tier2 import RINGS, Tier2
from chengyun.vitals.anomaly.words import sentences
from chengyun.vitals.contracts import Detector

pytestmark = pytest.mark.nightly

Floats = NDArray[np.float64]
Scorer = Callable[[Floats], Floats]
STEP_US = 300_000_000
ROWS, HURT = 3000, 2200  # five-minute readings; where something happens
MONDAY = 1_396_224_000_000_000  # 2014-03-31 00:00 UTC
AT = MONDAY + np.arange(ROWS, dtype=np.int64) * STEP_US
SEEDS = range(10)


def tier1(value: Floats) -> Floats:
    """Scores of tier 1 of one series."""
    scores = Tier1(1).update(np.zeros(len(value), np.int32), AT[: len(value)], value)
    return scores.astype(np.float64)


@cache
def calm(scorer: Scorer, seed: int) -> Floats:
    """Scores of a series to which nothing happens."""
    return scorer(day_and_noise(seed))


def tier2(value: Floats) -> Floats:
    """Scores of tier 2 of one series."""
    return Tier2().scores(AT[: len(value)], value)


BOTH = pytest.mark.parametrize("scorer", [tier1, tier2])


def day_and_noise(seed: int) -> Floats:
    """A daily wave of ±5 with noise of 1."""
    noise = np.random.default_rng(seed).normal(size=ROWS)
    return cast(Floats, 20 + 5 * np.sin(2 * np.pi * np.arange(ROWS) / 288) + noise)


def spike(value: Floats) -> None:
    value[HURT] += 12


def step(value: Floats) -> None:
    value[HURT:] += 8


def drift(value: Floats) -> None:
    value[HURT : HURT + 288] += np.linspace(0, 12, 288)


def flat(value: Floats) -> None:
    value[HURT:] = value[HURT]


# Every detector sees the past alone


@BOTH
def test_the_future_changes_nothing(scorer: Scorer) -> None:
    value = day_and_noise(1)
    other = value.copy()
    other[HURT:] = np.random.default_rng(2).normal(100, 50, ROWS - HURT)
    assert np.array_equal(scorer(value)[:HURT], scorer(other)[:HURT])
    assert np.array_equal(scorer(value)[:HURT], scorer(value[:HURT]))


@BOTH
def test_scores_know_no_scale_and_no_zero(scorer: Scorer) -> None:
    value = np.round(day_and_noise(3), 3)
    spike(value)
    scores = scorer(value)
    assert np.allclose(scorer(value * 1024), scores, rtol=1e-5, atol=1e-6)  # exact in binary
    assert np.allclose(scorer(value + 4096), scores, rtol=1e-2, atol=1e-2)


@BOTH
@pytest.mark.parametrize("value", [0.0, 45.0, -1e9, 1e-9])
def test_a_constant_series_never_rings(scorer: Scorer, value: float) -> None:
    assert not scorer(np.full(ROWS, value)).any()


@BOTH
def test_first_days_do_not_ring(scorer: Scorer) -> None:
    assert not scorer(day_and_noise(4)[:60]).any()


# What is found: how many of 10 series, within which readings, and how often one rings for nothing


def found(scorer: Scorer, hurt: Callable[[Floats], None], within: int, rings: float) -> int:
    """In how many of the series something rings within so many readings, that does not ring without the hurt."""
    count = 0
    for seed in SEEDS:
        value = day_and_noise(seed)
        quiet = calm(scorer, seed)[HURT : HURT + within].max() < rings
        hurt(value)
        count += bool(quiet and scorer(value[: HURT + within])[HURT:].max() >= rings)
    return count


@pytest.mark.parametrize(
    ("scorer", "rings", "hurt", "within", "least"),
    [
        (tier1, USUAL, spike, 1, 9),
        (tier1, USUAL, step, 12, 9),
        (tier2, RINGS, spike, 1, 9),
        (tier2, RINGS, step, 12, 9),
        (tier2, RINGS, drift, 288, 9),
        (tier2, RINGS, flat, 144, 8),
    ],
)
def test_is_found(
    scorer: Scorer, rings: float, hurt: Callable[[Floats], None], within: int, least: int
) -> None:
    assert found(scorer, hurt, within, rings) >= least


@pytest.mark.parametrize(("scorer", "rings"), [(tier1, USUAL), (tier2, RINGS)])
def test_false_alarms_are_rare(scorer: Scorer, rings: float) -> None:
    """Ten series of ten days: at most three alarms, less than one per series and month."""
    assert sum(int((calm(scorer, seed) >= rings).sum()) for seed in SEEDS) <= 3


def test_what_happens_every_day_is_no_anomaly() -> None:
    """15 standard deviations up, for an hour at the same time of day: it rings the first time, and soon no more."""
    value, bell = np.random.default_rng(5).normal(size=ROWS), np.arange(ROWS) % 288 // 12 == 10
    value[bell] += 15
    days = np.arange(ROWS) // 288
    assert (tier2(value)[bell & (days == 0)] >= RINGS).any()
    for scorer, rings in ((tier1, USUAL), (tier2, RINGS)):
        assert not (scorer(value)[bell & (days >= 7)] >= rings).any()


# The live engine's side


def test_tier1_datastreams_are_independent_and_batches_do_not_matter() -> None:
    """Three datastreams in one mixed column, in batches, score as each alone."""
    values = [day_and_noise(seed) for seed in (1, 2, 3)]
    spike(values[1])
    stream = np.tile(np.arange(3, dtype=np.int32), ROWS)
    at, value = np.repeat(AT, 3), np.stack(values, 1).ravel()
    tier, parts = Tier1(3), []
    for begin in range(0, len(stream), 1001):
        part = slice(begin, begin + 1001)
        parts.append(tier.update(stream[part], at[part], value[part]))
    scores = np.concatenate(parts)
    for number_, alone in enumerate(values):
        assert np.array_equal(scores[stream == number_], tier1(alone).astype(np.float32))


def test_tier1_goes_on_from_a_snapshot_and_grows() -> None:
    value = day_and_noise(6)
    zeros = np.zeros(ROWS, np.int32)
    whole = Tier1(2)
    whole.update(zeros[:HURT], AT[:HURT], value[:HURT])
    after = Tier1(1)
    after.load({name: body[: len(body) // 2] for name, body in whole.dump().items()})
    after.grow(3)
    assert len(after) == 3
    rest = slice(HURT, ROWS)
    expected = whole.update(zeros[rest], AT[rest], value[rest])
    assert expected.any()
    assert np.array_equal(after.update(zeros[rest], AT[rest], value[rest]), expected)
    for wrong in ({"state": b"x"}, {name: body * 2 for name, body in whole.dump().items()}):
        with pytest.raises(ValueError, match="snapshot"):
            after.load(wrong)
    with pytest.raises(IndexError):
        after.update(np.array([3], np.int32), AT[:1], value[:1])


def test_late_and_doubled_readings_and_those_without_a_number_change_nothing() -> None:
    value = day_and_noise(7)
    clean, dirty = Tier1(1), Tier1(1)
    clean.update(np.zeros(ROWS, np.int32), AT, value)
    dirty.update(np.zeros(ROWS, np.int32), AT, value)
    again = dirty.update(np.zeros(3, np.int32), AT[[-1, -2, -1]] + [0, 0, 5], np.array([99.0, 99.0, np.nan]))
    assert not again.any()
    assert clean.dump() == dirty.dump()
    one = Tier2()
    one.scores(AT, value)
    before = one.dump()
    assert one.update(int(AT[-2]), 99.0).score == 0
    assert one.update(int(AT[-1]) + 5, float("inf")).score == 0
    assert one.dump() == before


def test_tier1_with_a_known_range_ignores_what_is_small_and_sees_the_first_move() -> None:
    """A sensor of 0…100 that has only ever said 0: 0.05 is nothing, 5 is."""
    zeros, value = np.zeros(ROWS, np.int32), np.zeros(ROWS)
    for last, rings in ((0.05, False), (5.0, True)):
        value[-1] = last
        scores = Tier1(1, np.array([100.0])).update(zeros, AT, value)
        assert (scores[-1] >= USUAL) == rings


def test_tier2_one_by_one_and_from_a_snapshot() -> None:
    value = day_and_noise(8)
    step(value)
    scores, one = tier2(value), Tier2()
    for row in range(HURT):
        assert one.update(int(AT[row]), float(value[row])).score == scores[row]
    other = Tier2()
    other.load(one.dump())
    assert np.array_equal(other.scores(AT[HURT:], value[HURT:]), scores[HURT:])
    with pytest.raises(ValueError, match="snapshot"):
        other.load(b"x")


def test_a_matter_rings_once() -> None:
    """A step that stays rings when it comes, and not again that day unless it gets worse."""
    value = day_and_noise(9)
    step(value)
    rung = np.flatnonzero(tier2(value)[HURT : HURT + 288] >= RINGS)
    assert 1 <= len(rung) <= 3


# The picture of normal


def test_tier1_band_is_the_usual_of_the_hour() -> None:
    value = day_and_noise(10)
    tier = Tier1(1)
    assert tier.band(0, int(AT[0])) is None
    tier.update(np.zeros(ROWS, np.int32), AT, value)
    high = tier.band(0, int(AT[-1]) + (72 - (ROWS - 1) % 288) * STEP_US)  # top of the wave
    low = tier.band(0, int(AT[-1]) + (216 - (ROWS - 1) % 288) * STEP_US)
    assert high is not None
    assert low is not None
    assert high.expected == pytest.approx(25, abs=1.5)
    assert low.expected == pytest.approx(15, abs=1.5)
    assert 3 < high.high - high.low < 15


def test_an_alarm_is_explained_with_the_picture_of_normal() -> None:
    value = day_and_noise(11)
    spike(value)
    one = Tier2()
    assert one.explain() is None
    for row in range(HURT):
        one.update(int(AT[row]), float(value[row]))
    score = one.update(int(AT[HURT]), float(value[HURT]))
    assert score.alarm
    why = one.explain()
    assert why is not None
    assert why.detector is score.detector
    assert (why.at_us, why.value) == (AT[HURT], value[HURT])
    assert why.band.low < why.band.expected < why.band.high < why.seen
    assert 4 < why.sigmas < 20
    assert f"{why.sigmas:.1f} 个标准差" in why.zh
    assert number_text(why.band.high, None) in why.en
    picture = why.picture
    assert len(picture.at_us) == SHOWN
    assert np.array_equal(picture.value, value[HURT + 1 - SHOWN : HURT + 1])
    inside = (picture.low <= picture.value) & (picture.value <= picture.high)
    assert inside.mean() > 0.9
    assert not inside[-1]


def test_sentences() -> None:
    zh, en = sentences(Detector.HOUR, 24.34, Band(14, 12.1, 15.9), 6.21)
    assert zh == "比平常同一时刻高 6.2 个标准差：现为 24.34，平常 12.1 至 15.9"
    assert (
        en == "6.2 standard deviations above the usual for this time of day: 24.34 now, usually 12.1 to 15.9"
    )
    assert sentences(Detector.LEVEL, 1, Band(2, 1.5, 2.5), 3, 24)[0].startswith(
        "最近 24 次读数的平均比平常低"
    )
    for detector in Detector:
        zh, en = sentences(detector, 5, Band(0, -1, 1), 9.9, 6)
        assert "9.9" in zh
        assert "9.9" in en
    assert [number_text(x, None) for x in (0, 0.0012345, -12.345, 1234567.8)] == [
        "0",
        "0.001234",
        "-12.35",
        "1,234,568",
    ]
