"""Rows of the board: statistics, formulas, levels. What runs for every row that may have changed."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from chengyun.vitals.engine.jit import jit, near, part
from chengyun.vitals.engine.shapes import NEVER, Array

_NEVER = int(NEVER)
AHEAD = 8  # rows between two looks at what a row touches, and its turn


class Judging(NamedTuple):
    """What `evaluate` reads and writes."""

    signs: Array
    places: Array
    cells: Array
    measures: Array
    rings: Array
    slots: Array
    spreads: Array
    past: Array
    stats: Array
    counts: Array
    gauges: Array
    operands: Array  # rows that rows of formulas are over
    dependents_first: Array
    dependents: Array
    codes: Array
    numbers: Array  # beside codes
    stack: Array
    window: Array  # count, sum, low, high, spread of the window looked at last
    looked: Array  # cell, ring, n of it
    rows: Array  # the board
    judged: Array  # row of each judge
    steps_of: Array  # by judge
    steps: Array
    judges: Array
    due: Array  # by judge: when time alone may change its level
    stale: Array
    row_queue: Array
    row_queue_first: Array
    row_queued: Array
    changes: Array
    next: Array


@jit
def evaluate(t: Any, clock: int, now: int, started: int) -> int:
    """Evaluate the rows in the queue, those of formulas after what they are over → number of changes."""
    told = 0
    t.looked[0] = -1
    for depth in range(len(t.row_queued)):
        first, many = t.row_queue_first[depth], t.row_queued[depth]
        for ahead in range(many + 2 * AHEAD):
            if ahead < many:
                _ask_for(t, t.row_queue[first + ahead])
            i = ahead - AHEAD
            if i >= 0 and i < many:
                _ask_below(t, t.row_queue[first + i])
            i -= AHEAD
            if i < 0:
                continue
            row = t.row_queue[first + i]
            t.stale[row] = 0
            place = t.places[row]
            sign = t.signs[place.sign]
            if _renew(t, row, place, sign):
                _tell_dependents(t, row)
            if place.judge >= 0:
                told = _judge(t, row, place.judge, sign, clock, now, started, told)
        t.row_queued[depth] = 0
    return told


@part
def _ask_for(t: Any, row: int) -> None:
    """For a row whose turn comes soon: memory is asked before it is needed, for many rows at once."""
    near(t.places, row)
    near(t.rows, row)
    near(t.dependents_first, row)


@part
def _ask_below(t: Any, row: int) -> None:
    """The same for what the row says where it stands."""
    place = t.places[row]
    sign = t.signs[place.sign]
    if place.judge >= 0:
        near(t.judges, place.judge)
        near(t.due, place.judge)
        near(t.steps_of, place.judge)
    if sign.input == 0:
        near(t.stats, place.of)
        if sign.ring >= 0:
            near(t.past, t.rings[sign.ring].low + place.of - t.rings[sign.ring].cell)


@jit
def wake(t: Any, clock: int) -> None:
    """Queue the rows whose level time alone may change by `clock`; find when the next does."""
    soon = t.next[0]
    for j in range(len(t.due)):
        if t.due[j] <= clock:
            _queue(t, t.judged[j])
        else:
            soon = min(soon, t.due[j])
    t.next[0] = soon


@part
def _queue(t: Any, row: int) -> None:
    if t.stale[row] == 0:
        t.stale[row] = 1
        depth = t.signs[t.places[row].sign].depth
        t.row_queue[t.row_queue_first[depth] + t.row_queued[depth]] = row
        t.row_queued[depth] += 1


@part
def _tell_dependents(t: Any, row: int) -> None:
    for k in range(t.dependents_first[row], t.dependents_first[row + 1]):
        _queue(t, t.dependents[k])


@part
def _renew(t: Any, row: int, place: Any, sign: Any) -> Any:
    x, at, alive, inputs = _input(t, place, sign)
    value = x if sign.code_first == sign.code_end else _formula(t, place, sign, x)
    if not (value >= sign.low and value <= sign.high):
        value = np.nan
    board = t.rows[row]
    alive = min(alive, 32767)
    same = board.value == value or (np.isnan(board.value) and np.isnan(value))
    if same and board.at == at and board.alive == alive and board.inputs == inputs:
        return False
    board.value = value
    board.at = at
    board.alive = alive
    board.inputs = inputs
    return True


@part
def _input(t: Any, place: Any, sign: Any) -> Any:
    """The statistic (of formulas over signs: nothing), newest moment, how many are alive, how many there are."""
    if sign.input == 0:
        stat = t.stats[place.of]
        return _statistic(t, place.of, sign, stat), stat.newest, np.int64(stat.alive), np.int64(stat.streams)
    if sign.input == 1:
        gauge = t.gauges[place.of]
        return gauge.value, gauge.at, gauge.n, gauge.n
    at, alive = np.int64(0), np.int64(32767)
    for k in range(place.of, place.of + sign.operands):
        operand = t.rows[t.operands[k]]
        at = max(at, operand.at)
        alive = min(alive, np.int64(operand.alive))
    return np.float64(np.nan), at, alive, np.int64(sign.operands)


@part
def _formula(t: Any, place: Any, sign: Any, x: float) -> Any:
    if sign.input != 2 and np.isnan(x):
        return np.nan
    for k in range(place.of, place.of + sign.operands):
        if np.isnan(t.rows[t.operands[k]].value):
            return np.nan
    top = -1
    for c in range(sign.code_first, sign.code_end):
        code = t.codes[c]
        if code <= 1:
            top += 1
            t.stack[top] = t.numbers[c] if code == 0 else _operand(t, place, sign, t.numbers[c], x)
        elif code == 6 or code == 9:
            t.stack[top] = -t.stack[top] if code == 6 else abs(t.stack[top])
        else:
            top -= 1
            t.stack[top] = _apply(code, t.stack[top], t.stack[top + 1])
    return t.stack[0] if np.isfinite(t.stack[0]) else np.nan


@part
def _operand(t: Any, place: Any, sign: Any, number: float, x: float) -> Any:
    return x if sign.input != 2 else t.rows[t.operands[place.of + int(number)]].value


@part
def _apply(code: int, a: float, b: float) -> Any:
    if np.isnan(a) or np.isnan(b):
        return np.nan
    if code == 2:
        return a + b
    if code == 3:
        return a - b
    if code == 4:
        return a * b
    if code == 5:
        return a / b if b != 0.0 else np.nan
    if code == 7:
        return min(a, b)
    return max(a, b)


@part
def _statistic(t: Any, cell: int, sign: Any, stat: Any) -> Any:
    if sign.ring >= 0:
        return _windowed(t, cell, sign, stat.alive)
    what = sign.statistic
    if what == 8:
        return float(stat.streams)
    if what == 9:
        return float(stat.alive)
    if what == 10:
        return float(stat.streams - stat.alive)
    if what == 11:
        return stat.alive / stat.streams
    if stat.alive == 0:
        return np.nan
    return _of_latest(t, cell, sign, stat)


@part
def _of_latest(t: Any, cell: int, sign: Any, stat: Any) -> Any:
    what = sign.statistic
    if what == 12:
        return stat.sum / stat.alive
    if what == 13:
        return stat.low
    if what == 14:
        return stat.high
    if what == 15:
        return stat.sum
    of = t.measures[t.cells[cell].measure]
    beyond = t.counts[of.count + (cell - of.cell) * (of.limit_end - of.limit_first) + sign.limit]
    return float(beyond) if what in (16, 18) else beyond / stat.alive


@part
def _windowed(t: Any, cell: int, sign: Any, alive: int) -> Any:
    if t.looked[0] != cell or t.looked[1] != sign.ring or t.looked[2] != sign.n:
        _look(t, cell, sign.ring, sign.n)
    what, w = sign.statistic, t.window
    if w[0] == 0.0:
        return 0.0 if what == 0 and alive > 0 else np.nan
    if what == 7:
        return w[1] / w[0] - _mean_before(t, cell, sign)
    return _of_window(what, w[0], w[1], w[2], w[3], w[4])


@part
def _of_window(what: int, count: float, total: float, low: float, high: float, spread: float) -> Any:
    if what == 0:
        return count
    if what == 1:
        return total
    if what == 2:
        return total / count
    if what == 3:
        return low
    if what == 4:
        return high
    if what == 5:
        return high - low
    return np.sqrt(spread / count)


@part
def _look(t: Any, cell: int, ring_number: int, n: int) -> None:
    t.looked[0], t.looked[1], t.looked[2] = cell, ring_number, n
    ring = t.rings[ring_number]
    past, w = t.past[ring.low + cell - ring.cell], t.window
    if past.current == ring.current and past.n == n:
        w[0], w[1], w[2], w[3], w[4] = past.count, past.sum, past.low, past.high, past.spread
    else:
        w[:] = 0.0
        for bucket in range(ring.current - n + 1, ring.current):
            _join(t, ring, cell, bucket)
        past.current = ring.current
        past.n = n
        past.count, past.sum, past.low, past.high, past.spread = w[0], w[1], w[2], w[3], w[4]
    _join(t, ring, cell, ring.current)


@part
def _join(t: Any, ring: Any, cell: int, bucket: int) -> None:
    """A bucket into the window that is looked at."""
    place = ring.slot + (bucket % ring.n) * np.int64(ring.cells) + cell - ring.cell
    slot, w = t.slots[place], t.window
    if slot.bucket == bucket and slot.count > 0:
        if ring.spread >= 0:
            gap = slot.sum / slot.count - w[1] / w[0] if w[0] > 0.0 else 0.0
            w[4] += gap * gap * w[0] * slot.count / (w[0] + slot.count)
            w[4] += t.spreads[ring.spread + place - ring.slot]
        w[2] = slot.low if w[0] == 0.0 else min(w[2], slot.low)
        w[3] = slot.high if w[0] == 0.0 else max(w[3], slot.high)
        w[0] += slot.count
        w[1] += slot.sum


@part
def _mean_before(t: Any, cell: int, sign: Any) -> Any:
    ring = t.rings[sign.ring]
    count, total = 0, 0.0
    newest = ring.current - sign.n
    for bucket in range(newest - sign.n + 1, newest + 1):
        slot = t.slots[ring.slot + (bucket % ring.n) * np.int64(ring.cells) + cell - ring.cell]
        if slot.bucket == bucket:
            count += slot.count
            total += slot.sum
    return total / count if count else np.nan


@part
def _judge(t: Any, row: int, j: int, sign: Any, clock: int, now: int, started: int, told: int) -> Any:
    board, judge = t.rows[row], t.judges[j]
    steps = t.steps[t.steps_of[j]]
    t.due[j] = _NEVER
    value = board.value * sign.side
    if sign.side != 0:
        _waits(judge, steps, value, clock, now)
        after = _level(t, j, judge, steps, sign, value, board, clock)
        if after != board.level:
            told = _step(t, row, judge, board, after, now, told)
            t.due[j] = _NEVER
            _level(t, j, judge, steps, sign, value, board, clock)
    told = _silence(t, row, j, judge, sign, board, clock, now, started, told)
    t.next[0] = min(t.next[0], t.due[j])
    return told


@part
def _waits(judge: Any, steps: Any, value: float, clock: int, now: int) -> None:
    """Since when each level has been wanted without a break; 0: it is not."""
    for k in range(4):
        if not value >= steps.on[k]:
            judge.reached[k] = 0
        elif judge.reached[k] == 0:
            judge.reached[k] = now


@part
def _level(t: Any, j: int, judge: Any, steps: Any, sign: Any, value: float, board: Any, clock: int) -> Any:
    """The level that is due at `clock`; sets when time alone may change it."""
    level: Any = np.int64(board.level)
    if np.isnan(value):
        return level
    risen = _risen(t, j, judge, sign, level, clock)
    if risen >= level:
        return risen
    stays: Any = np.int64(0)
    for k in range(level):
        if value >= steps.on[k] or value > steps.off[k]:
            stays = k + 1
    if stays < level and sign.hold > 0 and clock - board.since < sign.hold:
        t.due[j] = min(t.due[j], board.since + sign.hold)
        return level
    return max(risen, stays)


@part
def _risen(t: Any, j: int, judge: Any, sign: Any, level: int, clock: int) -> Any:
    """The highest level that has been wanted for as long as the sign asks."""
    risen: Any = np.int64(0)
    for k in range(4):
        if judge.reached[k] == 0:
            continue
        if sign.wait == 0 or clock - judge.reached[k] >= sign.wait:
            risen = k + 1
        elif k + 1 > level:
            t.due[j] = min(t.due[j], judge.reached[k] + sign.wait)
    return risen


@part
def _step(t: Any, row: int, judge: Any, board: Any, after: int, now: int, told: int) -> Any:
    if board.level == 0:
        judge.began = now
    change = t.changes[told]
    change.row = row
    change.kind = 0
    change.before = board.level
    change.after = after
    change.began = judge.began
    change.value = board.value
    board.level = after
    board.since = now
    return told + 1


@part
def _silence(
    t: Any, row: int, j: int, judge: Any, sign: Any, board: Any, clock: int, now: int, started: int, told: int
) -> Any:
    if sign.silence == _NEVER:
        return told
    ends = max(board.at, started) + sign.silence
    silent = clock >= ends
    if not silent:
        t.due[j] = min(t.due[j], ends)
    if silent == (judge.silent != 0):
        return told
    began = now if silent else judge.silent
    change = t.changes[told]
    change.row = row
    change.kind = 1
    change.before = 0 if silent else 1
    change.after = 1 if silent else 0
    change.began = began
    change.value = board.value
    judge.silent = now if silent else 0
    return told + 1
