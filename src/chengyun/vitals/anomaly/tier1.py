"""Tier 1: every datastream, tens of millions of readings per second and core.

What is normal is a level plus the usual departure from it at this hour of a working day or of a weekend; how wide normal is comes from the
mean absolute departure. All three forget over days, whatever the rate of the readings, and a reading counts with at
most three widths, so that one wild value moves nothing. The score is the distance from normal in standard deviations.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from chengyun.vitals.anomaly.contracts import Band

BINS, OTHER_DAY = 48, 24  # hours of a working day, then of a weekend
HOUR_US, DAY_US = 3_600_000_000, 86_400_000_000
CITY_US = 8 * HOUR_US  # the city's clock, which has no summer time
MEMORY_US = 2 * DAY_US  # how long level and width remember
PROFILE_SHARE = 0.25  # of a new day in the profile
WARM_READINGS, WARM_US = 64, DAY_US  # before both have passed every score is 0
CLIP = 3.0  # widths with which a reading counts at most
DRIFT_SHARE = 0.2  # of a reading in the mean of the last few
DRIFT_GAIN = 3.0  # that mean scatters so many times less than a reading: sqrt((2 - 0.2) / 0.2)
REACH = 4.0  # standard deviations that are no cause to widen
REACH_UP, REACH_DOWN = 1 / (2 * HOUR_US), 1 / (14 * DAY_US)  # a microsecond: so an hour a week is usual
BLOCK = 64  # readings whose state is fetched together
LEAST_SPAN = 0.001  # of the valid range: narrower is never abnormal
TO_SIGMA = 1.2533  # standard deviation / mean absolute deviation of a Gaussian
TRUSTED = 3.0  # standard deviations around the expected value that are called usual

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
        ("_", "<i2"),
    ]
)

Floats = NDArray[np.float64]
Scores = NDArray[np.float32]


class Tier1:
    """State of `streams` datastreams, numbered from 0. `span`: width of the valid range of each, where it is known
    (else infinite or 0): changes below a thousandth of it are never abnormal. `offset_us`: of the local clock.
    """

    def __init__(self, streams: int, span: Floats | None = None, offset_us: int = CITY_US) -> None:
        self._state = _aligned(streams)
        self._profile = np.full((streams, BINS), np.nan, np.float32)
        self._least = _least(streams, span)
        self._offset = offset_us

    def __len__(self) -> int:
        return len(self._state)

    def update(self, stream: NDArray[np.int32], at_us: NDArray[np.int64], value: Floats) -> Scores:
        """Distance from normal, in standard deviations, of each reading as it came; 0 while a datastream is new.

        Columns of equal length; a datastream's readings in the order of their moments. A reading that is not newer than the latest of its
        datastream, or not a number, scores 0 and changes nothing. Raises IndexError for an unknown datastream.
        """
        if len(stream) and (stream.min() < 0 or stream.max() >= len(self)):
            raise IndexError("no such datastream")
        scores = np.zeros(len(stream), np.float32)
        _update(self._state, self._profile, self._least, self._offset, stream, at_us, value, scores)
        return scores

    def band(self, stream: int, at_us: int) -> Band | None:
        """What is usual for a datastream at a moment, from all readings so far; None while it is new."""
        state = self._state[stream]
        if not _warm(state["count"], state["at"], state["first"]):
            return None
        bin_ = _bin((at_us + self._offset) // HOUR_US)
        known = self._profile[stream, [bin_, (bin_ + OTHER_DAY) % BINS]]
        usual = known[~np.isnan(known)]
        expected = float(state["level"]) + (float(usual[0]) if len(usual) else 0.0)
        sigma = max(TO_SIGMA * float(state["width"]), float(state["least"]))
        half = TRUSTED * sigma * max(float(state["reach"]), REACH) / REACH
        return Band(expected, expected - half, expected + half)

    def grow(self, streams: int, span: Floats | None = None) -> None:
        """Add datastreams at the end: from now on there are `streams`; `span` is that of the new ones."""
        more = Tier1(streams - len(self), span)
        state = _aligned(streams)
        state[: len(self)], state[len(self) :] = self._state, more._state
        self._state = state
        self._profile = np.concatenate([self._profile, more._profile])
        self._least = np.concatenate([self._least, more._least])

    def dump(self, first: int = 0, last: int | None = None) -> bytes:
        """The state of the datastreams `first`…`last` (exclusive), 256 bytes each, for a snapshot."""
        return self._state[first:last].tobytes() + self._profile[first:last].tobytes()

    def load(self, body: bytes, first: int = 0) -> None:
        """What `dump` gave, from datastream `first` on. Raises ValueError when it does not fit."""
        count, rest = divmod(len(body), STATE.itemsize + BINS * 4)
        if rest or first + count > len(self):
            raise ValueError("the snapshot does not fit")
        self._state[first : first + count] = np.frombuffer(body, STATE, count)
        bins = np.frombuffer(body, np.float32, offset=count * STATE.itemsize)
        self._profile[first : first + count] = bins.reshape(count, BINS)


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


@njit(cache=True)
def _bin(hour):  # type: ignore[no-untyped-def]
    """Hours since 1970 (a Thursday) in local time → which bin of the profile."""
    return hour % 24 + (24 if (hour // 24 + 3) % 7 >= 5 else 0)


@njit(cache=True)
def _warm(count, at, first):  # type: ignore[no-untyped-def]
    return count >= WARM_READINGS and at - first >= WARM_US


@njit(cache=True, nogil=True)
def _update(state, profile, least, offset, stream, at, value, scores):  # type: ignore[no-untyped-def]
    """All readings in turn. Consecutive ones mostly share the hour, which is divided out once; the state of the next
    few is fetched together, since waiting for memory one by one is what takes longest.
    """
    begin, bin_, fetched = np.int64(0), np.int64(-1), 0.0
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
                scores[k] = _reading(state[i], profile[i], least[i : i + 1], bin_, moment, x)
    return fetched


@njit(cache=True)
def _reading(one, profile, least, bin_, moment, x):  # type: ignore[no-untyped-def]
    """The score of one reading; then it is learnt."""
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
    score = 0.0
    if _warm(one.count, one.at, one.first):
        score = _score(one, away, sigma, moment)
        away = min(max(away, -CLIP * sigma), CLIP * sigma)
    _learn(one, usual, away, moment, x)
    return np.float32(score)


@njit(cache=True)
def _score(one, away, sigma, moment):  # type: ignore[no-untyped-def]
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


@njit(cache=True)
def _close_hour(one, profile, bin_):  # type: ignore[no-untyped-def]
    """An hour is over: its mean departure enters the profile. A first weekend is compared with working days."""
    mean = np.float32(one.total / max(one.readings, 1))
    known = profile[one.bin]
    profile[one.bin] = mean if np.isnan(known) else known + np.float32(PROFILE_SHARE) * (mean - known)
    usual = profile[bin_]
    one.usual = profile[(bin_ + OTHER_DAY) % BINS] if np.isnan(usual) else usual
    one.bin, one.total, one.readings = bin_, 0.0, 0


@njit(cache=True)
def _learn(one, usual, away, moment, x):  # type: ignore[no-untyped-def]
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
