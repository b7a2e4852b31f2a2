"""What tier 2 looks at: sixteen differences between what is seen and a reference from the past of the same series.

Each is in the unit of the readings, so none depends on where the series' zero lies; how unusual a difference is says
`tails`, from the series' own past, so nothing depends on its scale either.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from chengyun.vitals.anomaly.contracts import Detector

WINDOWS = (6, 24, 96, 288)  # readings: LEVEL and SHIFT
SHORT, LONG = 12, 72  # readings: ACTIVITY, and the mean of departures from the hour
COLUMNS = (  # which detector a difference belongs to, and over how many readings it goes
    (Detector.VALUE, 1),
    (Detector.JUMP, 1),
    *((Detector.LEVEL, window) for window in WINDOWS),
    *((Detector.SHIFT, window) for window in WINDOWS),
    (Detector.ACTIVITY, SHORT),
    (Detector.ACTIVITY, LONG),
    (Detector.HOUR, 1),
    (Detector.HOUR, 1),
    (Detector.HOUR, SHORT),
    (Detector.HOUR, LONG),
)
VALUE, JUMP, LEVEL, SHIFT, ACTIVITY, HOUR = 0, 1, 2, 6, 10, 12

PAST = 2048  # readings that are kept
BINS, DAYS = 48, 7  # half hours of the last seven days
DAY_US = 86_400_000_000
REFRESH = 16  # readings after which the usual value is found anew
FIRST = 16  # readings before anything is compared
BEFORE = 5  # readings whose median a jump is measured from

SERIES = np.dtype(
    [
        ("count", "<i8"),
        ("end", "<i8"),  # of what is kept in `values` and `away`
        ("at", "<i8"),
        ("day", "<i8"),
        ("usual", "<f8"),  # median of what is kept
        ("values", "<f8", (2 * PAST,)),
        ("away", "<f8", (2 * PAST,)),  # from the mean of the same half hour on earlier days; NaN: none known
        ("low", "<f8", (BINS, DAYS)),
        ("high", "<f8", (BINS, DAYS)),
        ("mean", "<f8", (BINS, DAYS)),
        ("readings", "<i8", (BINS, DAYS)),
    ]
)


@njit(cache=True)
def observe(series, at, x, offset, seen, difference):  # type: ignore[no-untyped-def]
    """Take a reading in. `seen` and `difference` (columns as COLUMNS) are filled, NaN where nothing is known yet;
    the reference of each is seen - difference. Nothing of the reading enters its own references.
    """
    seen[:], difference[:] = np.nan, np.nan
    day, bin_ = _clock(series, at + offset)
    _make_room(series)
    end = series.end
    series.values[end] = x
    if series.count >= FIRST:
        if series.usual != series.usual or series.count % REFRESH == 0:
            series.usual = np.median(series.values[max(0, end - PAST) : end])
        _against_past(series, end, x, seen, difference)
    series.away[end] = _against_hour(series, day, bin_, x, seen, difference)
    if series.count >= FIRST:
        _means_of_away(series, end, x, seen, difference)
    _remember(series, day, bin_, x)
    series.end, series.at = end + 1, at
    series.count += 1


@njit(cache=True)
def _clock(series, local):  # type: ignore[no-untyped-def]
    """(slot of the day, half hour); the slots of days that have begun since are emptied."""
    day = local // DAY_US
    if series.count == 0:
        series.usual = np.nan
    elif day != series.day:
        for back in range(min(day - series.day, DAYS)):
            series.readings[:, (day - back) % DAYS] = 0
    series.day = day
    return day % DAYS, (local % DAY_US) * BINS // DAY_US


@njit(cache=True)
def _make_room(series):  # type: ignore[no-untyped-def]
    if series.end == 2 * PAST:
        series.values[:PAST] = series.values[PAST:]
        series.away[:PAST] = series.away[PAST:]
        series.end = PAST


@njit(cache=True)
def _against_past(series, end, x, seen, difference):  # type: ignore[no-untyped-def]
    values = series.values
    seen[VALUE], difference[VALUE] = x, x - series.usual
    seen[JUMP], difference[JUMP] = x, x - np.median(values[end - BEFORE : end])
    for number in range(len(WINDOWS)):
        window = WINDOWS[number]
        if end + 1 >= window:
            now = values[end + 1 - window : end + 1].mean()
            seen[LEVEL + number], difference[LEVEL + number] = now, now - series.usual
            if end + 1 >= 2 * window:
                before = values[end + 1 - 2 * window : end + 1 - window].mean()
                seen[SHIFT + number], difference[SHIFT + number] = now, now - before
    for number, window in enumerate((SHORT, LONG)):
        if end >= window:
            moved = np.abs(np.diff(values[end - window : end + 1])).mean()
            seen[ACTIVITY + number], difference[ACTIVITY + number] = moved, moved


@njit(cache=True)
def _against_hour(series, day, bin_, x, seen, difference):  # type: ignore[no-untyped-def]
    """Against the same half hour of earlier days: their mean, and their range with the half hours beside it."""
    days, mean, low, high = 0, 0.0, np.inf, -np.inf
    for slot in range(DAYS):
        if slot == day:
            continue
        if series.readings[bin_, slot] > 0:
            days += 1
            mean += series.mean[bin_, slot]
        for beside in (bin_ - 1, bin_, bin_ + 1):
            near = beside % BINS
            if series.readings[near, slot] > 0:
                low = min(low, series.low[near, slot])
                high = max(high, series.high[near, slot])
    if days == 0 or series.count < FIRST:
        return np.nan
    away = x - mean / days
    seen[HOUR], difference[HOUR] = x, away
    seen[HOUR + 1], difference[HOUR + 1] = x, x - min(max(x, low), high)
    return away


@njit(cache=True)
def _means_of_away(series, end, x, seen, difference):  # type: ignore[no-untyped-def]
    for number, window in enumerate((SHORT, LONG)):
        if end + 1 >= window:
            away = series.away[end + 1 - window : end + 1].mean()
            if away == away:
                seen[HOUR + 2 + number] = series.values[end + 1 - window : end + 1].mean()
                difference[HOUR + 2 + number] = away


@njit(cache=True)
def _remember(series, slot, bin_, x):  # type: ignore[no-untyped-def]
    readings = series.readings[bin_, slot]
    if readings == 0:
        series.low[bin_, slot], series.high[bin_, slot], series.mean[bin_, slot] = x, x, x
    else:
        series.low[bin_, slot] = min(series.low[bin_, slot], x)
        series.high[bin_, slot] = max(series.high[bin_, slot], x)
        series.mean[bin_, slot] += (x - series.mean[bin_, slot]) / (readings + 1)
    series.readings[bin_, slot] = readings + 1
