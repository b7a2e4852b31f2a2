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

from chengyun.vitals.anomaly import layout as of

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
ABOUT = 0.05  # of a tail's distance from the median: so little it mostly moves
HEAVIEST = 0.7  # shape of a tail
MOST = 16.0  # no difference counts more: one in nine million
BEST = 6  # how many differences are averaged
LOUDER = 1.1  # times that the bar goes up with each ringing: MOST is nine times louder than 7
RUN = 2  # readings in a row at the bar
WARM_READINGS = 576  # that must have been looked at, and a day must have passed, before it is heard
CALM = 3.5  # a score below is usual
CALM_READINGS, CALM_US = 6, HOUR_US  # both must have passed before it rings no more


@njit(cache=True, nogil=True)
def update(states, apart, rings, offset, begin, slot, at, value, scores, turned):  # type: ignore[no-untyped-def]
    """Readings from row `begin` on in turn, up to one with which a datastream begins to ring: fill their scores → (the row
    after the last, how many began or ceased to ring: they are in `turned`).
    """
    past, spare, count = np.empty(of.PAST, np.float32), np.empty(of.PAST, np.float32), 0
    for row in range(begin, len(value)):
        one = states[slot[row]]
        if not np.isfinite(value[row]) or (one.series.count > 0 and at[row] < one.series.at + PACE_US):
            continue
        _learn(one, past, spare)
        scores[row] = _score(one, offset, at[row], value[row])
        if _judge(one, rings, apart[slot[row]], scores[row], at[row]):
            turned[count] = slot[row]
            count += 1
            if one.ringing.rings == of.RINGING:
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
        if difference == difference and one.tail[column, of.UP].known > 0:
            one.surprise[column, of.UP] = _rarity(one.tail[column, of.UP], np.float32(difference))
            one.surprise[column, of.DOWN] = _rarity(one.tail[column, of.DOWN], np.float32(-difference))
    surprise = one.surprise.ravel().copy()
    _select(surprise, len(surprise) - BEST)
    return surprise[-BEST:].mean()


@njit(cache=True)
def _judge(one, rings, apart, score, moment):  # type: ignore[no-untyped-def]
    """Whether it begins or ceases to ring. What knows nothing yet calls nothing usual; what is new rings, and raises its
    bar, unheard.
    """
    ringing = one.ringing
    if ringing.rings != of.QUIET:
        if score >= CALM or one.tail[of.VALUE, of.UP].known == 0:
            ringing.unusual, ringing.calm = moment, 0
            return False
        ringing.calm += 1
        if ringing.calm < CALM_READINGS or moment - ringing.unusual < CALM_US:
            return False
        heard = ringing.rings == of.RINGING
        ringing.rings, ringing.run = of.QUIET, 0
        return heard
    if score < rings:
        ringing.run = 0
        return False
    bar = max(rings, ringing.bar * LOUDER ** (-(moment - ringing.rang) / apart))
    ringing.run = ringing.run + 1 if score >= bar else 0
    if ringing.run < RUN:
        return False
    heard = one.series.count >= WARM_READINGS and moment - one.series.first >= DAY_US
    ringing.rings, ringing.calm, ringing.unusual = of.RINGING if heard else of.UNHEARD, 0, moment
    ringing.bar, ringing.rang = bar * LOUDER, moment
    return heard


@njit(cache=True)
def _observe(series, at, x, offset, seen, difference):  # type: ignore[no-untyped-def]
    """Take a reading in. `seen` and `difference` (columns as COLUMNS) are filled, NaN where nothing is known yet;
    the reference of each is seen - difference. Nothing of the reading enters its own references.
    """
    seen[:], difference[:] = np.nan, np.nan
    day, bin_ = _clock(series, at + offset)
    if series.end == of.REACH + of.ROOM:
        series.values[: of.REACH] = series.values[of.ROOM :]
        series.away[: of.REACH] = series.away[of.ROOM :]
        series.outside[: of.REACH] = series.outside[of.ROOM :]
        series.end = of.REACH
    end = series.end
    series.values[end] = x
    series.largest = max(series.largest, abs(x))
    if series.count >= FIRST:
        turn = series.count + series.phase
        if series.count == FIRST or turn % of.REFRESH == 0:
            lately = series.values[max(0, end - LATELY) : end].copy()
            series.usual = _select(lately, len(lately) // 2)
        series.usuals[turn // of.REFRESH % of.USUALS] = series.usual
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
        for back in range(min(day - series.day, of.DAYS)):
            series.readings[:, (day - back) % of.DAYS] = 0
    series.day = day
    return day % of.DAYS, (local % DAY_US) * of.BINS // DAY_US


@njit(cache=True)
def _against_past(series, end, x, seen, difference):  # type: ignore[no-untyped-def]
    values = series.values
    seen[of.VALUE], difference[of.VALUE] = x, x - series.usual
    seen[of.JUMP], difference[of.JUMP] = x, x - _middle(values, end)
    for number in range(len(of.WINDOWS)):
        window = of.WINDOWS[number]
        if end + 1 >= window:
            now = values[end + 1 - window : end + 1].mean()
            seen[of.LEVEL + number], difference[of.LEVEL + number] = now, now - series.usual
            if end + 1 >= 2 * window:
                before = values[end + 1 - 2 * window : end + 1 - window].mean()
                seen[of.SHIFT + number], difference[of.SHIFT + number] = now, now - before
    for number, window in enumerate((of.SHORT, of.LONG)):
        if end >= window:
            moved = 0.0
            for row in range(end - window, end):
                moved += abs(values[row + 1] - values[row]) / window
            seen[of.ACTIVITY + number], difference[of.ACTIVITY + number] = moved, moved


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
    for slot in range(of.DAYS):
        if slot == day:
            continue
        if series.readings[bin_, slot] > 0:
            days += 1
            mean += series.mean[bin_, slot]
        for beside in (bin_ - 1, bin_, bin_ + 1):
            near = beside % of.BINS
            if series.readings[near, slot] > 0:
                low = min(low, series.low[near, slot])
                high = max(high, series.high[near, slot])
    end = series.end
    series.away[end], series.outside[end] = np.nan, np.nan
    if days > 0 and series.count >= FIRST:
        seen[of.HOUR], difference[of.HOUR] = x, x - mean / days
        seen[of.HOUR + 1], difference[of.HOUR + 1] = x, x - min(max(x, low), high)
        series.away[end], series.outside[end] = difference[of.HOUR], difference[of.HOUR + 1]


@njit(cache=True)
def _means_of_away(series, end, x, seen, difference):  # type: ignore[no-untyped-def]
    for number, window in enumerate((of.SHORT, of.LONG)):
        if end + 1 >= window:
            away = 0.0
            for row in range(end + 1 - window, end + 1):
                away += series.away[row]
            if away == away:
                seen[of.HOUR + 2 + number] = series.values[end + 1 - window : end + 1].mean()
                difference[of.HOUR + 2 + number] = away / window


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


@njit(cache=True)
def _past(series, column, past):  # type: ignore[no-untyped-def]
    """Fill `past` with the last differences, as they were → how many."""
    start = max(0, series.end - of.PAST, FIRST - (series.count - series.end))
    if column >= of.HOUR:
        kept = series.outside if column == of.HOUR + 1 else series.away
        window = 1 if column < of.HOUR + 2 else of.SHORT if column == of.HOUR + 2 else of.LONG
        return _past_means(kept, series.end, start, window, past)
    if column >= of.ACTIVITY:
        return _past_moves(series, start, of.SHORT if column == of.ACTIVITY else of.LONG, past)
    if column == of.JUMP:
        for row in range(start, series.end):
            past[row - start] = series.values[row] - _middle(series.values, row)
        return series.end - start
    shifts = column >= of.SHIFT
    window = 1 if column == of.VALUE else of.WINDOWS[column - (of.SHIFT if shifts else of.LEVEL)]
    return _past_levels(series, start, window, shifts, past)


@njit(cache=True)
def _past_levels(series, start, window, shifts, past):  # type: ignore[no-untyped-def]
    """Means of so many readings, against the usual value or, of `shifts`, the mean of as many before."""
    start, values = max(start, (2 if shifts else 1) * window - 1), series.values
    now = values[start + 1 - window : start].sum()
    before = values[start + 1 - 2 * window : start - window].sum() if shifts else 0.0
    turn = series.count - series.end + series.phase
    for row in range(start, series.end):
        now += values[row]
        if shifts:
            before += values[row - window]
            past[row - start] = (now - before) / window
            before -= values[row + 1 - 2 * window]
        else:
            past[row - start] = now / window - series.usuals[(turn + row) // of.REFRESH % of.USUALS]
        now -= values[row + 1 - window]
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


@njit(cache=True)
def _learn(one, past, spare):  # type: ignore[no-untyped-def]
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
    middle = _nth(past, known, known // 2, one.tail[column, of.UP], one.tail[column, of.UP].median, spare)
    for side in (of.UP, of.DOWN):
        tail = one.tail[column, side]
        tail.begin = _nth(past, known, known - 1 - tops, tail, tail.begin, spare)
        _fit(tail, past, known, tops, middle)
        middle = -middle
        for row in range(known):
            past[row] = -past[row]


@njit(cache=True)
def _nth(values, known, wanted, tail, guess, spare):  # type: ignore[no-untyped-def]
    """The value that is `wanted`-th in order. Mostly it is near what was guessed, among few; if not, it is found more slowly."""
    below, near = 0, ABOUT * (tail.begin - tail.median)
    inside = 0
    for row in range(known):
        value = values[row]
        spare[inside] = value
        below += value < guess - near
        inside += abs(value - guess) <= near
    if wanted < below or wanted >= below + inside:
        below, inside = 0, known
        for row in range(known):
            spare[row] = values[row]
    return _select(spare[:inside], wanted - below)


@njit(cache=True)
def _select(values, wanted):  # type: ignore[no-untyped-def]
    """The value that is `wanted`-th in order, put there, larger ones behind it (Hoare's FIND)."""
    first, last = 0, len(values) - 1
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
        first, last = (low if high < wanted else first), (high if wanted < low else last)
    return values[wanted]


@njit(cache=True)
def _fit(tail, past, known, tops, median):  # type: ignore[no-untyped-def]
    """To the `tops` largest."""
    tail.median, count = median, 0
    top = np.full(tops, tail.begin, np.float32)
    for row in range(known):
        if past[row] > tail.begin:
            top[count] = past[row]
            count += 1
    tail.known, tail.tops, tail.rare = known, tops, np.log(known / tops)
    tail.top[of.TOPS - tops :] = top
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
    top = tail.top[of.TOPS - tail.tops :]
    as_large = max((top >= value).sum(), np.exp(-MOST))
    return min(rarity, np.log(tail.known / as_large), MOST)
