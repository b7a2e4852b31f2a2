"""What tier 2 computes.

*Differences.* Sixteen, between what is seen and a reference from the past of the same series, in the unit of the
readings, so none depends on where the series' zero lies. Only readings are kept: `_past` works out what the differences were.
*Tails.* How often is a difference as large as this one to be expected, going by the past of the same difference? Within
the past by counting, beyond it by a generalised Pareto tail fitted (by moments) to the largest 2 %, so nothing depends on the
scale, and a series that spikes every hour makes no stir about one more spike. Tails are fitted anew now and then, each
column at another reading and each datastream at others, so that no batch waits for all of them.

All in one file: numba keeps compiled code by the file of the function that is called and would not notice that one in another file
has changed.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from chengyun.vitals.anomaly.layout import (
    ACTIVITY,
    BINS,
    DAYS,
    DOWN,
    HOUR,
    JUMP,
    LEVEL,
    LONG,
    PAST,
    QUIET,
    REACH,
    REFRESH,
    RINGING,
    ROOM,
    SHIFT,
    SHORT,
    TOPS,
    UNHEARD,
    UP,
    USUALS,
    VALUE,
    WINDOWS,
)

DAY_US, HOUR_US = 86_400_000_000, 3_600_000_000
LATELY = 2048  # readings whose median is the usual value
PACE_US = 240_000_000  # between two readings that are looked at
FIRST = 16  # readings before anything is compared
BEFORE = 5  # readings whose median a jump is measured from
NOTHING = 1e-12  # of the largest reading: no smaller difference is one
LEAST = 100  # differences before anything is said
OFTEN, SELDOM = 32, 512  # readings after which tails are fitted anew, at first and in the end
SHARE, AT_LEAST = 0.02, 10  # what of the past is tail
NARROWEST = 0.15  # mean excess of a tail / distance of the tail from the median: a Gaussian has 0.18
HEAVIEST = 0.7  # shape of a tail
MOST = 16.0  # no difference counts more: one in nine million
BEST = 6  # how many differences are averaged

RINGS = 7.0  # the lowest bar
LOUDER = 1.1  # times that the bar goes up with each ringing: MOST is nine times louder than RINGS
RUN = 2  # readings in a row at the bar
WARM_READINGS = 576  # that must have been looked at, and a day must have passed, before it is heard
CALM = 3.5  # a score below is usual
CALM_READINGS, CALM_US = 6, HOUR_US  # both must have passed before it rings no more


@njit(cache=True, nogil=True)
def update(states, apart, offset, begin, slot, at, value, scores, turned):  # type: ignore[no-untyped-def]
    """Readings from row `begin` on in turn, up to one with which a datastream begins to ring: fill their scores → (the row
    after the last, how many began or ceased to ring: they are in `turned`).
    """
    past, count = np.empty(PAST, np.float32), 0
    for row in range(begin, len(value)):
        one = states[slot[row]]
        if not np.isfinite(value[row]) or (one.series.count > 0 and at[row] < one.series.at + PACE_US):
            continue
        _learn(one, past)
        scores[row] = _score(one, offset, at[row], value[row])
        if _judge(one, apart[slot[row]], scores[row], at[row]):
            turned[count] = slot[row]
            count += 1
            if one.ringing.rings == RINGING:
                return row + 1, count
    return len(value), count


@njit(cache=True)
def _score(one, offset, at, value):  # type: ignore[no-untyped-def]
    """How surprising a reading is: the mean of its most surprising differences."""
    _observe(one.series, at, value, offset, one.seen, one.difference)
    one.surprise[:] = 0.0
    nothing = NOTHING * one.series.largest
    for column in range(len(one.seen)):
        difference = one.difference[column]
        if abs(difference) <= nothing:
            difference = one.difference[column] = 0.0
        if difference == difference and one.tail[column, UP].known > 0:
            one.surprise[column, UP] = _rarity(one.tail[column, UP], np.float32(difference))
            one.surprise[column, DOWN] = _rarity(one.tail[column, DOWN], np.float32(-difference))
    return np.sort(one.surprise.ravel())[-BEST:].mean()


# Ringing


@njit(cache=True)
def _judge(one, apart, score, moment):  # type: ignore[no-untyped-def]
    """Whether it begins or ceases to ring. What knows nothing yet calls nothing usual; what is new rings, and raises its
    bar, unheard.
    """
    ringing = one.ringing
    if ringing.rings != QUIET:
        if score >= CALM or one.tail[VALUE, UP].known == 0:
            ringing.unusual, ringing.calm = moment, 0
            return False
        ringing.calm += 1
        if ringing.calm < CALM_READINGS or moment - ringing.unusual < CALM_US:
            return False
        heard = ringing.rings == RINGING
        ringing.rings, ringing.run = QUIET, 0
        return heard
    if score < RINGS:
        ringing.run = 0
        return False
    bar = max(RINGS, ringing.bar * LOUDER ** (-(moment - ringing.rang) / apart))
    ringing.run = ringing.run + 1 if score >= bar else 0
    if ringing.run < RUN:
        return False
    heard = one.series.count >= WARM_READINGS and moment - one.series.first >= DAY_US
    ringing.rings, ringing.calm, ringing.unusual = RINGING if heard else UNHEARD, 0, moment
    ringing.bar, ringing.rang = bar * LOUDER, moment
    return heard


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
    series.largest = max(series.largest, abs(x))
    if series.count >= FIRST:
        turn = series.count + series.phase
        if series.count == FIRST or turn % REFRESH == 0:
            series.usual = np.median(series.values[max(0, end - LATELY) : end])
        series.usuals[turn // REFRESH % USUALS] = series.usual
        _against_past(series, end, x, seen, difference)
    _against_hour(series, day, bin_, x, seen, difference)
    if series.count >= FIRST:
        _means_of_away(series, end, x, seen, difference)
    _remember(series, day, bin_, x)
    if series.count == 0:
        series.first = at
    series.end, series.at = end + 1, at
    series.count += 1


@njit(cache=True)
def _clock(series, local):  # type: ignore[no-untyped-def]
    """(slot of the day, half hour); the slots of days that have begun since are emptied."""
    day = local // DAY_US
    if series.count > 0 and day != series.day:
        for back in range(min(day - series.day, DAYS)):
            series.readings[:, (day - back) % DAYS] = 0
    series.day = day
    return day % DAYS, (local % DAY_US) * BINS // DAY_US


@njit(cache=True)
def _make_room(series):  # type: ignore[no-untyped-def]
    if series.end == REACH + ROOM:
        series.values[:REACH] = series.values[ROOM:]
        series.away[:REACH] = series.away[ROOM:]
        series.outside[:REACH] = series.outside[ROOM:]
        series.end = REACH


@njit(cache=True)
def _against_past(series, end, x, seen, difference):  # type: ignore[no-untyped-def]
    values = series.values
    seen[VALUE], difference[VALUE] = x, x - series.usual
    seen[JUMP], difference[JUMP] = x, x - _middle(values, end)
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
def _middle(values, end):  # type: ignore[no-untyped-def]
    """Median of the BEFORE readings before `end`: how many of the others are below each."""
    for row in range(end - BEFORE, end):
        below, same = 0, 0
        for other in range(end - BEFORE, end):
            below += values[other] < values[row]
            same += values[other] == values[row]
        if below <= BEFORE // 2 < below + same:
            return values[row]
    return values[end - 1]


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
    end = series.end
    series.away[end], series.outside[end] = np.nan, np.nan
    if days > 0 and series.count >= FIRST:
        seen[HOUR], difference[HOUR] = x, x - mean / days
        seen[HOUR + 1], difference[HOUR + 1] = x, x - min(max(x, low), high)
        series.away[end], series.outside[end] = difference[HOUR], difference[HOUR + 1]


@njit(cache=True)
def _means_of_away(series, end, x, seen, difference):  # type: ignore[no-untyped-def]
    for number, window in enumerate((SHORT, LONG)):
        if end + 1 >= window:
            away = 0.0
            for row in range(end + 1 - window, end + 1):
                away += series.away[row]
            if away == away:
                seen[HOUR + 2 + number] = series.values[end + 1 - window : end + 1].mean()
                difference[HOUR + 2 + number] = away / window


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


# Differences of the past: each fills `past` → how many. `start`: the first reading that is asked for


@njit(cache=True)
def _past(series, column, past):  # type: ignore[no-untyped-def]
    start = max(0, series.end - PAST, FIRST - (series.count - series.end))
    if column >= HOUR + 2:
        return _past_means(series.away, series.end, start, SHORT if column == HOUR + 2 else LONG, past)
    if column >= HOUR:
        kept, known = series.away if column == HOUR else series.outside, 0
        for row in range(start, series.end):
            past[known] = kept[row]
            known += kept[row] == kept[row]
        return known
    if column >= ACTIVITY:
        return _past_moves(series, start, SHORT if column == ACTIVITY else LONG, past)
    if column >= SHIFT:
        return _past_shifts(series, start, WINDOWS[column - SHIFT], past)
    if column == JUMP:
        for row in range(start, series.end):
            past[row - start] = series.values[row] - _middle(series.values, row)
        return series.end - start
    return _past_levels(series, start, 1 if column == VALUE else WINDOWS[column - LEVEL], past)


@njit(cache=True)
def _past_levels(series, start, window, past):  # type: ignore[no-untyped-def]
    start, values = max(start, window - 1), series.values
    total, turn = values[start + 1 - window : start].sum(), series.count - series.end + series.phase
    for row in range(start, series.end):
        total += values[row]
        past[row - start] = total / window - series.usuals[(turn + row) // REFRESH % USUALS]
        total -= values[row + 1 - window]
    return max(series.end - start, 0)


@njit(cache=True)
def _past_shifts(series, start, window, past):  # type: ignore[no-untyped-def]
    start, values = max(start, 2 * window - 1), series.values
    now = values[start + 1 - window : start].sum()
    before = values[start + 1 - 2 * window : start - window].sum()
    for row in range(start, series.end):
        now += values[row]
        before += values[row - window]
        past[row - start] = (now - before) / window
        now -= values[row + 1 - window]
        before -= values[row + 1 - 2 * window]
    return max(series.end - start, 0)


@njit(cache=True)
def _past_moves(series, start, window, past):  # type: ignore[no-untyped-def]
    start, values = max(start, window), series.values
    total = 0.0
    for row in range(start + 1 - window, min(start, series.end)):
        total += abs(values[row] - values[row - 1])
    for row in range(start, series.end):
        total += abs(values[row] - values[row - 1])
        past[row - start] = total / window
        total -= abs(values[row + 1 - window] - values[row - window])
    return max(series.end - start, 0)


@njit(cache=True)
def _past_means(away, end, start, window, past):  # type: ignore[no-untyped-def]
    total, run, known = 0.0, 0, 0
    for row in range(max(0, start + 1 - window), end):
        if away[row] != away[row]:
            total, run = 0.0, 0
            continue
        total += away[row]
        run += 1
        if run > window:
            total -= away[row - window]
        if run >= window and row >= start:
            past[known] = total / window
            known += 1
    return known


# Tails


@njit(cache=True)
def _learn(one, past):  # type: ignore[no-untyped-def]
    """Fit the tails of the column whose turn it is: before a reading, so that what judged the one before is still there."""
    every, columns = OFTEN, len(one.seen)
    while every < SELDOM and every * OFTEN <= one.series.count:
        every *= 2
    turn = (one.series.count + one.series.phase) % every
    if turn % (every // columns) > 0:
        return
    column = turn // (every // columns)
    known, nothing = _past(one.series, column, past), NOTHING * one.series.largest
    if known < LEAST:
        return
    for row in range(known):
        if abs(past[row]) <= nothing:
            past[row] = 0.0
    tops = max(AT_LEAST, int(SHARE * known))
    _select(past, 0, known - 1, known - 1 - tops)
    _select(past, 0, known - 1 - tops, tops)
    _select(past, tops, known - 1 - tops, known // 2)
    middle = past[known // 2]
    _fit(one.tail[column, UP], known, np.sort(past[known - tops : known]), past[known - 1 - tops], middle)
    _fit(one.tail[column, DOWN], known, np.sort(-past[:tops]), -past[tops], -middle)


@njit(cache=True)
def _select(values, first, last, wanted):  # type: ignore[no-untyped-def]
    """Put the value that is `wanted`-th in order into its place, smaller ones before it (Hoare's FIND)."""
    while first < last:
        pivot, low, high = values[(first + last) // 2], first, last
        while low <= high:
            while values[low] < pivot:
                low += 1
            while pivot < values[high]:
                high -= 1
            if low <= high:
                values[low], values[high] = values[high], values[low]
                low += 1
                high -= 1
        if high < wanted:
            first = low
        if wanted < low:
            last = high


@njit(cache=True)
def _fit(tail, known, top, begin, median):  # type: ignore[no-untyped-def]
    tops = len(top)
    tail.known, tail.tops, tail.rare = known, tops, np.log(known / tops)
    tail.top[TOPS - tops :] = top
    tail.begin, tail.median = begin, median
    excess = top.astype(np.float64) - tail.begin
    mean, spread = excess.mean(), excess.var()
    tail.shape = 0.0
    if spread > 0 and mean > 0:
        shape = min(max(0.5 * (1 - mean * mean / spread), 0.0), HEAVIEST)
        tail.shape = shape if shape > 1e-3 else 0.0
    tail.excess = max(mean * (1 - tail.shape), NARROWEST * (tail.begin - tail.median))


@njit(cache=True)
def _rarity(tail, value):  # type: ignore[no-untyped-def]
    """Minus the logarithm of how often."""
    if value <= tail.median:
        return 0.0
    if value <= tail.begin:
        return tail.rare * (value - tail.median) / (tail.begin - tail.median)
    rarity = MOST
    if tail.excess > 0:
        beyond = (value - tail.begin) / tail.excess
        rarity = tail.rare + (np.log(1 + tail.shape * beyond) / tail.shape if tail.shape > 0 else beyond)
    top = tail.top[TOPS - tail.tops :]
    as_large = len(top) - np.searchsorted(top, value)
    if as_large > 0:
        rarity = min(rarity, np.log(tail.known / as_large))
    return min(rarity, MOST)
