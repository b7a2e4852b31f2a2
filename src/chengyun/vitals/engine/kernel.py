"""The engine: readings in, changes of levels out; the board is written in place (decision 0019)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chengyun.sensing.contracts import Readings
from chengyun.sensing.service import moment
from chengyun.vitals.contracts import Change, EpisodeKind, Level
from chengyun.vitals.engine import gauges
from chengyun.vitals.engine.carrying import carry
from chengyun.vitals.engine.deciding import deciding
from chengyun.vitals.engine.judging import evaluate, wake
from chengyun.vitals.engine.plan import Plan
from chengyun.vitals.engine.rolling import expire, roll
from chengyun.vitals.engine.shapes import EPOCH_US, NEVER, TICK_US, Array, Records
from chengyun.vitals.engine.snapshot import Chunks, about, fits, load, parts
from chengyun.vitals.engine.state import everything, fresh, queues, views
from chengyun.vitals.engine.taking import take, turn

_KINDS = (EpisodeKind.THRESHOLD, EpisodeKind.NO_DATA)
_LAST, _CLOCK, _STARTED, _NEXT = range(4)


Given = tuple[NDArray[np.int64], NDArray[np.float64], int]  # regions, values, moment (microseconds)


class Engine:
    """Not for use by two threads at once. `rows` is the board (dtype ROW), written in place."""

    def __init__(self, plan: Plan, rows: Records | None = None) -> None:
        self.plan = plan
        self.state = fresh(plan, rows)
        self._room = queues(plan)
        self._taking, self._rolling, self._judging = views(plan, self.state, self._room)
        self._place = {sign.code: number for number, sign in enumerate(plan.signs)}
        self._requeue()

    @property
    def rows(self) -> Records:
        """Value, moment, level of every row of `plan.layout`."""
        return self.state.rows

    @property
    def now(self) -> int:
        """Moment of the last step, microseconds; 0 before the first."""
        return int(self.state.clock[_LAST])

    def step(self, readings: Readings, now_us: int) -> list[Change]:
        """Let time pass until `now_us` (never back), take the readings in, evaluate what they touched.

        Time alone is looked at at whole ticks, all of them, so steps without readings may come or not.
        """
        clock = self.state.clock
        now = max(now_us, int(clock[_LAST]))
        if clock[_STARTED] == 0:
            clock[_STARTED], clock[_CLOCK] = now, now - now % TICK_US
        changes = self._pass_time(now - now % TICK_US)
        self._turn(now - now % TICK_US)
        self._bring_in()
        if len(readings):
            take(self._taking, readings.stream, readings.at, readings.value, now)
        changes += self._settle(now)
        clock[_LAST] = now
        return changes

    def set_gauge(
        self, sign_code: str, regions: NDArray[np.int64], values: NDArray[np.float64], at: int
    ) -> None:
        """Numbers of a sign over incidents or a register, as of `at` (microseconds); the next step brings them in.

        A region that is not named keeps its number; NaN takes one away. Regions above get the sum (GAUGE_MEAN: the
        mean) of those right below, unless given their own. Raises KeyError for an unknown sign, ValueError where
        it takes no number.
        """
        self.set_gauges({sign_code: (regions, values, at)})

    def set_gauges(self, given: Mapping[str, Given]) -> None:
        """The same for many signs at once."""
        parts = [gauges.checked(self.plan, self._place[code], *numbers) for code, numbers in given.items()]
        self.state.given = np.concatenate([self.state.given, *parts])

    def prepare(self, given: Mapping[str, Given]) -> list[gauges.Prepared]:
        """What `set_gauges` does, worked out beside the steps; nothing else may give numbers until it is brought in."""
        parts = [gauges.checked(self.plan, self._place[code], *numbers) for code, numbers in given.items()]
        return gauges.prepared(self.plan, self.state.gauges, parts)

    def bring_in(self, prepared: Sequence[gauges.Prepared]) -> None:
        """Numbers that were prepared; the next step evaluates what they have changed."""
        for one in prepared:
            self.state.gauges[one.place] = one.numbers
        self.look_again(np.concatenate([one.rows for one in prepared] or [np.empty(0, np.int32)]))

    def look_again(self, rows: Array) -> None:
        """The next step evaluates these rows of the board."""
        self.state.stale[rows] = 1
        self._requeue()

    def dump(self) -> Chunks:
        """The state between two steps, as named chunks."""
        return self.about() | {name: part.tobytes() for name, part in self.parts().items()}

    def about(self) -> Chunks:
        """The chunks that change with the plan only."""
        return about(self.plan)

    def parts(self) -> dict[str, Array]:
        """The arrays behind the chunks that change from step to step: to be copied before the next."""
        return parts(self.state)

    def load(self, chunks: Mapping[str, bytes]) -> None:
        """Go on from what `dump` gave: the same steps then give the same state and changes. Of another plan, what both
        know is carried over, and the next step works the rest out. Only into a fresh engine. Raises StateError.
        """
        if fits(self.plan, chunks):
            load(self.state, chunks)
        else:
            carry(self.plan, self.state, chunks)
            everything(self.plan, self._room)
        self._requeue()

    def place(self, sign_code: str) -> int | None:
        """The sign's place in the plan; None where it is not in it."""
        return self._place.get(sign_code)

    def _requeue(self) -> None:
        """Put every stale row into the queue, once."""
        stale = np.flatnonzero(self.state.stale).astype(np.int32)
        depth = self.plan.sign_records["depth"][self.plan.rows.places["sign"][stale]]
        for level, first in enumerate(self._room.rows_first):
            mine = stale[depth == level]
            self._room.rows[first : first + len(mine)] = mine
            self._room.rows_queued[level] = len(mine)

    def _turn(self, clock: int) -> None:
        self.state.clock[_CLOCK] = clock
        turn(self._room.rings, clock, EPOCH_US)

    def _bring_in(self) -> None:
        if len(self.state.given):
            given, self.state.given = self.state.given, self.state.given[:0]
            self.bring_in(gauges.prepared(self.plan, self.state.gauges, [given]))

    def _pass_time(self, until: int) -> list[Change]:
        """Every tick up to `until` at which time alone changes something."""
        changes: list[Change] = []
        clock = self.state.clock
        while clock[_NEXT] <= until:
            tick = max(-(-int(clock[_NEXT]) // TICK_US) * TICK_US, int(clock[_CLOCK]) + TICK_US)
            if tick > until:
                break
            self._turn(tick)
            clock[_NEXT] = NEVER
            expire(self._rolling, tick)
            wake(self._judging, tick)
            changes += self._settle(tick)
        return changes

    def _settle(self, now: int) -> list[Change]:
        clock = int(self.state.clock[_CLOCK])
        self._in_order()
        roll(self._rolling, clock)
        told = evaluate(self._judging, clock, now, int(self.state.clock[_STARTED]))
        found = self._room.changes[:told]
        found = found[np.lexsort((found["kind"], found["row"]))]
        return [self._change(one, now) for one in found]

    def _in_order(self) -> None:
        """Touched cells ascending: neighbours of the territory are neighbours in memory, and so are their parents."""
        room = self._room
        for first, many in zip(room.cells_first.tolist(), room.cells_queued.tolist(), strict=True):
            room.cells[first : first + many].sort()

    def _change(self, one: Any, now: int) -> Change:
        row, value = int(one["row"]), float(one["value"])
        place = self.plan.rows.places[row]
        return Change(
            self.plan.signs[place["sign"]].code,
            int(self.plan.tree.id[self.plan.rows.region[row]]),
            _KINDS[one["kind"]],
            moment(int(one["began"])),
            moment(now),
            Level(one["before"]),
            Level(one["after"]),
            None if np.isnan(value) else value,
            deciding(self.plan, self.state, row),
        )
