"""Where more happens than chance explains: Getis-Ord Gi* of counts on a square grid. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import sqrt

Cell = tuple[int, int]
HIGH, RAISED = 2.326, 1.645  # z of one-sided p < 0.01 and p < 0.05


def around(cell: Cell) -> list[Cell]:
    """The cell and its eight neighbours."""
    x, y = cell
    return [(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]


def gi_star(counts: Mapping[Cell, int], known: Iterable[Cell]) -> dict[Cell, float]:
    """Gi* of each cell with a count: how far the sum over it and its neighbours lies above the mean, in standard
    deviations. `known`: further cells where things are reported at times. Only these are the area: uninhabited
    mountains would make every street significant.
    """
    area = {*counts, *known}
    n = len(area)
    if n < 2:
        return dict.fromkeys(counts, 0.0)
    mean = sum(counts.values()) / n
    spread = sqrt(max(sum(count * count for count in counts.values()) / n - mean * mean, 0.0))
    return {cell: _z(cell, counts, area, n, mean, spread) for cell in counts}


def _z(cell: Cell, counts: Mapping[Cell, int], area: set[Cell], n: int, mean: float, spread: float) -> float:
    inside = [near for near in around(cell) if near in area]
    weight = len(inside)
    scale = spread * sqrt(max(n * weight - weight * weight, 0) / (n - 1))
    return (sum(counts.get(near, 0) for near in inside) - mean * weight) / scale if scale else 0.0


def heat(z: float, count: int) -> str:
    """What a cell is called; a single report is never a hot spot."""
    if count < 2 or z < RAISED:
        return ""
    return "high" if z >= HIGH else "raised"
