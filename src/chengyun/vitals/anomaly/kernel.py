"""What tier 2 computes.

*Differences.* Sixteen, between what is seen and a reference from the past of the same series, in the unit of the
readings, so none depends on where the series' zero lies. *Tails.* How often is a difference as large as this one to be expected,
going by the past of the same difference? Within the past by counting, beyond it by a generalised Pareto tail fitted (by moments) to the
largest 2 %, so nothing depends on the scale, and a series that spikes every hour makes no stir about one more spike. *News.* What is
no worse than what was told of in the last day scores 0.

All in one file: numba keeps compiled code by the file of the function that is called and would not notice that one in another file
has changed.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from chengyun.vitals.contracts import Detector

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

KEPT = 2048  # readings that are kept
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
        ("values", "<f8", (2 * KEPT,)),
        ("away", "<f8", (2 * KEPT,)),  # from the mean of the same half hour on earlier days; NaN: none known
        ("low", "<f8", (BINS, DAYS)),
        ("high", "<f8", (BINS, DAYS)),
        ("mean", "<f8", (BINS, DAYS)),
        ("readings", "<i8", (BINS, DAYS)),
    ]
)

PAST = 4096  # differences that are kept
LEAST = 100  # differences before anything is said
OFTEN, SELDOM, SETTLED = (
    32,
    128,
    1024,
)  # differences after which the tails are fitted anew: first, from SETTLED on
SHARE, AT_LEAST = 0.02, 10  # what of the past is tail
TOPS = 96  # largest values kept for counting: more than SHARE of PAST
NARROWEST = 0.15  # mean excess of a tail / distance of the tail from the median: a Gaussian has 0.18
HEAVIEST = 0.7  # shape of a tail
MOST = 16.0  # no difference counts more: one in nine million
UP, DOWN = 0, 1

TAIL = np.dtype(
    [
        ("begin", "<f8"),  # where the tail begins
        ("median", "<f8"),
        ("excess", "<f8"),  # scale of the Pareto tail; 0: all values of the past are the same
        ("shape", "<f8"),
        ("known", "<i8"),  # how many values it was fitted to; 0: none yet
        ("top", "<f4", (TOPS,)),  # the largest, ascending, the last `tops` of it
        ("tops", "<i8"),
    ]
)
COLUMN = np.dtype([("ring", "<f4", (PAST,)), ("count", "<i8"), ("tail", TAIL, (2,))])

BEST = 6  # how many differences are averaged
WORSE = 1.25  # times as surprising as what has been told of
TOLD_READINGS = 288  # and at least a day: as long a matter is told of once
SHOWN = 288  # readings in a picture

WHOLE = np.dtype(
    [
        ("series", SERIES),
        ("column", COLUMN, (len(COLUMNS),)),
        ("seen", "<f8", (len(COLUMNS),)),  # these three of the latest reading
        ("difference", "<f8", (len(COLUMNS),)),
        ("surprise", "<f4", (len(COLUMNS), 2)),
        ("told", "<f8"),  # the most surprising that was told of, when, and how many readings ago
        ("told_at", "<i8"),
        ("told_ago", "<i8"),
        ("picture", "<f8", (SHOWN, 3)),
        ("picture_at", "<i8", (SHOWN,)),
        ("picture_value", "<f8", (SHOWN,)),
    ]
)


@njit(cache=True, nogil=True)
def update(whole, offset, at, value, scores, columns):  # type: ignore[no-untyped-def]
    """Readings of one series in turn: fill their scores, and for each the column that is most surprising."""
    for row in range(len(value)):
        scores[row], columns[row] = _update(whole[0], offset, at[row], value[row])


@njit(cache=True)
def _update(one, offset, at, value):  # type: ignore[no-untyped-def]
    """(score, the column that is most surprising)"""
    series = one.series
    if not np.isfinite(value) or (series.count > 0 and at <= series.at):
        return 0.0, 0
    _observe(series, at, value, offset, one.seen, one.difference)
    _draw(one, at, value)
    one.surprise[:] = 0.0
    for column in range(len(one.seen)):
        if one.difference[column] == one.difference[column]:
            _surprise(one.column[column], one.difference[column], one.surprise[column])
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


# Differences


@njit(cache=True)
def _observe(series, at, x, offset, seen, difference):  # type: ignore[no-untyped-def]
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
            series.usual = np.median(series.values[max(0, end - KEPT) : end])
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
    if series.end == 2 * KEPT:
        series.values[:KEPT] = series.values[KEPT:]
        series.away[:KEPT] = series.away[KEPT:]
        series.end = KEPT


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
            moved = 0.0
            for row in range(end - window, end):
                moved += abs(values[row + 1] - values[row]) / window
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


# Tails


@njit(cache=True)
def _surprise(column, difference, found):  # type: ignore[no-untyped-def]
    """Fill `found` (up, down) with minus the logarithm of how often; the difference then joins the past."""
    value = np.float32(difference)
    if column.tail[UP].known > 0:
        found[UP] = _rarity(column.tail[UP], value)
        found[DOWN] = _rarity(column.tail[DOWN], -value)
    column.ring[column.count % PAST] = value
    column.count += 1
    every = OFTEN if column.count < SETTLED else SELDOM
    if column.count == LEAST or (column.count > LEAST and column.count % every == 0):
        ordered = np.sort(column.ring[: min(column.count, PAST)])
        _fit(column.tail[UP], ordered)
        _fit(column.tail[DOWN], -ordered[::-1])


@njit(cache=True)
def _rarity(tail, value):  # type: ignore[no-untyped-def]
    if value <= tail.median:
        return 0.0
    beginning = np.log(tail.known / tail.tops)
    if value <= tail.begin:
        return beginning * (value - tail.median) / (tail.begin - tail.median)
    rarity = MOST
    if tail.excess > 0:
        beyond = (value - tail.begin) / tail.excess
        rarity = beginning + (np.log(1 + tail.shape * beyond) / tail.shape if tail.shape > 0 else beyond)
    top = tail.top[TOPS - tail.tops :]
    as_large = len(top) - np.searchsorted(top, value)
    if as_large > 0:
        rarity = min(rarity, np.log(tail.known / as_large))
    return min(rarity, MOST)


@njit(cache=True)
def _fit(tail, ordered):  # type: ignore[no-untyped-def]
    known = len(ordered)
    tops = max(AT_LEAST, int(SHARE * known))
    tail.known, tail.tops = known, tops
    tail.top[TOPS - tops :] = ordered[known - tops :]
    tail.begin, tail.median = ordered[known - tops - 1], ordered[known // 2]
    excess = ordered[known - tops :].astype(np.float64) - tail.begin
    mean, spread = excess.mean(), excess.var()
    tail.shape = 0.0
    if spread > 0 and mean > 0:
        shape = min(max(0.5 * (1 - mean * mean / spread), 0.0), HEAVIEST)
        tail.shape = shape if shape > 1e-3 else 0.0
    tail.excess = max(mean * (1 - tail.shape), NARROWEST * (tail.begin - tail.median))
