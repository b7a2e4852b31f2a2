"""What others may see of anomalies: scores, the picture of normal, the sentence that explains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chengyun.vitals.contracts import Detector

USUAL = 6.0  # tier 1: standard deviations from which a reading is called abnormal


@dataclass(frozen=True, slots=True)
class Band:
    """What would be usual: the expected value, and between which values it would lie."""

    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Picture:
    """The last readings with what was usual at each, known before it came: columns of equal length; NaN where
    nothing was known yet.
    """

    at_us: NDArray[np.int64]
    value: NDArray[np.float64]
    expected: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a reading is abnormal: `seen` (the reading, or for some detectors a mean of the last ones) against what was
    usual, which is `sigmas` standard deviations away; the same as a sentence.
    """

    detector: Detector
    at_us: int
    value: float
    seen: float
    band: Band
    sigmas: float
    zh: str
    en: str
    picture: Picture


@dataclass(frozen=True, slots=True)
class Score:
    """What tier 2 says of one reading: how surprising it is (`score`: minus the natural logarithm of how often such a thing
    is to be expected, 0 while the series is new), which detector found it most so, and whether to ring.
    """

    score: float
    detector: Detector
    alarm: bool
