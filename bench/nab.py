"""How well anomalies are found: NAB's score on the labelled series that are there, false alarms on those without labels.

DIR holds nab/ (files and combined_windows.json as the benchmark publishes them) and, where they are there,
uci_air_quality.csv and groundwater/*.csv, which nobody labelled: of them the alarms per series and month are counted at the
product's own threshold. “Live” is what the live process does: an alarm is the beginning of an episode, with all its rules.
The peer of each score is the benchmark's windowed Gaussian on the same files (39.6 on all 58 files of the full benchmark, as
published).
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from bench import _nab as nab
from bench._common import Figure, core_speed, figure

from chengyun.vitals.anomaly.contracts import USUAL
from chengyun.vitals.anomaly.tier1 import Tier1
from chengyun.vitals.anomaly.tier2 import RINGS, Tier2

SPLITS = 20  # times the files are halved
BARS = np.arange(5.5, 9.01, 0.5)  # lowest bars of tier 2 that are tried
DAY_US = 86_400_000_000
MONTH_US = 30 * DAY_US
SPEED_STREAMS, SPEED_BATCH, SPEED_BATCHES = 20_000, 200_000, 100
SPEED_CLOSE, SPEED_ROUNDS = 500, 5_000  # datastreams, readings of each
SPEED_MEASURED = 1_000  # of these rounds, the last
SPEED_EVERY_US = 300_000_000  # between two readings of a datastream
SPEED_STEP_US = 1_200_000_000  # from batch to batch: a day and more, so that most of it is past the beginning
WORSE, DAY_READINGS = (
    1.25,
    288,
)  # one alarm per matter: so much worse than all of the last day, of so many readings
MISSING = -200.0  # how the air quality file marks a missing value


def run(data: Path) -> list[Figure]:
    """All figures."""
    files = nab.read(data / "nab")
    worths = [nab.worth(len(one.value), one.windows) for one in files]
    found = {name: [detect(one) for one in files] for name, detect in DETECTORS.items()}
    print(f"{len(files)} files, {sum(one.windows for one in worths)} windows")
    figures: list[Figure] = []
    for name, scores in found.items():
        print_files(name, files, worths, scores)
        thresholds = name != "peer" and not name.endswith("live")
        figures += judged(name, worths, scores, found["peer"]) if thresholds else []
    own = own_threshold(files, worths, found)
    return [*figures, *own, *other_bars(files, worths), *unlabelled(data), *speed()]


# detectors: a series → a score of every row


def tier1(one: nab.Series) -> nab.Floats:
    """The scores of tier 1, as if the series were one datastream among many."""
    rows = np.zeros(len(one.value), np.int32)
    return Tier1(1, offset_us=0).update(rows, one.at_us, one.value).astype(np.float64)


def tier2(one: nab.Series) -> nab.Floats:
    """The scores of tier 2."""
    return Tier2(1, offset_us=0).update(np.zeros(len(one.value), np.int32), one.at_us, one.value)


def news(one: nab.Series, scores: nab.Floats, day: int) -> nab.Floats:
    """One alarm per matter, as the alarm list has it: what is not a quarter worse than all of the last day, and of the last
    `day` readings, is 0.
    """
    told, told_at, told_row = 0.0, 0, 0
    for row, (at, score) in enumerate(zip(one.at_us.tolist(), scores.tolist(), strict=True)):
        told = 0.0 if at - told_at > DAY_US and row - told_row > day else told
        told_at, told_row = (at, row) if score > told else (told_at, told_row)
        if score > told * WORSE:
            told = score
        else:
            scores[row] = 0.0
    return scores


def begins(tier: Tier1 | Tier2, one: nab.Series) -> nab.Floats:
    """1 where an episode begins as the live process has it, else 0."""
    found, zero = np.zeros(len(one.value)), np.zeros(1, np.int32)
    for row in range(len(one.value)):
        tier.update(zero, one.at_us[row : row + 1], one.value[row : row + 1])
        found[row] = len(tier.turned) and tier.rings(0)
    return found


DETECTORS: dict[str, Callable[[nab.Series], nab.Floats]] = {
    "peer": lambda one: nab.windowed_gaussian(one.value),
    "tier 1, every reading": tier1,
    "tier 1": lambda one: news(one, tier1(one), 0),
    "tier 1, live": lambda one: begins(Tier1(1, offset_us=0), one),
    "tier 2": lambda one: news(one, tier2(one), DAY_READINGS),
    "tier 2, live": lambda one: begins(Tier2(1, offset_us=0), one),
}
OWN = {
    "tier 1": USUAL,
    "tier 1, live": 1.0,
    "tier 2": RINGS,
    "tier 2, live": 1.0,
}  # thresholds of the product
TARGETS = {"tier 2": 60.0, "tier 2, live": 60.0}


# judging


def judged(
    name: str,
    worths: Sequence[nab.Worth],
    scores: Sequence[nab.Floats],
    peer: Sequence[nab.Floats],
) -> list[Figure]:
    """The score with the best threshold for all files, and with thresholds chosen on other files."""
    windows, target = sum(one.windows for one in worths), TARGETS.get(name)
    whole, other = (nab.normalised(nab.best(worths, one)[1], windows) for one in (scores, peer))
    crossed, crossed_peer = halved(worths, scores), halved(worths, peer)
    return [
        {**figure(f"nab: {name}", whole, "", target, "higher", len(worths)), "peer": round(other, 2)},
        {
            **figure(
                f"nab: {name}, threshold from the other half of the files, mean of {SPLITS} splits",
                float(np.mean(crossed)),
                "",
                target,
                "higher",
                len(worths),
            ),
            "peer": round(float(np.mean(crossed_peer)), 2),
        },
        figure(f"nab: {name}, worst of these splits", min(crossed), "", None, "higher", len(worths)),
    ]


def halved(worths: Sequence[nab.Worth], scores: Sequence[nab.Floats]) -> list[float]:
    """Scores with the threshold of each half of the files chosen on the other half, for random halves."""

    def scored(chosen_on: nab.Ints, scored_on: nab.Ints) -> float:
        threshold, _ = nab.best([worths[i] for i in chosen_on], [scores[i] for i in chosen_on])
        return nab.total_at([worths[i] for i in scored_on], [scores[i] for i in scored_on], threshold)

    return _crossed(worths, scored)


def _crossed(worths: Sequence[nab.Worth], scored: Callable[[nab.Ints, nab.Ints], float]) -> list[float]:
    """`scored(chosen_on, scored_on)` of both halves together, for random halves."""
    chance, windows = np.random.default_rng(1), sum(one.windows for one in worths)
    results = []
    for _ in range(SPLITS):
        order = chance.permutation(len(worths))
        one, other = order[: len(order) // 2], order[len(order) // 2 :]
        results.append(nab.normalised(scored(one, other) + scored(other, one), windows))
    return results


def other_bars(files: Sequence[nab.Series], worths: Sequence[nab.Worth]) -> list[Figure]:
    """Tier 2 as it runs live, had its lowest bar been chosen on these files."""
    totals = np.array([[_with_bar(bar, *pair) for pair in zip(files, worths, strict=True)] for bar in BARS])

    def scored(chosen_on: nab.Ints, scored_on: nab.Ints) -> float:
        return float(totals[totals[:, chosen_on].sum(1).argmax(), scored_on].sum())

    windows, name = sum(one.windows for one in worths), "nab: tier 2, live"
    whole = [nab.normalised(total, windows) for total in totals.sum(1)]
    print(name, *(f"bar {bar:.1f}: {one:.2f}" for bar, one in zip(BARS, whole, strict=True)), sep="\n  ")
    crossed, mean = (
        _crossed(worths, scored),
        f"{name}, bar from the other half of the files, mean of {SPLITS} splits",
    )
    return [
        figure(f"{name}, the best bar", max(whole), "", 60.0, "higher", len(files)),
        figure(mean, float(np.mean(crossed)), "", 60.0, "higher", len(files)),
        figure(f"{name}, worst of these splits", min(crossed), "", None, "higher", len(files)),
    ]


def _with_bar(bar: float, one: nab.Series, worth: nab.Worth) -> float:
    return nab.total_at([worth], [begins(Tier2(1, 0, bar), one)], 1.0)


def own_threshold(
    files: Sequence[nab.Series], worths: Sequence[nab.Worth], found: dict[str, list[nab.Floats]]
) -> list[Figure]:
    """The score at the thresholds that the product rings at, which no file has chosen."""
    windows = sum(one.windows for one in worths)
    return [
        figure(
            f"nab: {name} at the product's own threshold",
            nab.normalised(nab.total_at(worths, found[name], threshold), windows),
            "",
            TARGETS.get(name),
            "higher",
            len(files),
        )
        for name, threshold in OWN.items()
    ]


def print_files(
    name: str, files: Sequence[nab.Series], worths: Sequence[nab.Worth], scores: Sequence[nab.Floats]
) -> None:
    """What each file contributes at the common threshold."""
    threshold, _ = nab.best(worths, scores)
    print(f"{name}: threshold {threshold:.4f}")
    for one, worth, score in zip(files, worths, scores, strict=True):
        rung = score >= threshold
        outside = int((rung & worth.counts & (worth.window < 0)).sum())
        hits = len(np.unique(worth.window[rung & worth.counts & (worth.window >= 0)]))
        total = nab.total_at([worth], [score], threshold)
        print(f"  {one.name}: {total:.2f}, {hits} of {worth.windows} windows, {outside} alarms outside")


# series without labels


def unlabelled(data: Path) -> list[Figure]:
    """Alarms per series and month at the product's own thresholds."""
    sources = {
        "air quality": list(_air_quality(data / "uci_air_quality.csv")),
        "groundwater": list(_groundwater(data / "groundwater")),
    }
    figures = []
    for name, series in sources.items():
        months = sum((one.at_us[-1] - one.at_us[0]) / MONTH_US for one in series)
        for tier, threshold in OWN.items():
            if series:
                alarms = sum(_episodes(DETECTORS[tier](one) >= threshold) for one in series)
                label = f"nab: alarms per series and month, {name}, {tier}"
                figures.append(figure(label, alarms / months, "alarms", 1.0, "lower", len(series)))
    return figures


def _episodes(rung: np.ndarray) -> int:
    """How many runs of ringing rows there are."""
    return int(rung[0]) + int((rung[1:] & ~rung[:-1]).sum())


def _air_quality(path: Path) -> Iterator[nab.Series]:
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    rows = [row for row in rows if row[0]]
    at = np.array([_us(_american(row[0], row[1])) for row in rows])
    for column, name in enumerate(header):
        if column > 1 and name:
            value = np.array([float(row[column]) for row in rows])
            there = value != MISSING
            yield nab.Series(name, at[there], value[there], ())


def _groundwater(folder: Path) -> Iterator[nab.Series]:
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row for row in list(csv.reader(file))[1:] if row[1]]
        at = np.array([_us(datetime.fromisoformat(row[0])) for row in rows])
        yield nab.Series(path.stem, at, np.array([float(row[1]) for row in rows]), ())


def _american(day: str, clock: str) -> datetime:
    return datetime.strptime(f"{day} {clock} +0000", "%m/%d/%Y %H:%M:%S %z")


def _us(local: datetime) -> int:
    return int(local.replace(tzinfo=UTC).timestamp() * 1e6)


# speed


def speed() -> list[Figure]:
    """Readings per second of one core: tier 1 over many datastreams, tier 2 over one; beside them how fast the core is."""
    ordered = tier1_speed(lambda: np.arange(SPEED_BATCH, dtype=np.int32) % SPEED_STREAMS)
    chance = np.random.default_rng(1)
    mixed = tier1_speed(lambda: chance.permutation(SPEED_BATCH).astype(np.int32) % SPEED_STREAMS)
    slow = tier2_speed()
    done, unit = SPEED_BATCH * SPEED_BATCHES, "million readings/s"
    return [
        figure("nab: tier 1, one core, datastreams in order", ordered, unit, 50, "higher", done),
        figure("nab: tier 1, one core, datastreams in any order", mixed, unit, 50, "higher", done),
        figure("nab: tier 2, one core, many datastreams", slow, "readings/s", None, "higher", SPEED_ROUNDS),
        core_speed(),
    ]


def tier1_speed(streams: Callable[[], np.ndarray]) -> float:
    """Million readings per second of one core; the median batch."""
    many, chance, speeds = Tier1(SPEED_STREAMS), np.random.default_rng(1), []
    for batch in range(SPEED_BATCHES):
        stream, value = streams(), chance.normal(size=SPEED_BATCH)
        at = np.arange(SPEED_BATCH, dtype=np.int64) * 3_000 + np.int64(batch * SPEED_STEP_US)
        began = time.process_time()
        many.update(stream, at, value)
        speeds.append(SPEED_BATCH / (time.process_time() - began) / 1e6)
    return float(np.median(speeds))


def tier2_speed() -> float:
    """Readings per second of one core, of datastreams that have their whole past; the median round."""
    many, chance, speeds = Tier2(SPEED_CLOSE), np.random.default_rng(1), []
    slot = np.arange(SPEED_CLOSE, dtype=np.int32)
    for number in range(SPEED_ROUNDS):
        at, value = np.full(SPEED_CLOSE, number * SPEED_EVERY_US, np.int64), chance.normal(size=SPEED_CLOSE)
        began = time.perf_counter()
        many.update(slot, at, value)
        speeds.append(SPEED_CLOSE / (time.perf_counter() - began))
    return float(np.median(speeds[-SPEED_MEASURED:]))
