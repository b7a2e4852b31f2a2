"""Moments as devices tell them: nothing, ISO-8601 with a zone, epochs in seconds, milliseconds or microseconds. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from chengyun.sensing.contracts import Moments
from chengyun.sensing.intake.codecs.influx import Microseconds
from chengyun.sensing.intake.codecs.senml import Since

BAD = np.iinfo(np.int64).min
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECONDS, MILLISECONDS, MICROSECONDS = 1e11, 1e14, 1e17  # an epoch below it is counted in that unit


def microseconds(moment: datetime) -> int:
    """Since 1970-01-01 UTC, exactly."""
    return (moment - EPOCH) // MICROSECOND


def moment(us: int) -> datetime:
    """Microseconds since 1970-01-01 UTC as a moment, exactly."""
    return EPOCH + us * MICROSECOND


def moments(told: list[object], now: int) -> Moments:
    """Microseconds of each; BAD where it is no moment."""
    if all(one is None for one in told):
        return np.full(len(told), now, np.int64)
    if {type(one) for one in told} <= {int, float}:
        try:
            return _epochs(np.array(told, np.float64))
        except OverflowError:  # among them an integer beyond every float: one by one
            pass
    return np.array([_moment(one, now) for one in told], np.int64)


def _epochs(told: NDArray[np.float64]) -> Moments:
    """By size. A float holds every microsecond until the year 2255."""
    size = np.abs(told)
    good = size < MICROSECONDS
    factor = np.where(size < SECONDS, 1e6, np.where(size < MILLISECONDS, 1e3, 1.0))
    return np.where(good, np.rint(np.where(good, told, 0.0) * factor).astype(np.int64), BAD)


def _moment(told: object, now: int) -> int:
    if told is None:
        return now
    if isinstance(told, str):
        return _iso(told)
    if isinstance(told, Since):
        return now + round(told.seconds * 1e6)
    if isinstance(told, Microseconds):
        return int(told)
    if isinstance(told, bool) or not isinstance(told, (int, float)) or not abs(told) < MICROSECONDS:
        return int(BAD)
    return int(_epochs(np.array([told], np.float64))[0])


def _iso(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return int(BAD)
    return int(BAD) if moment.tzinfo is None else microseconds(moment)
