"""The Numenta Anomaly Benchmark's rules, standard profile, and its windowed Gaussian.

An alarm is a row whose score reaches the threshold. Each labelled window counts once, by its earliest alarm: 1 at its
left edge, falling with a sigmoid towards its right edge; missed it costs 1. Each alarm outside costs 0.11, less
shortly after a window. The first 15 % of a file (at most 750 rows) are for learning and do not count. One threshold
serves all files, the one that is best for the detector, as in the published table. 0 is a detector that never rings, 100 one that rings
once at the left edge of every window. Written after the published rules (Lavin and Ahmad, 2015, and the benchmark's own description), not from its code.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import erfc, sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

A_FP, A_FN = 0.11, 1.0  # of the standard profile, whose A_TP is 1
PROBATION, PROBATION_ROWS = 0.15, 750
NEVER = np.inf  # the threshold of a detector that never rings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Series:
    """One file: moments in microseconds, values, and first and last row of each labelled window."""

    name: str
    at_us: Ints
    value: Floats
    windows: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Worth:
    """What an alarm at each row brings: `gain` (negative outside of windows), the window's number or -1, whether
    the row counts at all; and how many windows count.
    """

    gain: Floats
    window: Ints
    counts: NDArray[np.bool_]
    windows: int


def read(folder: Path) -> list[Series]:
    """The files of a folder that has combined_windows.json, in the order of their names; others have no labels."""
    labels = json.loads((folder / "combined_windows.json").read_text(encoding="utf-8"))
    return [_series(folder, name, labels[name]) for name in sorted(labels) if (folder / name).is_file()]


def _series(folder: Path, name: str, windows: Sequence[Sequence[str]]) -> Series:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    at = np.array([_moment(row["timestamp"]) for row in rows], np.int64)
    value = np.array([float(row["value"]) for row in rows])
    edges = np.array([[_moment(one) for one in window] for window in windows], np.int64).reshape(-1, 2)
    left = np.searchsorted(at, edges[:, 0], "left")
    right = np.searchsorted(at, edges[:, 1], "right") - 1
    return Series(name, at, value, tuple(zip(left.tolist(), right.tolist(), strict=True)))


def _moment(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1e6)


def sigmoid(position: Floats) -> Floats:
    """Scaled sigmoid: 0.987 at -1 (left edge of a window), 0 at 0 (right edge), -1 from 3 widths behind it."""
    return np.where(position >= 3, -1.0, 2 / (1 + np.exp(5 * np.minimum(position, 3.0))) - 1)


def probation(rows: int) -> int:
    """How many rows at the beginning do not count."""
    return min(int(PROBATION * rows), PROBATION_ROWS)


def worth(rows: int, windows: Sequence[tuple[int, int]]) -> Worth:
    """`windows`: first and last row of each, in order, apart from one another."""
    row = np.arange(rows)
    position, window = np.full(rows, 3.0), np.full(rows, -1, np.int64)
    best = float(sigmoid(np.array([-1.0]))[0])
    for first, last in windows:
        behind = row > last
        position[behind] = (row[behind] - last) / max(last - first, 1)
    gain = A_FP * sigmoid(position)
    for number, (first, last) in enumerate(windows):
        inside = slice(first, last + 1)
        window[inside] = number
        gain[inside] = sigmoid(-(last - row[inside] + 1) / (last - first + 1)) / best
    counts = row >= probation(rows)
    return Worth(gain, window, counts, len(np.unique(window[counts & (window >= 0)])))


def curve(worths: Sequence[Worth], scores: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Every threshold that makes a difference, falling from NEVER, and the sum over the files at each."""
    change: list[Floats] = []
    for each, score in zip(worths, scores, strict=True):
        outside = each.counts & (each.window < 0)
        change.append(np.column_stack([score[outside], each.gain[outside]]))
        for number in np.unique(each.window[each.counts & (each.window >= 0)]):
            inside = each.counts & (each.window == number)
            change.append(_improvements(score[inside], each.gain[inside]))
    steps = np.concatenate([np.empty((0, 2)), *change])
    steps = steps[np.argsort(-steps[:, 0], kind="stable")]
    total = np.cumsum(steps[:, 1])
    ends = np.flatnonzero(np.append(np.diff(steps[:, 0]) != 0, len(steps) > 0))
    null = -A_FN * sum(each.windows for each in worths)
    return np.append(NEVER, steps[ends, 0]), null + np.append(0.0, total[ends])


def _improvements(score: Floats, gain: Floats) -> Floats:
    """(score, what it adds) of the rows of one window, as the threshold falls: the earliest alarm decides."""
    order = np.argsort(-score, kind="stable")
    reached = np.maximum.accumulate(gain[order])
    return np.column_stack([score[order], np.diff(reached, prepend=-A_FN)])


def total_at(worths: Sequence[Worth], scores: Sequence[Floats], threshold: float) -> float:
    """The sum over the files at a given threshold."""
    thresholds, totals = curve(worths, scores)
    return float(totals[np.flatnonzero(thresholds >= threshold)[-1]])


def best(worths: Sequence[Worth], scores: Sequence[Floats]) -> tuple[float, float]:
    """(threshold, sum) where the sum is largest."""
    thresholds, totals = curve(worths, scores)
    found = int(np.argmax(totals))
    return float(thresholds[found]), float(totals[found])


def normalised(total: float, windows: int) -> float:
    """0: never rings, 100: perfect. Without a window there is nothing to gain: 0 at best."""
    return 100 * (total + A_FN * windows) / ((1 + A_FN) * max(windows, 1))


def windowed_gaussian(value: Floats, size: int = 6400, step: int = 100) -> Floats:
    """The benchmark's own simple detector: 1 minus the tail probability of a Gaussian over a window of the past."""
    scores = np.zeros(len(value))
    begin, end, mean, spread = 0, 0, 0.0, 1.0
    for row in range(len(value)):
        if row > 0:
            scores[row] = 1 - 0.5 * erfc(abs(value[row] - mean) / spread / sqrt(2))
        grows = row < size
        if grows or (row + 1 - end) == step:
            end = row + 1
            begin = max(0, end - size)
            mean, spread = float(value[begin:end].mean()), float(value[begin:end].std()) or 1e-6
    return scores
