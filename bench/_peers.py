"""Prometheus, and VictoriaMetrics with vmalert, on the same datastreams, readings and definitions, in the same run.

Both come with Debian: `apt install prometheus victoria-metrics`. Where they are missing their figures are left out and a
line says so. What to know of the comparison: both acknowledge before anything is on disk (ours after the commit); they get
readings in requests of 10,000 over two connections that are made beforehand (ours decodes, checks and stores messages of
1,000 that come through a broker); 4,700 of the rules that our definitions make there run every five seconds (ours evaluates
all 5,100 in every region at every step); their data are minutes old, so windows of a day cost them little.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from bench import _devices as devices
from bench._common import Figure, figure, used
from bench._promql import Said, Series, said, series, word
from bench._servers import NEEDED, START, Alarms, Peer
from bench._writing import EACH, Batch, Line, batches, flowing

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.transactions import Database
from chengyun.sensing import service as sensing
from chengyun.sensing.intake.codecs import compact
from chengyun.vitals.catalogue import store as catalogue
from chengyun.vitals.engine.plan import wanted
from chengyun.vitals.live.planning import regions_of

RULES = 4_700
PATIENCE_S, PAUSE_S, BETWEEN_S = 30.0, 0.005, 0.2
Flow = Sequence[Sequence[Batch]]  # by line


@dataclass(frozen=True, slots=True)
class Size:
    """`seconds` of each rate, rounds of rules looked at and how often there is one, probes until visible, leaks;
    one datastream in `thin`.
    """

    seconds: float
    rounds: int
    every_s: int
    probes: int
    leaks: int
    thin: int


FULL, SHORT = Size(6.0, 4, 5, 12, 40, 1), Size(0.3, 1, 1, 1, 3, 10)


@dataclass(frozen=True, slots=True)
class Task:
    """What ours was given: the sign that leaks ring, its quantity, the place whose leaks ring under another, the value of a
    leak; readings in a second in the whole way, and while alarms were timed.
    """

    sign: str
    quantity: str
    elsewhere: str
    leak: float
    offered: float
    calm: float


@dataclass(frozen=True, slots=True)
class City:
    """The installation as the peers see it: its datastreams, some rounds of a reading of each (times, series), which of
    them are of the quantity that leaks are of, one of those for each grid, and rules.
    """

    series: Sequence[Series]
    rounds: np.ndarray
    leaking: np.ndarray
    watched: Sequence[Series]
    rules: Said

    def every(self, form: type[Batch]) -> Flow:
        """Readings of all."""
        return batches(form, self.series, self.rounds)

    def calm(self, form: type[Batch]) -> Flow:
        """Readings of all but that quantity."""
        kept = np.flatnonzero(~self.leaking)
        return batches(form, [self.series[at] for at in kept.tolist()], self.rounds[:, kept])


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
        known = known or city(database, found, task, size.thin)
        with tempfile.TemporaryDirectory(prefix="chengyun-bench-") as folder:
            theirs = measured(name, Path(folder), known, task, size)
        figures += [*theirs, *ratios(name.lower(), ours, theirs)]
    return figures


# of ours: whose sum, over which of theirs
_RATIOS = {
    "readings": (("vitals.durable_and_evaluated",), "rows"),
    "cores": (
        ("vitals.cores_of_sense", "vitals.cores_of_postgres", "vitals.cores_of_mosquitto"),
        "cores_needed",
    ),
    "reading_to_alarm_p50": (("vitals.reading_to_console_p50",), "reading_to_alarm_p50"),
    "reading_to_alarm_p99": (("vitals.reading_to_console_p99",), "reading_to_alarm_p99"),
}


def ratios(name: str, ours: Sequence[Figure], theirs: Sequence[Figure]) -> list[Figure]:
    """Ours over theirs; the first peer that is there is named beside ours."""
    own, other = ({one["name"]: one for one in some} for some in (ours, theirs))
    found = []
    for what, (parts, against) in _RATIOS.items():
        there, mine = other[f"{name}.{against}"], [own[one] for one in parts if one in own]
        if not mine or there["value"] <= 0:  # a trial may be too short for it
            continue
        ratio = sum(one["value"] for one in mine) / there["value"]
        found.append(figure(f"{what}: ours / {name}", ratio, "ratio", None, mine[0]["better"], there["n"]))
        if len(parts) == 1 and mine[0]["peer"] is None:
            mine[0]["peer"] = there["value"]
    return found


def city(database: Database, found: devices.Found, task: Task, thin: int) -> City:
    """Series, readings and rules of the installation; of its datastreams one in `thin`, and all that leaks are of."""
    with database.begin(system_actor("vitals")) as tx:
        signs, streams, regions = catalogue.signs(tx), sensing.streams(tx), regions_of(tx)
        having = sensing.things_having(tx, sorted(wanted(signs)))
    told = [compact.decode(body, "") for _, body in devices.messages(found, EACH)]
    ids = np.concatenate([one.stream for one in told]).reshape(devices.ROUNDS, -1)
    order = np.argsort(ids[0])
    assert np.array_equal(ids[0][order], streams.id)
    rounds = np.concatenate([one.value for one in told]).reshape(devices.ROUNDS, -1)[:, order]
    leaking = streams.quantity == streams.quantities.index(task.quantity)
    kept = np.flatnonzero(leaking | (np.arange(len(leaking)) % thin == 0))
    every = series(streams, regions, having)
    made = [every[at] for at in kept.tolist()]
    return City(
        made, rounds[:, kept], leaking[kept], _watched(made, leaking[kept], task), said(signs, streams)
    )


def _watched(made: Sequence[Series], leaking: np.ndarray, task: Task) -> list[Series]:
    """One that rings the sign for each grid."""
    told = [(dict(made[at]), made[at]) for at in np.flatnonzero(leaking).tolist()]
    here = [(labels, one) for labels, one in told if labels.get("place") != task.elsewhere]
    return list({labels["grid"]: one for labels, one in here if "grid" in labels}.values())


def measured(name: str, folder: Path, known: City, task: Task, size: Size) -> list[Figure]:
    """Of one peer: what it takes in alone, until what is written is seen, from a leak to its alarm, what rules cost."""
    alarms, told, file = Alarms(), Told(name.lower(), []), folder / "rules.yml"
    with alarms.listening() as heard_at, START[name](folder, heard_at, size.every_s) as peer:
        every, calm = known.every(peer.form), known.calm(peer.form)
        told.add(
            "all_series_seen", fill(peer, every, len(known.series), size), "s", "lower", len(known.series)
        )
        if peer.slower is not None:
            rate, n, _ = steady(peer, known.every(peer.slower), np.inf, size.seconds)
            told.add("rows_formatted_on_the_fly", rate, "rows/s", "higher", n)
        rate, n, _ = steady(peer, every, np.inf, size.seconds)
        told.add("rows", rate, "rows/s", "higher", n)
        with flowing(peer.port, calm, task.calm):
            told.times("visible", [seen(peer, known.watched[at], at) for at in range(size.probes)])
            fresh = [relabelled(known.watched[at], f"new-{at}") for at in range(size.probes // 4)]
            told.times("new_series_visible", [seen(peer, one, at) for at, one in enumerate(fresh)])
            known.rules.write(file, 0, peer.of_group, word(task.sign))
            with peer.ruled():
                told.times("reading_to_alarm", leak(peer, known.watched, task, alarms, size))
        _, _, without = steady(peer, every, task.offered, size.seconds)
        rules = known.rules.write(file, RULES - known.rules.rings, peer.of_group)
        with peer.ruled():
            ruling(peer, every, task.offered, size, told, rules, without)
        told.add("definitions_said", known.rules.signs, "", "higher", rules)
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
        """Its median and 99th percentile, where it was measured."""
        for percent in (50, 99) if seconds else ():
            self.add(
                f"{what}_p{percent}",
                float(np.percentile(seconds, percent)) * 1e3,
                "ms",
                "lower",
                len(seconds),
            )


def fill(peer: Peer, every: Flow, many: int, size: Size) -> float:
    """A reading of every series → seconds until all can be asked for, in a short trial until they are acknowledged."""
    line, began = Line(peer.port), time.perf_counter()
    for mine in every:
        for batch in mine[: len(mine) // devices.ROUNDS]:
            line.send(batch)
    while size is FULL and (there := peer.ask('count({thing!=""})')) != many:
        if time.perf_counter() > began + PATIENCE_S:
            raise RuntimeError(f"{there} series of {many}")
        time.sleep(0.1)
    return time.perf_counter() - began


def steady(peer: Peer, every: Flow, rate: float, seconds: float) -> tuple[float, int, float]:
    """→ readings acknowledged in a second, how many, cores of the peer."""
    with flowing(peer.port, every, rate) as done:
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
    Line(peer.port).send(peer.form([one], np.array([value])))
    while peer.ask(expression) != value:
        if time.perf_counter() > began + PATIENCE_S:
            raise RuntimeError(f"{expression} was not seen")
        time.sleep(PAUSE_S)
    return time.perf_counter() - began


def ruling(
    peer: Peer, every: Flow, offered: float, size: Size, told: Told, rules: int, without: float
) -> None:
    """What all rules cost while readings come as fast as ours were offered; `without` them it is so many cores."""
    with flowing(peer.port, every, offered) as done:
        time.sleep(size.every_s)
        first, before, spent, began = done(), peer.evaluated(), cores_used(), time.perf_counter()
        time.sleep(size.every_s * size.rounds)
        n, after, lasted = done() - first, peer.evaluated(), time.perf_counter() - began
        cores = (cores_used() - spent) / lasted
    each, taken = (after - before) / lasted, n / lasted
    own = (
        cores - without * min(1.0, taken / offered)
    ) / each  # what taking readings in costs is not the rules'
    told.add("flow_with_rules", taken, "rows/s", "higher", n)
    told.add("cores_with_rules", cores, "cores", "lower", rules)
    told.add("cores_without_rules", without, "cores", "lower", 1)
    told.add("rules_done_in_time", each / (rules / size.every_s), "share", "higher", rules)
    told.add("core_time_of_a_rule", own * 1e3, "ms", "lower", int(after - before))
    told.add("core_time_of_a_round", own * rules, "s", "lower", rules)
    told.add("cores_needed", without + own * rules / size.every_s, "cores", "lower", rules)


def leak(peer: Peer, watched: Sequence[Series], task: Task, alarms: Alarms, size: Size) -> list[float]:
    """One leak per region, evenly → seconds until its alarm came. Raises RuntimeError when one did not."""
    time.sleep(size.every_s)
    alarm, line = word(task.sign), Line(peer.port)
    sent: dict[tuple[str, str], float] = {}
    quiet = [one for one in watched if (alarm, dict(one)["grid"]) not in alarms.heard]
    for one in quiet[-size.leaks :]:
        sent[alarm, dict(one)["grid"]] = time.perf_counter()
        line.send(peer.form([one], np.array([task.leak])))
        time.sleep(BETWEEN_S)
    end = time.perf_counter() + PATIENCE_S
    while not sent.keys() <= alarms.heard.keys():
        if time.perf_counter() > end:
            raise RuntimeError(f"{len(sent.keys() - alarms.heard.keys())} of {len(sent)} leaks did not ring")
        time.sleep(0.05)
    return [alarms.heard[one] - at for one, at in sent.items()]
