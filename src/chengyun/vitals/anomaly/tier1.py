"""Tier 1: every datastream, tens of millions of readings per second and core.

What is normal is a level plus the usual departure from it at this hour of a working day or of a weekend; how wide normal is comes from the
mean absolute departure. All three forget over days, whatever the rate of the readings, and a reading counts with at
most three widths, so that one wild value moves nothing. The score is the distance from normal in standard deviations.

*Ringing.* A datastream rings with the second reading in a row at its bar, and no more once an hour was usual. Ringing
raises the bar by half; it comes down again so slowly that in the long run no datastream rings more often than is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chengyun.vitals.anomaly.contracts import Band
from chengyun.vitals.anomaly.normal import (
    BINS,
    CITY_US,
    DRIFT_GAIN,
    DRIFT_SHARE,
    HOUR_US,
    OTHER_DAY,
    bin_of,
    departure,
)
from chengyun.vitals.contracts import Detector, Normal
from chengyun.vitals.engine.jit import jit, part

DAY_US = 86_400_000_000

MEMORY_US = 2 * DAY_US  # how long level and width remember
PROFILE_SHARE = 0.25  # of a new day in the profile
WARM_READINGS, WARM_US = 64, DAY_US  # before both have passed every score is 0
CLIP = 3.0  # widths with which a reading counts at most
REACH = 4.0  # standard deviations that are no cause to widen
REACH_UP, REACH_DOWN = 1 / (2 * HOUR_US), 1 / (14 * DAY_US)  # a microsecond: so an hour a week is usual
BLOCK = 64  # readings whose state is fetched together
LEAST_SPAN = 0.001  # of the valid range: narrower is never abnormal
TO_SIGMA = 1.2533  # standard deviation / mean absolute deviation of a Gaussian
TRUSTED = 3.0  # standard deviations around the expected value that are called usual
RINGS = 7.0  # the lowest bar
RUN = 2  # readings in a row at the bar: one wild value rings nowhere
LOUDER = 1.5  # times that the bar goes up with each ringing
CALM = RINGS / 2  # a score below is usual
CALM_READINGS, CALM_US = 6, HOUR_US  # both must have passed before it rings no more
MONTH_US = 30 * DAY_US
A_MONTH = 0.1  # ringings of a datastream a month that are allowed in the long run
STATE = np.dtype(  # 64 bytes: one cache line
    [
        ("level", "<f8"),
        ("last", "<f8"),
        ("at", "<i8"),
        ("first", "<i8"),
        ("usual", "<f4"),  # of the profile, for this hour; NaN: not known yet
        ("total", "<f4"),  # of departures from the level in this hour
        ("width", "<f4"),  # mean absolute departure
        (
            "least",
            "<f4",
        ),  # narrower is never abnormal: smallest change ever seen, or a part of the valid range
        ("drift", "<f4"),  # mean of the last few departures
        ("reach", "<f4"),  # how many standard deviations away it is now and then
        ("readings", "<i4"),  # in this hour
        ("count", "u1"),  # up to WARM_READINGS
        ("bin", "u1"),
        ("watched", "<i2"),  # 1: rings, or the last reading was at the bar
    ]
)
RINGING = np.dtype(
    [
        ("bar", "<f8"),  # when it rang last; 0: it never has
        ("rang", "<i8"),
        ("unusual", "<i8"),  # the last reading that was not usual while it rings
        ("at", "<i8"),  # the reading with which it rang, and what was known before it:
        ("value", "<f8"),
        ("level", "<f8"),
        ("usual", "<f8"),  # departure at this hour; NaN: not known
        ("mean", "<f8"),  # departure of the last few, where that is what was unusual; else NaN
        ("half", "<f8"),  # half of the band
        ("score", "<f8"),
        ("run", "<i2"),
        ("calm", "<i2"),
        ("rings", "<i4"),
    ]
)

Floats = NDArray[np.float64]
Scores = NDArray[np.float32]


class Tier1:
    """State of `streams` datastreams, numbered from 0. `span`: width of the valid range of each, where it is known
    (else infinite or 0): changes below a thousandth of it are never abnormal. `offset_us`: of the local clock.
    `turned`: those that began or ceased to ring in the last update, in that order, maybe several times.
    """

    def __init__(self, streams: int, span: Floats | None = None, offset_us: int = CITY_US) -> None:
        self._state = _aligned(streams)
        self._profile = np.full((streams, BINS), np.nan, np.float32)
        self._ringing = np.zeros(streams, RINGING)
        self._apart = np.full(streams, MONTH_US / A_MONTH)
        self._least = _least(streams, span)
        self._offset = offset_us
        self.turned = np.empty(0, np.int32)

    def __len__(self) -> int:
        return len(self._state)

    def update(self, stream: NDArray[np.int32], at_us: NDArray[np.int64], value: Floats) -> Scores:
        """Distance from normal, in standard deviations, of each reading as it came; 0 while a datastream is new.

        Columns of equal length; a datastream's readings in the order of their moments. A reading that is not newer than the latest of its
        datastream, or not a number, scores 0 and changes nothing. Raises IndexError for an unknown datastream.
        """
        if len(stream) and (stream.min() < 0 or stream.max() >= len(self)):
            raise IndexError("no such datastream")
        scores, turned = np.zeros(len(stream), np.float32), np.empty(len(stream), np.int32)
        state = (self._state, self._profile, self._ringing, self._least, self._apart)
        count, _ = _update(*state, self._offset, stream, at_us, value, scores, turned)
        self.turned = turned[:count].copy()
        return scores

    def band(self, stream: int, at_us: int) -> Band | None:
        """What is usual for a datastream at a moment, from all readings so far; None while it is new."""
        state = self._state[stream]
        if not warm(state["count"], state["at"], state["first"]):
            return None
        expected = float(state["level"]) + departure(self._profile[stream], at_us, self._offset)
        sigma = max(TO_SIGMA * float(state["width"]), float(state["least"]))
        half = TRUSTED * sigma * max(float(state["reach"]), REACH) / REACH
        return Band(expected, expected - half, expected + half)

    def allow(self, a_month: Floats, span: Floats) -> None:
        """Of the first datastreams: how often each may ring in the long run, times a month, above 0; its `span`."""
        self._apart[: len(a_month)] = MONTH_US / a_month
        self._least[: len(span)] = _least(len(span), span)

    def rings(self, stream: int) -> bool:
        """Whether it rings."""
        return bool(self._ringing[stream]["rings"])

    def last(self, stream: int) -> float:
        """The newest value."""
        return float(self._state[stream]["last"])

    def ring(self, stream: int) -> None:
        """Let it ring, as it did before its state was lost, until it has been usual for a while."""
        self._ringing[stream]["rings"] = self._state[stream]["watched"] = 1

    def why(self, stream: int) -> Normal:
        """What was known when it rang last."""
        one = self._ringing[stream]
        mean = not np.isnan(one["mean"])
        usual = 0.0 if np.isnan(one["usual"]) else float(one["usual"])
        expected = float(one["level"]) + usual
        detector = Detector.LEVEL if mean else Detector.VALUE if np.isnan(one["usual"]) else Detector.HOUR
        return Normal(
            detector,
            int(one["at"]),
            float(one["value"]),
            expected + float(one["mean"]) if mean else float(one["value"]),
            expected,
            float(one["half"]),
            float(one["score"]),
            float(one["level"]),
            tuple(None if np.isnan(hour) else float(hour) for hour in self._profile[stream]),
        )

    def grow(self, streams: int, span: Floats | None = None) -> None:
        """Add datastreams at the end: from now on there are `streams`; `span` is that of the new ones."""
        if streams == len(self):
            return
        more = Tier1(streams - len(self), span)
        state = _aligned(streams)
        state[: len(self)], state[len(self) :] = self._state, more._state
        self._state = state
        for name in ("_profile", "_ringing", "_apart", "_least"):
            setattr(self, name, np.concatenate([getattr(self, name), getattr(more, name)]))

    def dump(self) -> dict[str, bytes]:
        """The state as named columns, for a snapshot; `profile` changes when an hour is over only."""
        return {name: column.tobytes() for name, column in self._columns().items()}

    def load(self, body: Mapping[str, bytes]) -> None:
        """What `dump` gave of these datastreams, or of the first of them. Raises ValueError when it does not fit."""
        columns = self._columns()
        counts = {len(body.get(name, b"")) / (column.nbytes / len(self)) for name, column in columns.items()}
        count = counts.pop()
        if counts or not count.is_integer() or count > len(self):
            raise ValueError("the snapshot does not fit")
        for name, column in columns.items():
            held = column[: int(count)]
            held[:] = np.frombuffer(body[name], column.dtype).reshape(held.shape)

    def _columns(self) -> dict[str, NDArray[Any]]:
        return {"state": self._state, "profile": self._profile, "ringing": self._ringing}


def _aligned(streams: int) -> NDArray[np.void]:
    """States that begin where a cache line does."""
    line = STATE.itemsize
    room = np.zeros((streams + 1) * line, np.uint8)
    begin = -room.ctypes.data % line
    return room[begin : begin + streams * line].view(STATE)


def _least(streams: int, span: Floats | None) -> Floats:
    if span is None:
        return np.zeros(streams)
    return np.where(np.isfinite(span), LEAST_SPAN * np.abs(span), 0.0)


def warm(count: int, at: int, first: int) -> bool:
    """Whether there is enough to judge by."""
    return count >= WARM_READINGS and at - first >= WARM_US


_bin, _warm = part(bin_of), part(warm)


@jit
def _update(
    state: Any,
    profile: Any,
    ringing: Any,
    least: Any,
    apart: Any,
    offset: Any,
    stream: Any,
    at: Any,
    value: Any,
    scores: Any,
    turned: Any,
) -> tuple[int, float]:
    """All readings in turn → how many `turned` (and a sum that nobody needs). Consecutive ones mostly share the hour,
    which is divided out once; the state of the next few is fetched together, since waiting for memory one by one is
    what takes longest.
    """
    begin: Any = np.int64(0)
    bin_: Any = np.int64(-1)
    fetched, count = 0.0, 0
    for block in range(0, len(stream), BLOCK):
        end = min(block + BLOCK, len(stream))
        for k in range(block, end):
            fetched += state[stream[k]].level
        for k in range(block, end):
            i, moment, x = stream[k], at[k], value[k]
            if not (0 <= moment - begin < HOUR_US) or bin_ < 0:
                hour = (moment + offset) // HOUR_US
                begin, bin_ = hour * HOUR_US - offset, _bin(hour)
            if np.isfinite(x) and (state[i].count == 0 or moment > state[i].at):
                scores[k], turns = _reading(
                    state[i], profile[i], least[i : i + 1], ringing, apart, i, bin_, moment, x
                )
                if turns:
                    turned[count] = i
                    count += 1
    return count, fetched


@part
def _reading(
    one: Any,
    profile: Any,
    least: Any,
    ringing: Any,
    apart: Any,
    i: Any,
    bin_: Any,
    moment: Any,
    x: Any,
) -> tuple[Any, bool]:
    """(score of one reading, whether it began or ceased to ring); then it is learnt."""
    if one.count == 0:
        one.level, one.last, one.first, one.bin = x, x, moment, bin_
        one.usual, one.least = np.float32(np.nan), np.float32(least[0])
    elif bin_ != one.bin:
        _close_hour(one, profile, bin_)
    usual = 0.0 if np.isnan(one.usual) else np.float64(one.usual)
    away = x - one.level - usual
    step = np.float32(abs(x - one.last))
    if step > 0 and (one.least == 0 or step < one.least):
        one.least = max(step, np.float32(least[0]))
    sigma = max(TO_SIGMA * one.width, np.float64(one.least))
    score, turns = 0.0, False
    judged = _warm(one.count, one.at, one.first)
    if judged:
        score = _score(one, away, sigma, moment)
    if score >= RINGS or one.watched:
        turns = _judge(one, ringing[i], apart[i], score, moment)
        if turns and ringing[i].rings:
            _keep(one, ringing[i], away, sigma, score, moment, x)
    if judged:
        away = min(max(away, -CLIP * sigma), CLIP * sigma)
    _learn(one, usual, away, moment, x)
    return np.float32(score), turns


@part
def _judge(one: Any, ringing: Any, apart: Any, score: Any, moment: Any) -> bool:
    """Whether it begins or ceases to ring."""
    if ringing.rings:
        if score >= CALM:
            ringing.unusual, ringing.calm = moment, 0
            return False
        ringing.calm = min(ringing.calm + 1, CALM_READINGS)
        if ringing.calm < CALM_READINGS or moment - ringing.unusual < CALM_US:
            return False
        ringing.rings, ringing.run, one.watched = 0, 0, 0
        return True
    bar = max(RINGS, ringing.bar * LOUDER ** (-(moment - ringing.rang) / apart))
    ringing.run = ringing.run + 1 if score >= bar else 0
    one.watched = 1 if ringing.run > 0 else 0
    if ringing.run < RUN:
        return False
    ringing.rings, ringing.calm, ringing.unusual = 1, 0, moment
    ringing.bar, ringing.rang = bar * LOUDER, moment
    return True


@part
def _keep(one: Any, ringing: Any, away: Any, sigma: Any, score: Any, moment: Any, x: Any) -> None:
    """What was known before the reading with which it rings."""
    ringing.at, ringing.value, ringing.level, ringing.usual = moment, x, one.level, one.usual
    ringing.mean = one.drift if DRIFT_GAIN * abs(one.drift) > abs(away) else np.nan
    ringing.half, ringing.score = TRUSTED * sigma * max(one.reach, REACH) / REACH, score


@part
def _score(one: Any, away: Any, sigma: Any, moment: Any) -> Any:
    """How far the reading or the mean of the last few is away; less where that happens for an hour a week."""
    if sigma <= 0:
        return 0.0
    counted = min(max(away, -CLIP * sigma), CLIP * sigma)
    one.drift += np.float32(DRIFT_SHARE * (counted - one.drift))
    far = max(abs(away), DRIFT_GAIN * abs(one.drift)) / sigma
    reach = max(one.reach, REACH)
    passed = np.float64(min(moment - one.at, HOUR_US))
    one.reach = reach * (1 + passed * REACH_UP) if far > reach else reach * (1 - passed * REACH_DOWN)
    return far * REACH / reach if reach > REACH else far


@part
def _close_hour(one: Any, profile: Any, bin_: Any) -> None:
    """An hour is over: its mean departure enters the profile. A first weekend is compared with working days."""
    mean = np.float32(one.total / max(one.readings, 1))
    known = profile[one.bin]
    profile[one.bin] = mean if np.isnan(known) else known + np.float32(PROFILE_SHARE) * (mean - known)
    usual = profile[bin_]
    one.usual = profile[(bin_ + OTHER_DAY) % BINS] if np.isnan(usual) else usual
    one.bin, one.total, one.readings = bin_, 0.0, 0


@part
def _learn(one: Any, usual: Any, away: Any, moment: Any, x: Any) -> None:
    """Level and width follow with the share of their memory that has passed since the reading before."""
    one.total += np.float32(usual + away)
    one.readings += 1
    if one.count > 0:
        lived = moment - one.first
        passed = np.float64(moment - one.at)
        share = passed * (1.0 / MEMORY_US) if lived >= MEMORY_US else passed / lived
        share = min(share, 1.0 if one.count < WARM_READINGS else 0.1)
        one.level += share * away
        one.width += np.float32(share * (abs(away) - one.width))
    one.at, one.last = moment, x
    if one.count < WARM_READINGS:
        one.count += 1
