"""Tier 2: chosen datastreams, tens of thousands of readings per second and core, about 0.4 MB each.

Sixteen differences (`statistics`), each judged in both directions by its own past (`tails`). The six most surprising
are averaged: one alone may be chance, a true anomaly shows in several. Only what is a quarter more surprising than
anything of the last day scores, so one matter rings once. Strictly online: a score knows nothing of what comes later.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from chengyun.vitals.anomaly import statistics, tails
from chengyun.vitals.anomaly.contracts import Band, Explanation, Picture, Score
from chengyun.vitals.anomaly.statistics import COLUMNS, DAY_US, HOUR, SERIES, VALUE
from chengyun.vitals.anomaly.tails import COLUMN, DOWN, UP
from chengyun.vitals.anomaly.tier1 import CITY_US
from chengyun.vitals.anomaly.words import sentences

RINGS = 7.0  # the score from which to ring
BEST = 6  # how many differences are averaged
WORSE = 1.25  # times as surprising as what has been told of
TOLD_READINGS = 288  # and at least a day: as long a matter is told of once
SHOWN = 288  # readings in a picture
MANY = 99.9  # standard deviations are not counted beyond
TAIL_SIGMA = 2.054  # standard deviations at which the tails begin, of a Gaussian

WHOLE = np.dtype(
    [
        ("series", SERIES),
        ("column", COLUMN, (len(COLUMNS),)),
        ("seen", "<f8", (len(COLUMNS),)),  # these three of the latest reading
        ("difference", "<f8", (len(COLUMNS),)),
        ("surprise", "<f8", (len(COLUMNS), 2)),
        ("told", "<f8"),  # the most surprising that was told of, when, and how many readings ago
        ("told_at", "<i8"),
        ("told_ago", "<i8"),
        ("picture", "<f8", (SHOWN, 3)),
        ("picture_at", "<i8", (SHOWN,)),
        ("picture_value", "<f8", (SHOWN,)),
    ]
)

Floats = NDArray[np.float64]


class Tier2:
    """One datastream. `offset_us`: of the local clock."""

    def __init__(self, offset_us: int = CITY_US) -> None:
        self._whole = np.zeros(1, WHOLE)
        self._whole["picture"] = np.nan
        self._offset = offset_us

    def update(self, at_us: int, value: float) -> Score:
        """Take a reading in and score it. One that is not newer than the latest, or not a number, scores 0 and
        changes nothing.
        """
        score, column = _update(self._whole, self._offset, at_us, value)
        return Score(float(score), COLUMNS[column][0], bool(score >= RINGS))

    def scores(self, at_us: NDArray[np.int64], value: Floats) -> Floats:
        """The scores of many readings, as `update` would give them one after the other."""
        scores = np.zeros(len(value))
        _update_all(self._whole, self._offset, at_us, value, scores)
        return scores

    def explain(self) -> Explanation | None:
        """Why the latest reading is as surprising as it is; None while the series is new."""
        one = self._whole[0]
        column, side = np.unravel_index(int(np.argmax(one["surprise"])), one["surprise"].shape)
        tail = one["column"][column]["tail"]
        if tail[UP]["known"] == 0:
            return None
        seen, series = float(one["seen"][column]), one["series"]
        band = _band(seen - float(one["difference"][column]), tail)
        sigma = (float(tail[side]["begin"]) - float(tail[side]["median"])) / TAIL_SIGMA
        sigmas = min(abs(seen - band.expected) / sigma, MANY) if sigma > 0 else MANY
        detector, readings = COLUMNS[column]
        zh, en = sentences(detector, seen, band, sigmas, readings)
        value = float(series["values"][series["end"] - 1])
        return Explanation(
            detector, int(series["at"]), value, seen, band, sigmas, zh, en, self.picture()
        )

    def picture(self) -> Picture:
        """The last readings and what was usual for each."""
        one = self._whole[0]
        count = int(one["series"]["count"])
        order = np.arange(max(0, count - SHOWN), count) % SHOWN
        expected, low, high = one["picture"][order].T.copy()
        return Picture(one["picture_at"][order], one["picture_value"][order], expected, low, high)

    def dump(self) -> bytes:
        """The whole state, for a snapshot."""
        return self._whole.tobytes()

    def load(self, body: bytes) -> None:
        """What `dump` gave. Raises ValueError when it does not fit."""
        if len(body) != WHOLE.itemsize:
            raise ValueError("the snapshot does not fit")
        self._whole = np.frombuffer(body, WHOLE).copy()


def _band(reference: float, tail: NDArray[np.void]) -> Band:
    """From where the lower tail ends to where the upper one begins."""
    return Band(
        reference + float(tail[UP]["median"]),
        reference - float(tail[DOWN]["begin"]),
        reference + float(tail[UP]["begin"]),
    )


@njit(cache=True, nogil=True)
def _update_all(whole, offset, at, value, scores):  # type: ignore[no-untyped-def]
    for row in range(len(value)):
        scores[row] = _update(whole, offset, at[row], value[row])[0]


@njit(cache=True)
def _update(whole, offset, at, value):  # type: ignore[no-untyped-def]
    """(score, the column that is most surprising)"""
    one = whole[0]
    series = one.series
    if not np.isfinite(value) or (series.count > 0 and at <= series.at):
        return 0.0, 0
    statistics.observe(series, at, value, offset, one.seen, one.difference)
    _draw(one, at, value)
    one.surprise[:] = 0.0
    for column in range(len(one.seen)):
        if one.difference[column] == one.difference[column]:
            tails.surprise(one.column[column], one.difference[column], one.surprise[column])
    ordered = np.sort(one.surprise.ravel())
    return _untold(one, at, ordered[-BEST:].mean()), one.surprise.argmax() // 2


@njit(cache=True)
def _untold(one, at, surprising):  # type: ignore[no-untyped-def]
    """What is no news scores 0; while it still grows at all, it stays told of."""
    one.told_ago += 1
    if one.told_ago > TOLD_READINGS and at - one.told_at > DAY_US:
        one.told = 0.0
    if surprising > one.told:
        one.told_at, one.told_ago = at, 0
    if surprising <= one.told * WORSE:
        return 0.0
    one.told = surprising
    return surprising


@njit(cache=True)
def _draw(one, at, value):  # type: ignore[no-untyped-def]
    """What was usual, before the reading is learnt: at this time of day once that is known, else at any."""
    place = (one.series.count - 1) % SHOWN
    one.picture_at[place], one.picture_value[place] = at, value
    column = HOUR if one.column[HOUR].tail[UP].known > 0 else VALUE
    tail = one.column[column].tail
    if tail[UP].known == 0 or one.difference[column] != one.difference[column]:
        one.picture[place] = np.nan
        return
    reference = one.seen[column] - one.difference[column]
    one.picture[place, 0] = reference + tail[UP].median
    one.picture[place, 1] = reference - tail[DOWN].begin
    one.picture[place, 2] = reference + tail[UP].begin
