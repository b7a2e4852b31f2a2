"""What readings mean after the latest ones, and that a restart comes to the same."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.transactions import Database
from chengyun.sensing.contracts import Flag, Readings, Streams
from chengyun.sensing.intake.catalogue import streams
from chengyun.sensing.intake.storing import store
from chengyun.sensing.live import kernels, snapshots
from chengyun.sensing.live.follower import Follower
from chengyun.sensing.live.latest import Latest
from chengyun.sensing.live.shared import Reader
from tests.identity.support import SEED, paths
from tests.sensing.support import HERE, Store, add_thing, readings
from tests.web.support import until

SENSING = system_actor("sensing")
T0 = 1_800_000_000_000_000
S = 1_000_000


def known_of(db: Database) -> Streams:
    with db.begin(SEED) as tx:
        return streams(tx)


def test_duplicates_late_and_too_late(city: Database, tmp_path: Path) -> None:
    known = known_of(city)
    latest, one = Latest(tmp_path, known), int(known.id[0])
    moments = [10, 20, 10, 20, 15, 15, 30, -90_000]
    stepped = latest.step(readings(one, [T0 + m * S for m in moments], range(8)), T0 + 31 * S, 1)
    late, dup = Flag.LATE, kernels.DUPLICATE
    assert stepped.marks.tolist() == [0, 0, dup, dup, late, dup, 0, late | Flag.TOO_LATE]
    assert stepped.counts.value.tolist() == [0, 1, 4, 6]
    assert (latest.state.at[0], latest.state.value[0]) == (T0 + 30 * S, 6)
    unknown = latest.step(readings(99_999, [T0], [1.0]), T0, 2)
    assert (unknown.marks.tolist(), len(unknown.counts)) == ([kernels.UNKNOWN], 0)


def test_stale_values_under_fresh_stamps_do_not_hide_a_dead_sensor(city: Database, tmp_path: Path) -> None:
    """One methane sensor repeats its value while the others of its quantity move; a quantity that stands still is
    no fault: the temperatures are all the same, and all alive.
    """
    known = known_of(city)
    latest, rng = Latest(tmp_path, known), np.random.default_rng(4)
    methane = known.quantities.index("gas.methane")
    gas, heat = known.id[known.quantity == methane], known.id[known.quantity != methane]
    alive: list[set[int]] = []
    for minute in range(200):
        at = T0 + minute * 10 * S
        value = rng.random(len(gas))
        value[0] = 7.0 if minute < 190 else float(minute)
        ids = np.concatenate([gas, heat])
        stepped = latest.step(
            Readings(ids, np.full(len(ids), at), np.concatenate([value, np.full(len(heat), 20.0)])),
            at,
            minute + 1,
        )
        alive.append(set(stepped.counts.stream.tolist()))
    dead = int(gas[0])
    assert dead in alive[5], "not after a few equal values"
    assert dead not in alive[189]
    assert set(heat.tolist()) | set(gas[1:].tolist()) == alive[189]
    assert dead in alive[190], "alive again with the first other value"


def test_the_skew_of_a_clock_is_found_among_delays(city: Database, tmp_path: Path) -> None:
    known = known_of(city)
    latest, rng = Latest(tmp_path, known), np.random.default_rng(5)
    for number in range(600):
        delay = 90 * S + int(rng.exponential(0.4) * S) + (3600 * S if number % 50 == 0 else 0)
        arrived = T0 + number * 100 * S
        latest.step(readings(int(known.id[0]), [arrived - delay], [number]), arrived, number + 1)
    assert 89.5 * S < latest.state.skew[0] < 92 * S


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40), st.integers(0, 2)), max_size=60),
    st.integers(1, 7),
)
def test_batches_of_any_size_come_to_the_same_state(told: list[tuple[int, int, int]], size: int) -> None:
    """The state depends on the order of readings alone: a model in plain Python agrees reading by reading."""
    state = _kernel_state(4)
    row_of, interval, quantity = np.arange(4, dtype=np.int32), np.full(4, 10.0), np.zeros(4, np.int32)
    moves, found = np.zeros(1), []
    for start in range(0, len(told), size):
        part = told[start : start + size]
        columns = readings([s for s, _, _ in part], [T0 + a * S for _, a, _ in part], [v for _, _, v in part])
        out = np.empty(len(part), np.int16)
        kernels.step(
            columns.stream, columns.at, columns.value, T0 + 50 * S, 10**15, row_of, interval, quantity, moves, state, np.zeros(1, np.int64), 1, out
        )  # fmt: skip
        found += out.tolist()
    newest: dict[int, int] = {}
    heard: dict[int, list[int]] = {}
    for (stream, at, _), mark in zip(told, found, strict=True):
        before, ring = newest.get(stream, -1), heard.setdefault(stream, [])
        if at <= before and at in ring[-kernels.DEPTH :]:
            assert mark == kernels.DUPLICATE
            continue
        ring.append(at)
        assert (mark == kernels.LATE) == (at < before)
        newest[stream] = max(before, at)
    assert {s: int(state.at[s] - T0) // S for s in newest} == newest


def _kernel_state(n: int):  # type: ignore[no-untyped-def]
    from chengyun.sensing.live.latest import NEVER, State

    numbers = [np.zeros(n, np.float64 if name == "value" else np.int64) for name in State._fields[:7]]
    return State(*numbers, np.full((n, kernels.DEPTH), NEVER), np.zeros(n, np.int64), np.zeros(n))


class Engine:
    """Keeps what it is given, and saves where it is told to."""

    def __init__(self, db: Database, home: Path) -> None:
        self.follower = Follower(db, home)
        self.heard: list[tuple[int, list[float]]] = []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.follower.run, args=(self.take, self.stop))

    def take(self, found: Readings, _now: int, position: int) -> None:
        self.heard.append((position, found.value.tolist()))

    def values(self) -> list[float]:
        return [value for _, values in self.heard for value in values]

    def end(self) -> None:
        self.stop.set()
        self.thread.join(10)


def put(db: Database, found: Readings, now: int) -> None:
    """As a web process does: without a position, waking whoever follows."""
    with db.begin(SENSING) as tx:
        store(tx, found, now, "test")


def test_a_restart_replays_after_its_snapshot_and_nothing_else(city: Database, tmp_path: Path) -> None:
    one = Store(city).stream("GAS-1")
    now = T0
    put(city, readings(one, [T0, T0 + S], [1, 2]), now)
    first = Engine(city, tmp_path)
    first.thread.start()
    until(lambda: first.values() == [1, 2])
    put(city, readings(one, [T0 + S, T0 + 2 * S], [2, 3]), now + S)
    until(lambda: first.values() == [1, 2, 3])
    with city.begin(SENSING) as tx:
        assert first.follower.save(tx) == first.heard[-1][0]
    put(city, readings(one, [T0 + 3 * S, T0 + 2 * S], [4, 9]), now + 2 * S)
    until(lambda: first.values() == [1, 2, 3, 4])
    first.end()  # as killed: its state after the snapshot is gone
    put(city, readings(one, [T0 + 4 * S], [5]), now + 3 * S)
    with city.begin(SEED) as tx:
        add_thing(tx, "NEW-1", paths(tx)[HERE])
    second = Engine(city, tmp_path)
    second.thread.start()
    until(lambda: second.values() == [4, 5])
    assert [position for position, _ in second.heard] == sorted(
        {p for p, _ in [*first.heard[2:], *second.heard]}
    )
    put(city, readings(Store(city).stream("NEW-1"), [T0], [6]), now + 4 * S)
    until(lambda: second.values() == [4, 5, 6])
    seen = Reader(tmp_path / "live").latest()
    assert seen is not None
    place = int(np.searchsorted(seen.id, one))
    assert (seen.at[place], seen.value[place]) == (T0 + 4 * S, 5)
    with city.begin(SENSING) as tx:
        second.follower.save(tx)
    assert len(Store(city).logged()) == 3, "bodies that the newest two snapshots need"
    second.end()


def test_a_snapshot_that_was_rolled_back_is_none(city: Database, tmp_path: Path) -> None:
    known = known_of(city)
    latest = Latest(tmp_path, known)
    latest.step(readings(int(known.id[0]), [T0], [1.5]), T0, 7)
    kept = snapshots.frozen(latest, -1)
    try:
        with city.begin(SENSING) as tx:
            snapshots.save(tx, kept)
            raise LookupError
    except LookupError:
        pass
    with city.begin(SENSING) as tx:
        snapshots.save(tx, kept)
    again = Latest(tmp_path / "again", known)
    with city.begin(SENSING) as tx:
        snapshots.restore(tx, again)
    assert again.position == 7
    assert (again.rows(slice(None)) == latest.rows(slice(None))).all()
