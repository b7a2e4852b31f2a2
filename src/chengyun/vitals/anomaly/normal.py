"""What is usual for a datastream, worked out from what the detector kept. Pure; without the compiler, so that pages use it too."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chengyun.vitals.anomaly.contracts import Band
from chengyun.vitals.contracts import Normal

BINS, OTHER_DAY = 48, 24  # hours of a working day, then of a weekend
HOUR_US = 3_600_000_000
CITY_US = 8 * HOUR_US  # the city's clock, which has no summer time
DRIFT_SHARE = 0.2  # of a reading in the mean of the last few
DRIFT_GAIN = 3.0  # that mean scatters so many times less than a reading: sqrt((2 - 0.2) / 0.2)
FEW = round((2 - DRIFT_SHARE) / DRIFT_SHARE)  # readings that the mean of the last few is worth


def departure(profile: NDArray[np.float32], at_us: int, offset_us: int = CITY_US) -> float:
    """From the level, as is usual at a moment; an hour that is not known yet is that of the other kind of day."""
    bin_ = bin_of((at_us + offset_us) // HOUR_US)
    known = profile[[bin_, (bin_ + OTHER_DAY) % BINS]]
    usual = known[~np.isnan(known)]
    return float(usual[0]) if len(usual) else 0.0


def band_at(normal: Normal, at_us: int) -> Band:
    """What was usual at a moment before it rang, as was known when it rang."""
    profile = np.array([np.nan if hour is None else hour for hour in normal.profile], np.float32)
    expected, closely = normal.level + departure(profile, at_us), normal.closely
    if closely is not None:
        return Band(expected, expected - closely.below, expected + closely.above)
    return Band(expected, expected - normal.half, expected + normal.half)


def bin_of(hour: int) -> int:
    """Hours since 1970 (a Thursday) in local time → which bin of the profile."""
    return hour % 24 + (24 if (hour // 24 + 3) % 7 >= 5 else 0)
