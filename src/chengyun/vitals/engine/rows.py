"""Rows: a sign in a region; which exist, what each is made of, where levels are judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from chengyun.vitals.contracts import LEVELS, Input, Sign, Threshold
from chengyun.vitals.engine.formulas import Formulas
from chengyun.vitals.engine.shapes import PLACE, STEPS, Array, Records
from chengyun.vitals.engine.tree import Places, Tree

Overrides = Mapping[
    tuple[str, int], tuple[Threshold, ...]
]  # (sign, region's id) → thresholds there and below


@dataclass(slots=True)
class Rows:
    """Sorted by (region's id, sign). `of_sign[s]`: rows of a sign in the order of `regions_of[s]` (places in the
    tree, ascending). Gauges: numbers of one sign side by side, from `gauge_first[s]`.
    """

    places: Records
    region: Places
    regions_of: list[Places]
    of_sign: list[Array]
    operands: Places
    gauge_first: dict[int, int]
    gauges: int
    judged: Places
    steps_of: Places
    steps: Records


def lay(
    signs: Sequence[Sign], formulas: Formulas, tree: Tree, cells_of: Sequence[Array | None], cells: Records
) -> Rows:
    """All rows, not yet judged. `cells_of[s]`: the cells of a sign over datastreams, None for others."""
    regions_of, made_of, gauge_first, gauges = _existing(signs, formulas, tree, cells_of, cells)
    sign = np.repeat(np.arange(len(signs), dtype=np.int32), [len(one) for one in regions_of])
    region = _joined(regions_of)
    rank = np.empty(len(tree), np.int64)
    rank[tree.by_id] = np.arange(len(tree))
    order = np.argsort(rank[region] * len(signs) + sign, kind="stable")
    row_of = np.empty(len(order), np.int32)
    row_of[order] = np.arange(len(order), dtype=np.int32)
    of_sign = np.split(row_of, np.cumsum([len(one) for one in regions_of])[:-1])
    operands = _operands(formulas, regions_of, of_sign, made_of)
    places = np.empty(len(order), PLACE)
    places["sign"], places["of"], places["judge"] = sign[order], _joined(made_of)[order], -1
    empty = np.empty(0, np.int32)
    return Rows(
        places,
        region[order],
        regions_of,
        of_sign,
        operands,
        gauge_first,
        gauges,
        empty,
        empty,
        np.empty(0, STEPS),
    )


def _existing(
    signs: Sequence[Sign], formulas: Formulas, tree: Tree, cells_of: Sequence[Array | None], cells: Records
) -> tuple[list[Places], list[Places], dict[int, int], int]:
    """By sign: its regions, and the cell or gauge of each (of formulas: filled in by `_operands`)."""
    regions_of = [np.empty(0, np.int32)] * len(signs)
    made_of = [np.empty(0, np.int32)] * len(signs)
    gauge_first, gauges = {}, 0
    for s in formulas.order:
        lowest, of_cells = LEVELS.index(signs[s].lowest), cells_of[s]
        if of_cells is not None:
            regions = cells["region"][of_cells]
            made_of[s] = of_cells[tree.level[regions] >= lowest].astype(np.int32)
        elif signs[s].input is Input.SIGNS:
            regions = _common([regions_of[one] for one in formulas.inputs[s]])
        else:
            regions = np.arange(len(tree), dtype=np.int32)
        regions_of[s] = regions[tree.level[regions] >= lowest]
        if of_cells is None and signs[s].input is not Input.SIGNS:
            gauge_first[s] = gauges
            made_of[s] = np.arange(gauges, gauges + len(regions_of[s]), dtype=np.int32)
            gauges += len(regions_of[s])
    return regions_of, made_of, gauge_first, gauges


def _common(regions: Sequence[Places]) -> Places:
    found = regions[0]
    for others in regions[1:]:
        found = np.intersect1d(found, others, assume_unique=True)
    return found


def _operands(
    formulas: Formulas, regions_of: Sequence[Places], of_sign: Sequence[Array], made_of: list[Places]
) -> Places:
    """Rows that formulas are over, those of one formula side by side; `made_of` becomes the first of each."""
    parts: list[Array] = []
    done = 0
    for s, inputs in enumerate(formulas.inputs):
        if not inputs:
            continue
        regions = regions_of[s]
        columns = [of_sign[one][np.searchsorted(regions_of[one], regions)] for one in inputs]
        parts.append(np.stack(columns, axis=1).ravel())
        made_of[s] = (done + np.arange(len(regions)) * len(inputs)).astype(np.int32)
        done += len(parts[-1])
    return _joined(parts)


def _joined(columns: Sequence[Array]) -> Places:
    return np.concatenate(columns).astype(np.int32) if columns else np.empty(0, np.int32)


def appoint(rows: Rows, signs: Sequence[Sign], tree: Tree, overrides: Overrides) -> None:
    """Judges for the rows in which thresholds or silence are looked at."""
    sets: dict[bytes, int] = {}
    steps: list[Array] = []
    judged, steps_of = [], []
    overridden = {code for code, _ in overrides}
    for s, sign in enumerate(signs):
        if not (sign.bad and sign.thresholds) and sign.no_data != "alarm" and sign.code not in overridden:
            continue
        levels = [LEVELS.index(level) for level in sign.alarm_levels or (sign.lowest,)]
        mine = np.isin(tree.level[rows.regions_of[s]], levels)
        judged.append(rows.of_sign[s][mine])
        chosen = _chosen(sign, tree, overrides if sign.code in overridden else {}, sets, steps)
        steps_of.append(chosen[rows.regions_of[s][mine]])
    rows.judged, rows.steps_of = _joined(judged), _joined(steps_of)
    rows.places["judge"][rows.judged] = np.arange(len(rows.judged), dtype=np.int32)
    rows.steps = np.concatenate(steps) if steps else rows.steps


def _chosen(
    sign: Sign, tree: Tree, overrides: Overrides, sets: dict[bytes, int], steps: list[Array]
) -> Places:
    """By region: which set of steps holds there; the nearest above wins."""
    chosen = np.full(len(tree), _number(sign.thresholds, sign, sets, steps), np.int32)
    for (code, region), thresholds in overrides.items():
        place = int(tree.find(np.array([region], np.int64))[0]) if code == sign.code else -1
        if place >= 0:
            chosen[place] = -1 - _number(thresholds, sign, sets, steps)  # negative: said here
    for depth in range(1, int(tree.depth.max(initial=0)) + 1):
        here = np.flatnonzero((tree.depth == depth) & (chosen >= 0))
        above = chosen[tree.parent[here]]
        chosen[here] = np.where(above < 0, above, chosen[here])
    return np.where(chosen < 0, -1 - chosen, chosen).astype(np.int32)


def _number(thresholds: Sequence[Threshold], sign: Sign, sets: dict[bytes, int], steps: list[Array]) -> int:
    one = np.full(1, np.inf, STEPS)
    side = side_of(sign)
    for threshold in thresholds:
        one["on"][0, threshold.level - 1] = threshold.on * side
        one["off"][0, threshold.level - 1] = threshold.off * side
    number = sets.setdefault(one.tobytes(), len(steps))
    if number == len(steps):
        steps.append(one)
    return number


def side_of(sign: Sign) -> int:
    """1: high is bad, -1: low is bad, 0: neither."""
    return {"high": 1, "low": -1}.get(sign.bad or "", 0)
