"""Prometheus, and VictoriaMetrics with vmalert, on the same datastreams, readings and definitions, in the same run.

Both come with Debian: `apt install prometheus victoria-metrics`. Where they are missing their figures are left out and a
line says so. What to know of the comparison: both acknowledge before anything is on disk (ours after the commit); they get
readings in requests of 10,000 over one connection that are made beforehand (ours decodes, checks and stores messages of
1,000 that come through a broker); 4,700 of the rules that our definitions make there run every five seconds (ours evaluates
all 5,100 in every region at every step); their data are minutes old, so windows of a day cost them little.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from bench import _devices as devices
from bench._common import Figure, figure, used
from bench._promql import Said, Series, said, series, word
from bench._remote_write import EACH, Batch, Line, batches, flowing
from bench._servers import NEEDED, START, Alarms, Peer

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.transactions import Database
from chengyun.sensing import service as sensing
from chengyun.sensing.intake.codecs import compact
from chengyun.vitals.catalogue import store as catalogue
from chengyun.vitals.engine.plan import wanted
from chengyun.vitals.live.planning import regions_of

RULES = 4_700
PATIENCE_S, PAUSE_S, BETWEEN_S = 30.0, 0.005, 0.2


@dataclass(frozen=True, slots=True)
class Size:
    """`seconds` of each rate, rounds of rules looked at and how often there is one, probes until visible, leaks."""

    seconds: float
    rounds: int
    every_s: int
    probes: int
    leaks: int


FULL, SHORT = Size(6.0, 4, 5, 30, 60), Size(0.7, 1, 2, 3, 5)


@dataclass(frozen=True, slots=True)
class Task:
    """What ours was given: the sign that leaks ring, its quantity, the value of a leak; readings in a second in the whole
    way, and while alarms were timed.
    """

    sign: str
    quantity: str
    leak: float
    offered: float
    calm: float


@dataclass(frozen=True, slots=True)
class City:
    """The installation as the peers see it: its datastreams, some rounds of a reading of each, and `watched`, one of the
    quantity that leaks are of for each grid.
    """

    series: Sequence[Series]
    rounds: np.ndarray
    leaking: np.ndarray  # which of the series are of that quantity
    watched: Sequence[Series]
    rules: Said

    def flow(self, kept: np.ndarray) -> list[Batch]:
        """Readings of those."""
        some = [self.series[at] for at in np.flatnonzero(kept).tolist()]
        return batches(some, list(self.rounds[:, kept]))


def beside(
    ours: Sequence[Figure], database: Database, found: devices.Found, task: Task, size: Size = FULL
) -> list[Figure]:
    """Figures of the peers that are installed, and ours as ratios to them; `ours` are told their peer."""
    figures: list[Figure] = []
    known: City | None = None
    for name, programs in NEEDED.items():
        missing = [one for one in programs if shutil.which(one) is None]
        if missing:
            print(f"{name}: left out, {', '.join(missing)} not installed", file=sys.stderr)
            continue
        known = known or city(database, found, task.quantity)
        with tempfile.TemporaryDirectory(prefix="chengyun-bench-") as folder:
            theirs = measured(name, Path(folder), known, task, size)
        figures += [*theirs, *ratios(name.lower(), ours, theirs)]
    return figures


# of ours: whose sum, over which of theirs
_RATIOS = {
    "readings": (("vitals.durable_and_evaluated",), "rows"),
    "cores": (("vitals.cores_of_sense", "vitals.cores_of_postgres", "vitals.cores_of_mosquitto"), "cores"),
    "reading_to_alarm_p50": (("vitals.reading_to_console_p50",), "reading_to_alarm_p50"),
    "reading_to_alarm_p99": (("vitals.reading_to_console_p99",), "reading_to_alarm_p99"),
}


def ratios(name: str, ours: Sequence[Figure], theirs: Sequence[Figure]) -> list[Figure]:
    """Ours over theirs; the first peer that is there is named beside ours."""
    own, other = ({one["name"]: one for one in some} for some in (ours, theirs))
    found = []
    for what, (parts, against) in _RATIOS.items():
        there, mine = other[f"{name}.{against}"], [own[one] for one in parts if one in own]
        ratio = sum(one["value"] for one in mine) / there["value"]
        found.append(figure(f"{what}: ours / {name}", ratio, "ratio", None, mine[0]["better"], there["n"]))
        if len(parts) == 1 and mine[0]["peer"] is None:
            mine[0]["peer"] = there["value"]
    return found


def city(database: Database, found: devices.Found, quantity: str) -> City:
    """Series, readings and rules of the installation."""
    with database.begin(system_actor("vitals")) as tx:
        signs, streams, regions = catalogue.signs(tx), sensing.streams(tx), regions_of(tx)
        having = sensing.things_having(tx, sorted(wanted(signs)))
    told = [compact.decode(body, "") for _, body in devices.messages(found, EACH)]
    ids = np.concatenate([one.stream for one in told]).reshape(devices.ROUNDS, -1)
    order = np.argsort(ids[0])
    assert np.array_equal(ids[0][order], streams.id)
    rounds = np.concatenate([one.value for one in told]).reshape(devices.ROUNDS, -1)[:, order]
    made = series(streams, regions, having)
    leaking = streams.quantity == streams.quantities.index(quantity)
    watched = {dict(made[at])["grid"]: made[at] for at in np.flatnonzero(leaking).tolist()}
    return City(made, rounds, leaking, list(watched.values()), said(signs, streams))


def measured(name: str, folder: Path, known: City, task: Task, size: Size) -> list[Figure]:
    """Of one peer: what it takes in alone, until what is written is seen, what rules cost, from a leak to its alarm."""
    alarms, told = Alarms(), Told(name.lower(), [])
    calm, every = known.flow(~known.leaking), known.flow(np.ones(len(known.series), bool))
    with alarms.listening() as heard_at, ExitStack() as stack:
        peer = stack.enter_context(START[name](folder, heard_at, size.every_s))
        told.add("all_series_seen", fill(peer, every, len(known.series)), "s", "lower", len(known.series))
        rate, n, _ = steady(peer, every, np.inf, size.seconds)
        told.add("rows", rate, "rows/s", "higher", n)
        told.add(
            "cores_without_rules", steady(peer, every, task.offered, size.seconds)[2], "cores", "lower", 1
        )
        with flowing(peer.port, peer.write, calm, task.calm):
            told.times("visible", [seen(peer, known.watched[at], at) for at in range(size.probes)])
            fresh = [relabelled(known.watched[at], f"new-{at}") for at in range(max(1, size.probes // 6))]
            told.times("new_series_visible", [seen(peer, one, at) for at, one in enumerate(fresh)])
        rules = known.rules.write(folder / "rules.yml", RULES, peer.of_group)
        stack.enter_context(peer.ruled())
        ruling(peer, every, task.offered, size, told, rules)
        told.add("definitions_said", known.rules.signs, "", "higher", rules)
        with flowing(peer.port, peer.write, calm, task.calm):
            told.times("reading_to_alarm", leak(peer, known.watched, task, alarms, size.leaks))
    return told.figures


@dataclass(slots=True)
class Told:
    """Figures of one peer."""

    name: str
    figures: list[Figure]

    def add(self, what: str, value: float, unit: str, better: str, n: int) -> None:
        """One more."""
        self.figures.append(figure(f"{self.name}.{what}", value, unit, None, better, n))

    def times(self, what: str, seconds: Sequence[float]) -> None:
        """Its median and 99th percentile."""
        for percent in (50, 99):
            self.add(
                f"{what}_p{percent}",
                float(np.percentile(seconds, percent)) * 1e3,
                "ms",
                "lower",
                len(seconds),
            )


def fill(peer: Peer, every: Sequence[Batch], many: int) -> float:
    """A reading of every series → seconds until all can be asked for."""
    line, began = Line(peer.port, peer.write), time.perf_counter()
    left = many
    for batch in every:
        line.send(batch)
        left -= batch.n
        if left <= 0:
            break
    while (there := peer.ask('count({thing!=""})')) != many:
        if time.perf_counter() > began + PATIENCE_S:
            raise RuntimeError(f"{there} series of {many}")
        time.sleep(0.1)
    return time.perf_counter() - began


def steady(peer: Peer, every: Sequence[Batch], rate: float, seconds: float) -> tuple[float, int, float]:
    """→ readings acknowledged in a second, how many, cores of the peer."""
    with flowing(peer.port, peer.write, every, rate) as done:
        first, began, spent = done(), time.perf_counter(), cores_used()
        time.sleep(seconds)
        n, lasted = done() - first, time.perf_counter() - began
        return n / lasted, n, (cores_used() - spent) / lasted


def cores_used() -> float:
    """Processor time of the peers so far, of what runs here."""
    return sum(
        spent for name, spent in used().items() if name in ("victoria-metric", "vmalert", "prometheus")
    )


def relabelled(one: Series, thing: str) -> Series:
    """The same as of another thing."""
    return tuple((name, thing if name == "thing" else value) for name, value in one)


def seen(peer: Peer, one: Series, number: int) -> float:
    """→ seconds from sending a harmless value of its own until a query answers with it."""
    value, labels = 1 + number / 1e3, dict(one)
    expression = f'{labels["__name__"]}{{thing="{labels["thing"]}"}}'
    began = time.perf_counter()
    Line(peer.port, peer.write).send(Batch([one], [value]))
    while peer.ask(expression) != value:
        if time.perf_counter() > began + PATIENCE_S:
            raise RuntimeError(f"{expression} was not seen")
        time.sleep(PAUSE_S)
    return time.perf_counter() - began


def ruling(peer: Peer, every: Sequence[Batch], offered: float, size: Size, told: Told, rules: int) -> None:
    """What rounds of rules cost while readings come as fast as ours were offered."""
    with flowing(peer.port, peer.write, every, offered) as done:
        time.sleep(size.every_s * min(2, size.rounds))
        first, before, spent, began = done(), peer.spent(), cores_used(), time.perf_counter()
        time.sleep(size.every_s * size.rounds)
        lasted, after, n = time.perf_counter() - began, peer.spent(), done() - first
        cores = (cores_used() - spent) / lasted
    round_s = (after[0] - before[0]) / lasted * size.every_s
    told.add("flow_with_rules", n / lasted, "rows/s", "higher", n)
    told.add("cores", cores, "cores", "lower", 1)
    told.add(f"a_round_of_rules_every_{size.every_s}_s", round_s, "s", "lower", rules)
    told.add("rounds_missed", after[1] - before[1], "", "lower", size.rounds)


def leak(peer: Peer, watched: Sequence[Series], task: Task, alarms: Alarms, many: int) -> list[float]:
    """One leak per region, evenly → seconds until its alarm came. Raises RuntimeError when one did not."""
    time.sleep(1.0)
    alarm, line = word(task.sign), Line(peer.port, peer.write)
    sent: dict[tuple[str, str], float] = {}
    quiet = [one for one in watched if (alarm, dict(one)["grid"]) not in alarms.heard]
    for one in quiet[-many:]:
        sent[alarm, dict(one)["grid"]] = time.perf_counter()
        line.send(Batch([one], [task.leak]))
        time.sleep(BETWEEN_S)
    end = time.perf_counter() + PATIENCE_S
    while not sent.keys() <= alarms.heard.keys():
        if time.perf_counter() > end:
            raise RuntimeError(f"{len(sent.keys() - alarms.heard.keys())} of {len(sent)} leaks did not ring")
        time.sleep(0.05)
    return [alarms.heard[one] - at for one, at in sent.items()]
