"""What rings of all datastreams: an injected fault once, with its picture; quiet ones hardly ever; the same after a crash."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from chengyun.cli.demo.feeling.forms import Signals, feelings
from chengyun.sensing.contracts import Kind, Quantity, Readings, Streams
from chengyun.vitals.alarms.picture import normal_of, sentence
from chengyun.vitals.anomaly import kernel
from chengyun.vitals.anomaly.normal import band_at
from chengyun.vitals.anomaly.tier1 import A_MONTH, RINGS
from chengyun.vitals.contracts import Change, Detector, EpisodeKind, Level
from chengyun.vitals.live import watching
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


def state_of(watch: Watch) -> dict[str, bytes]:
    """What a fresh one that is given the watch's snapshot keeps: bases of this very moment."""
    fresh = Watch(watch._of)
    fresh.load(watch.dump())
    return fresh.dump()


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
    """Also of what is watched closely, whose snapshot holds bases of several moments and the readings since."""
    values = town(4, 6)
    values[3 * DAY :, ::2] += 500
    values[3 * DAY :, 1::4] += np.linspace(0, 500, DAY)[:, None]
    kinds = (kind("a"), kind("b", anomaly_level=0), kind("c", anomaly_close=True))
    whole = site(values.shape[1], *kinds)
    before, after = told(whole, values[: 3 * DAY + 1]), told(whole, values[3 * DAY + 1 :], 3 * DAY + 1)
    assert {one.sign for one in after} == {"a.x.anomaly", "c.x.anomaly"}
    for cut in (3 * DAY + 1, 3 * DAY + 6):
        first, then = site(values.shape[1], *kinds), site(values.shape[1], *kinds)
        heard: list[Change] = []
        for begin in range(0, cut, DAY // 4):  # as many snapshots before, the last after the last step
            heard += told(first, values[begin : min(begin + DAY // 4, cut)], begin)
            kept = first.dump()
        then.load(kept)
        assert heard + told(then, values[cut:], cut) == before + after
        assert state_of(then) == state_of(whole)
    assert len(kernel.update.signatures) == 1  # nothing is compiled once more on the way


@pytest.mark.parametrize("close", [False, True])
def test_who_always_shouts_is_heard_less_and_less(close: bool) -> None:
    """A datastream that jumps for an hour every day at another hour, by chance ever further: its bar rises."""
    draw, days = np.random.default_rng(3), 60
    value = draw.normal(size=days * DAY)
    for day in range(2, days):
        begin = day * DAY + int(draw.integers(0, DAY - 24))
        value[begin : begin + 12] += 60
    rung = [
        one
        for one in told(site(1, kind("a", anomaly_close=close)), value[:, None])
        if one.before == Level.NONE
    ]
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


def test_a_slow_drift_rings_where_it_is_watched_closely() -> None:
    """Twelve bridges lean over a day by as much as they lean with the sun each day; the picture goes through a row of JSON."""
    rounds, count = np.arange(10 * DAY), 12
    sun = 5 * np.sin(2 * np.pi * rounds / DAY)[:, None]
    value = 20 + sun + np.random.default_rng(4).normal(size=(len(rounds), count))
    value[-DAY:] += np.linspace(0, 10, DAY)[:, None]
    assert told(site(count, kind("a")), value) == []
    rung = told(site(count, kind("a", anomaly_close=True)), value)
    assert sorted(one.stream or 0 for one in rung) == list(range(1, count + 1))
    for one in rung:
        assert one.normal is not None
        normal = normal_of(json.loads(json.dumps(asdict(one.normal))))
        assert normal == one.normal
        now = (normal.at_us // 1_000_000 - START) // STEP_S
        assert now >= 9 * DAY
        bands = [band_at(normal, (START + int(n) * STEP_S) * 1_000_000) for n in range(8 * DAY, 9 * DAY)]
        usual = value[8 * DAY : 9 * DAY, (one.stream or 0) - 1]
        assert np.mean([band.low <= x <= band.high for band, x in zip(bands, usual, strict=True)]) > 0.85
        assert "高" in sentence(normal, "zh")


def test_an_episode_goes_on_when_another_model_takes_over_and_there_is_room_for_few(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    value = np.random.default_rng(7).normal(size=(4 * DAY, 4))
    value[2 * DAY :] += 40
    watch = site(4, kind("a"))
    rung = told(watch, value[: 2 * DAY + 4])
    assert len(rung) == 4
    monkeypatch.setattr(watching, "CLOSE_MOST", 3)
    watch.follow(site(4, kind("a", anomaly_close=True))._of)
    assert "4 datastreams are to be watched closely: 3 are, 1 by tier 1" in caplog.text
    over = told(watch, value[2 * DAY + 4 :], 2 * DAY + 4)
    assert sorted((one.stream, one.began, one.after) for one in over) == sorted(
        (one.stream, one.began, Level.NONE) for one in rung
    )
    first = min(one.at for one in over if one.stream != 4).timestamp()
    assert first > START + (2 * DAY + 100) * STEP_S  # not before it knows anything
