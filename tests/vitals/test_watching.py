"""What rings of all datastreams: an injected fault once, with its picture; quiet ones hardly ever; the same after a crash."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chengyun.cli.demo.feeling.forms import Signals, feelings
from chengyun.sensing.contracts import Kind, Quantity, Readings, Streams
from chengyun.vitals.alarms.picture import sentence
from chengyun.vitals.anomaly.normal import band_at
from chengyun.vitals.anomaly.tier1 import A_MONTH, RINGS
from chengyun.vitals.contracts import Change, Detector, EpisodeKind, Level
from chengyun.vitals.live.watching import Watch, watched

STEP_S, DAY = 300, 288  # seconds between two rounds; rounds of a day
START = 1_762_790_400  # Tuesday 2025-11-11, midnight in Shanghai
FORMS = (
    "gas.methane",
    "gas-main.pressure",
    "bridge-strain.strain",
    "drain.filling",
    "lift.vibration",
    "tunnel.light",
)
EACH = 20


def kind(code: str, **more: float) -> Kind:
    quantity = Quantity(f"{code}.x", code, "甲", "A", "1", -1e4, 1e4, STEP_S)
    return Kind(code, "测试", "Test", "gas", (quantity,), **more)  # type: ignore[arg-type]


def site(count: int, *kinds: Kind) -> Watch:
    """Datastreams 1…count in grid 7, in turn of the kinds."""
    ids = np.arange(1, count + 1, dtype=np.int32)
    codes = tuple(one.quantities[0].code for one in kinds)
    of = (ids % len(kinds)).astype(np.int32)
    streams = Streams.plain(ids, np.full(count, 7, np.int64), of, codes, np.full(count, float(STEP_S)))
    return Watch(watched(replace(streams, high=np.full(count, 100.0)), kinds))


def town(days: int, seed: int) -> np.ndarray:
    """Rounds × datastreams: what the demo's things feel, in `FORMS`."""
    forms = [feelings().forms[code] for code in FORMS for _ in range(EACH)]
    every = np.arange(len(forms))
    signals = Signals(forms, every.astype(np.int32), np.random.default_rng(seed))
    return np.array([signals.at(every, START + n * STEP_S) for n in range(days * DAY)])


def told(watch: Watch, values: np.ndarray, first: int = 0) -> list[Change]:
    """Every round is a step."""
    ids = np.arange(1, values.shape[1] + 1, dtype=np.int32)
    found: list[Change] = []
    for number, row in enumerate(values, first):
        at = np.full(len(ids), (START + number * STEP_S) * 1_000_000, np.int64)
        found += watch.step(Readings(ids, at, row), int(at[0]) + 1_000)
    return found


def test_quiet_datastreams_keep_the_promise_and_a_fault_of_each_rings_once() -> None:
    """A month of 120 datastreams with days, weeks and noise that remembers; on the last day each third has a fault."""
    values = town(30, 5)
    calm = told(site(values.shape[1], kind("a")), values)
    rang = [one for one in calm if one.before == Level.NONE]
    assert len(rang) <= A_MONTH * values.shape[1]
    hurt = np.arange(0, values.shape[1], 3)
    values[-DAY:, hurt] += 20 * values[: -7 * DAY, hurt].std(0)
    faults = [one for one in told(site(values.shape[1], kind("a")), values) if one not in calm]
    by_stream = {one.stream or 0: one for one in faults if one.before == Level.NONE}
    assert sorted(by_stream) == (hurt + 1).tolist()
    assert len(by_stream) == len([one for one in faults if one.before == Level.NONE])
    began = min(one.at for one in by_stream.values()).timestamp()
    assert began - (START + 29 * DAY * STEP_S) == pytest.approx(STEP_S, abs=1)  # the second reading
    assert all(one.kind is EpisodeKind.ANOMALY and one.after == Level.BLUE for one in by_stream.values())


def test_an_episode_explains_itself_and_ends_when_it_has_been_usual_for_a_while() -> None:
    value = (
        20
        + 5 * np.sin(2 * np.pi * np.arange(12 * DAY) / DAY)
        + np.random.default_rng(1).normal(size=12 * DAY)
    )
    value[10 * DAY : 10 * DAY + 24] += 30
    rung, over = told(site(1, kind("gas", anomaly_level=2)), value[:, None])
    assert (rung.sign, rung.region, rung.stream, rung.after) == ("gas.x.anomaly", 7, 1, Level.YELLOW)
    assert (over.began, over.before, over.after) == (rung.began, Level.YELLOW, Level.NONE)
    assert (over.at - rung.at).total_seconds() - 22 * STEP_S >= 3600  # after the last that was unusual
    normal = rung.normal
    assert normal is not None
    assert (normal.detector, normal.value) == (Detector.HOUR, value[10 * DAY + 1])
    assert normal.sigmas >= RINGS
    assert f"{normal.sigmas:.1f} 个标准差" in sentence(normal, "zh") or "99.9" in sentence(normal, "zh")
    past = np.arange(9 * DAY, 10 * DAY)
    bands = [band_at(normal, (START + int(n) * STEP_S) * 1_000_000) for n in past]
    inside = [band.low <= value[n] <= band.high for band, n in zip(bands, past, strict=True)]
    assert np.mean(inside) > 0.95
    assert value[10 * DAY + 1] > band_at(normal, normal.at_us).high


def test_a_crash_changes_nothing_and_what_is_off_is_silent() -> None:
    values = town(4, 6)
    values[3 * DAY :, ::2] += 500
    kinds = (kind("a"), kind("b", anomaly_level=0))
    whole = site(values.shape[1], *kinds)
    before, after = told(whole, values[: 3 * DAY + 1]), told(whole, values[3 * DAY + 1 :], 3 * DAY + 1)
    assert {one.sign for one in after} <= {"a.x.anomaly"}
    for cut in (3 * DAY + 1, 3 * DAY + 6):
        first, then = site(values.shape[1], *kinds), site(values.shape[1], *kinds)
        heard = told(first, values[:cut])
        then.load(first.dump())
        assert heard + told(then, values[cut:], cut) == before + after
        assert {name: body for name, body in then.dump().items()} == whole.dump()


def test_who_always_shouts_is_heard_less_and_less() -> None:
    """A datastream that jumps for an hour every day at another hour, by chance ever further: its bar rises."""
    draw, days = np.random.default_rng(3), 60
    value = draw.normal(size=days * DAY)
    for day in range(2, days):
        begin = day * DAY + int(draw.integers(0, DAY - 24))
        value[begin : begin + 12] += 60
    rung = [one for one in told(site(1, kind("a")), value[:, None]) if one.before == Level.NONE]
    assert 1 <= len(rung) <= 8


def test_episodes_go_on_without_a_state_and_end_when_nobody_watches() -> None:
    value = np.random.default_rng(2).normal(size=(3 * DAY, 1))
    value[2 * DAY :] += 50
    watch = site(1, kind("a"))
    (rung,) = told(watch, value[: 2 * DAY + 4])
    stored = dict(watch._open)
    bare = site(1, kind("a"))
    bare.adopt(stored)
    (over,) = told(bare, np.zeros((DAY, 1)), 2 * DAY + 4)
    assert (over.began, over.after) == (rung.began, Level.NONE)
    assert bare.unwatched(stored, 5) == []
    assert [one.after for one in site(1, kind("a", anomaly_level=0)).unwatched(stored, 5)] == [Level.NONE]
