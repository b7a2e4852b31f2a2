"""Tier 2: chosen datastreams, tens of thousands of readings per second and core, about 0.4 MB each.

Sixteen differences (`kernel`), each judged in both directions by its own past. The six most surprising
are averaged: one alone may be chance, a true anomaly shows in several. Only what is a quarter more surprising than
anything of the last day scores, so one matter rings once. Strictly online: a score knows nothing of what comes later.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chengyun.vitals.anomaly import kernel
from chengyun.vitals.anomaly.contracts import Band, Explanation, Picture, Score
from chengyun.vitals.anomaly.kernel import COLUMNS, DOWN, SHOWN, UP, WHOLE
from chengyun.vitals.anomaly.normal import CITY_US
from chengyun.vitals.anomaly.words import sentences

RINGS = 7.0  # the score from which to ring
MANY = 99.9  # standard deviations are not counted beyond
TAIL_SIGMA = 2.054  # standard deviations at which the tails begin, of a Gaussian

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
        scores, columns = self._take(np.array([at_us], np.int64), np.array([value], np.float64))
        detector = COLUMNS[int(columns[0])][0]
        return Score(float(scores[0]), detector, bool(scores[0] >= RINGS))

    def scores(self, at_us: NDArray[np.int64], value: Floats) -> Floats:
        """The scores of many readings, as `update` would give them one after the other."""
        return self._take(at_us, value)[0]

    def _take(self, at_us: NDArray[np.int64], value: Floats) -> tuple[Floats, NDArray[np.int64]]:
        scores, columns = np.zeros(len(value)), np.zeros(len(value), np.int64)
        kernel.update(self._whole, self._offset, at_us, value, scores, columns)
        return scores, columns

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
        return Explanation(detector, int(series["at"]), value, seen, band, sigmas, zh, en, self.picture())

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
