"""Vital signs from end to end: the kernel, then real processes with everything live.

Two cores are shared by sender, Mosquitto, `chengyun sense`, web, worker and PostgreSQL with durability on; the whole city,
its simulated things and every shipped definition. `python -m bench.vitals --short` is a trial of a minute.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import sqlalchemy as sa
from bench import _devices as devices
from bench import _peers as others
from bench._common import Figure, core_speed, figure, resident, used
from bench._kernel import kernel
from bench._live import Listener
from bench._site import SEED, Site, installed, process
from bench.sensing import bare_copy
from tests.sensing.broker import Broker, Device, broker_in

from chengyun.kernel.contracts import system_actor
from chengyun.sensing.contracts import Readings
from chengyun.sensing.intake.catalogue import streams as registry
from chengyun.sensing.intake.codecs import compact
from chengyun.vitals.board import Reader
from chengyun.vitals.engine.kernel import Engine
from chengyun.vitals.engine.rolling import roll
from chengyun.vitals.engine.taking import take
from chengyun.vitals.live.planning import planned

STEPS = 6  # of the demo: without its history
EACH, EACH_CALM = 1_000, 500  # readings in a message: as fast as it goes; at a steady rate
OFFERED, RATE = 200_000, 50_000  # readings in a second: in the whole way; while alarms are timed
DRAINED_S, DRAINING_S = 2.0, 180.0  # nothing for so long: the broker is empty; waited for at most so long
WARM_S, PATIENCE_S = 15.0, 10.0  # the first numbers of registers are brought in meanwhile
SIGN, QUANTITY, LEAK = "gas.methane.now-max", "gas.methane", 60.0
ELSEWHERE = "restaurant"  # a leak there rings under another sign
PROBES_S = 5.0  # leaks in a second
TURNS = 9
Found = devices.Found
_COPIES = (
    "INSERT INTO sensing_thing (code, kind, name, owner_id, region_id, readers, lon, lat, address, properties, quota,"
    " active, simulated) SELECT code || '::' || k, kind, name, owner_id, region_id, readers, lon, lat, address, properties,"
    " quota, active, simulated FROM sensing_thing, generate_series(1, %s) k",
    "INSERT INTO sensing_datastream (thing_id, quantity, unit, low, high, sentinels, interval_s, scale, shift)"
    " SELECT c.id, quantity, unit, low, high, sentinels, interval_s, scale, shift FROM sensing_datastream d"
    " JOIN sensing_thing t ON t.id = d.thing_id JOIN sensing_thing c ON c.code LIKE '%%::%%' AND split_part(c.code, '::', 1) = t.code",
    "ANALYZE sensing_thing, sensing_datastream",
)


@dataclass(frozen=True, slots=True)
class Size:
    """How long and how much: `seconds` of each rate, `leaks` that are timed, `many` datastreams at a start (0: none)."""

    seconds: float
    leaks: int
    many: int


FULL, SHORT = Size(60.0, 150, 1_000_000), Size(6.0, 15, 0)


def run(size: Size = FULL) -> list[Figure]:
    """All figures."""
    figures = [core_speed(), *kernel(planning=size.many > 0)]
    with (
        tempfile.TemporaryDirectory() as folder,
        broker_in(Path(folder) / "broker", autosave=1_000_000) as broker,
        installed("serve", "work", steps=STEPS, mqtt_url=broker.url) as site,
    ):
        with site.database.begin(SEED) as tx:
            devices.behind_gateways(tx)
            found = devices.streams(tx)
        with live(site) as (sense, _):
            figures += whole_way(site, broker, found, size.seconds)
            figures += to_the_console(site, broker, found, size)
            figures += memory(sense, len(found), "after it")
        figures += peers(site)
        task = others.Task(SIGN, QUANTITY, ELSEWHERE, LEAK, OFFERED, RATE)
        figures += others.beside(
            figures, site.database, found, task, others.SHORT if size is SHORT else others.FULL
        )
        figures += city(site, found)
        if size.many:
            figures += start(site, len(found), size.many)
    return [*figures, core_speed()]


@contextmanager
def live(site: Site) -> Iterator[tuple[int, float]]:
    """`chengyun sense`: its number, and the seconds until its board is alive."""
    began, began_us, reader = time.perf_counter(), time.time_ns() // 1000, Reader(site.settings.home / "live")
    with process(site, "sense") as running:
        while (board := reader.board()) is None or board.beat < began_us:
            if running.poll() is not None:
                raise RuntimeError("the live process has ended")
            time.sleep(0.02)
        yield running.pid, time.perf_counter() - began


class Evaluated(threading.Thread):
    """What was committed and then evaluated: the batches up to the position on the board."""

    def __init__(self, site: Site) -> None:
        super().__init__(daemon=True)
        self._site, self._reader = site, Reader(site.settings.home / "live")
        self._sizes: dict[int, int] = {}
        self._done = threading.Event()

    @property
    def position(self) -> int:
        """Of the last batch that the signs on the board know."""
        board = self._reader.board()
        return 0 if board is None else board.position

    def run(self) -> None:
        """Note the batches before snapshots make them superfluous."""
        query = sa.text("SELECT position, n FROM sensing_batch WHERE position > :after")
        while not self._done.wait(1.0):
            with self._site.database.begin(SEED) as tx:
                rows = tx.execute(query, {"after": max(self._sizes, default=0)})
                self._sizes.update((row.position, row.n) for row in rows)

    def between(self, first: int, last: int) -> int:
        """Readings of the batches after `first` up to `last`; ends the thread."""
        while last > first and last not in self._sizes:
            time.sleep(0.1)
        self._done.set()
        self.join()
        return sum(n for position, n in self._sizes.items() if first < position <= last)


def whole_way(site: Site, broker: Broker, found: Found, seconds: float) -> list[Figure]:
    """OFFERED readings in a second: how many are in PostgreSQL for good, and in every definition that is about them."""
    evaluated = Evaluated(site)
    evaluated.start()
    with devices.sending(broker.port, devices.messages(found, EACH), OFFERED):
        before = evaluated.position
        while evaluated.position == before:
            time.sleep(0.05)
        time.sleep(WARM_S)
        first, began, spent = evaluated.position, time.perf_counter(), used()
        time.sleep(seconds)
        last, ended, busy = evaluated.position, time.perf_counter(), used() - spent
    total = evaluated.between(first, last)
    drain(evaluated)
    with site.database.begin(SEED) as tx:
        stored = tx.execute(sa.text("SELECT count(*) FROM sensing_observation")).scalar_one()
    assert stored >= total, "what counts is stored"
    lasted = ended - began
    return [
        figure("vitals.durable_and_evaluated", total / lasted, "obs/s", 150_000, "higher", total),
        figure("vitals.batch", total / (last - first), "obs", None, "higher", last - first),
        *(
            figure(f"vitals.cores_of_{name}", busy[name] / lasted, "cores", None, "lower", 1)
            for name in sorted(busy, key=lambda one: -busy[one])
            if busy[name] / lasted > 0.01
        ),
    ]


def drain(evaluated: Evaluated) -> None:
    """Wait until the broker has nothing left of what was sent. Raises RuntimeError."""
    end, seen, since = time.perf_counter() + DRAINING_S, evaluated.position, time.perf_counter()
    while time.perf_counter() < since + DRAINED_S:
        time.sleep(0.1)
        if evaluated.position != seen:
            seen, since = evaluated.position, time.perf_counter()
        if time.perf_counter() > end:
            raise RuntimeError("the broker still has readings that nobody has taken")


def to_the_console(site: Site, broker: Broker, found: Found, size: Size) -> list[Figure]:
    """From the moment in which a gateway sends a reading to the alarm's event on an open console, one leak per grid."""
    here = (row for row in found if row.quantity == QUANTITY and row.place != ELSEWHERE)
    leaks = list({row.region_id: row for row in here}.values())[: size.leaks]
    calm = [row for row in found if row.quantity != QUANTITY]
    listener = Listener(site, site.cookie("city-duty"), 1, "alarm", ("sign", "region"))
    listener.start()
    sent: dict[tuple[Any, ...], float] = {}
    device, evaluated = Device(broker), Evaluated(site)
    evaluated.start()
    with devices.sending(broker.port, devices.messages(calm, EACH_CALM), RATE):
        time.sleep(WARM_S)
        first, began = evaluated.position, time.perf_counter()
        for row in leaks:
            topic, body = devices.message(row.gateway, np.array([row.id], np.int32), np.array([LEAK]))
            sent[SIGN, row.region_id] = time.perf_counter()
            device.send(topic.removeprefix("chengyun/v1/"), devices.stamped(body))
            time.sleep(1 / PROBES_S)
        last, ended = evaluated.position, time.perf_counter()
        while time.perf_counter() < ended + PATIENCE_S and not sent.keys() <= listener.heard.keys():
            time.sleep(0.05)
    flowed = evaluated.between(first, last)
    device.close()
    listener.stop.set()
    late = np.array([listener.heard[one][0] - at for one, at in sent.items() if one in listener.heard]) * 1e3
    if not len(late):
        raise RuntimeError("no alarm reached the console")
    return [
        figure("vitals.flow_meanwhile", flowed / (ended - began), "obs/s", RATE, "higher", flowed),
        figure("vitals.alarms_that_reached_the_console", len(late) / len(sent), "share", 1, "higher", len(sent)),
        figure("vitals.reading_to_console_p50", np.percentile(late, 50), "ms", None, "lower", len(late)),
        figure("vitals.reading_to_console_p99", np.percentile(late, 99), "ms", 100, "lower", len(late)),
    ]  # fmt: skip


def memory(sense: int, streams: int, when: str) -> list[Figure]:
    """Of the live process."""
    now, most = resident(sense)
    return [
        figure(f"vitals.memory, {when}", now, "MB", None, "lower", streams),
        figure(f"vitals.memory at most, {when}", most, "MB", None, "lower", streams),
    ]


def peers(site: Site) -> list[Figure]:
    """What bare COPY of such rows reaches with nothing else running."""
    with site.database.begin(SEED) as tx:
        known = registry(tx)
    return bare_copy(site.database, known)


def city(site: Site, found: Found) -> list[Figure]:
    """A reading of every datastream of the city into every shipped definition, in this process."""
    with site.database.begin(system_actor("vitals")) as tx:
        made = planned(tx)
    engine, now = Engine(made.plan), time.time_ns() // 1000
    parts = [compact.decode(body, "") for _, body in devices.messages(found, EACH)[: -(-len(found) // EACH)]]
    stream, value = (
        np.concatenate([one.stream for one in parts]),
        np.concatenate([one.value for one in parts]),
    )
    spent: list[tuple[float, float, float]] = []
    for turn in range(TURNS):
        now += 1_000_000
        engine.step(Readings(stream[:0], np.empty(0, np.int64), value[:0]), now)
        began = time.perf_counter()
        take(engine._taking, stream, np.full(len(stream), now + turn), value, now + turn)
        taken = time.perf_counter()
        engine._in_order()
        roll(engine._rolling, now - now % 1_000_000)
        rolled = time.perf_counter()
        engine._settle(now)
        spent.append((taken - began, rolled - taken, time.perf_counter() - rolled))
    took, rolled_up, judged = np.median(spent[1:], axis=0) * 1e3
    cells, rows = len(made.plan.cells.cells), len(made.plan.layout)
    return [
        figure("vitals.definitions", len(made.signs), "", 4_700, "higher", rows),
        figure("vitals.city_taken", took, "ms", None, "lower", len(stream)),
        figure("vitals.city_rolled_up", rolled_up, "ms", None, "lower", cells),
        figure("vitals.city_evaluated", judged, "ms", None, "lower", rows),
    ]


def start(site: Site, streams: int, many: int) -> list[Figure]:
    """The live process from nothing with `many` datastreams in the registry."""
    with psycopg.connect(site.server, autocommit=True) as admin:
        for statement in _COPIES:
            admin.execute(statement, [-(-many // streams) - 1] if "%s" in statement else [])
        row = admin.execute("SELECT count(*) FROM sensing_datastream").fetchone()
    assert row is not None
    with live(site) as (sense, seconds):
        return [
            figure("vitals.start", seconds, "s", 10, "lower", row[0]),
            *memory(sense, row[0], "at a start"),
        ]


if __name__ == "__main__":
    for one in run(SHORT if "--short" in sys.argv else FULL):
        print(one)
