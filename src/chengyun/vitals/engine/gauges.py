"""Numbers that are given per region (incidents, registers), brought to the levels above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chengyun.vitals.contracts import Statistic
from chengyun.vitals.engine.plan import Plan
from chengyun.vitals.engine.shapes import GIVEN, Array, Records


def checked(plan: Plan, sign: int, regions: Array, values: Array, at: int) -> Records:
    """Numbers of a sign for `give`. Raises ValueError where the sign has none of its own or a region no row."""
    mine = plan.rows.regions_of[sign]
    place = plan.tree.find(np.asarray(regions, np.int64))
    if sign not in plan.rows.gauge_first or not bool(np.isin(place, mine).all()):
        raise ValueError(f"{plan.signs[sign].code} takes no number in some of these regions")
    given = np.zeros(len(regions), GIVEN)
    given["sign"], given["region"], given["value"], given["at"] = sign, regions, values, at
    return given


@dataclass(frozen=True, slots=True)
class Prepared:
    """A sign's numbers in all its regions as they will be, their place among all numbers, and the rows that change."""

    place: slice
    numbers: Records
    rows: Array


def prepared(plan: Plan, gauges: Records, given: Sequence[Records]) -> list[Prepared]:
    """Set numbers, later ones over earlier ones; NaN takes one away. `gauges` stays as it is."""
    every = np.concatenate([np.empty(0, GIVEN), *given])
    if not len(every):
        return []
    ordered = every[np.argsort(every["sign"], kind="stable")]
    signs, first = np.unique(ordered["sign"], return_index=True)
    parts = np.split(ordered, first[1:])
    return [_prepared(plan, gauges, int(sign), part) for sign, part in zip(signs, parts, strict=True)]


def _prepared(plan: Plan, gauges: Records, sign: int, given: Records) -> Prepared:
    first, mine = plan.rows.gauge_first[sign], plan.rows.regions_of[sign]
    place = slice(first, first + len(mine))
    numbers = gauges[place].copy()
    where = np.searchsorted(mine, plan.tree.find(given["region"]))
    numbers["given"][where], numbers["since"][where] = given["value"], given["at"]
    _roll_up(plan, numbers, mine, plan.signs[sign].statistic is Statistic.GAUGE_MEAN)
    return Prepared(place, numbers, plan.rows.of_sign[sign][_differ(gauges[place], numbers)])


def _roll_up(plan: Plan, numbers: Records, mine: Array, mean: bool) -> None:
    """A number that is given stands; others are the sum or the mean of the regions right below."""
    given = ~np.isnan(numbers["given"])
    numbers["value"] = numbers["given"]
    numbers["at"] = np.where(given, numbers["since"], 0)
    numbers["n"] = given
    parent = np.searchsorted(mine, plan.tree.parent[mine])  # of a root: 0, never used
    depth = plan.tree.depth[mine]
    for level in range(int(depth.max(initial=0)), 0, -1):
        below = np.flatnonzero((depth == level) & ~np.isnan(numbers["value"]))
        below = below[~given[parent[below]] & (plan.tree.parent[mine[below]] >= 0)]
        above = parent[below]
        many = np.bincount(above, minlength=len(mine))
        total = np.bincount(above, numbers["value"][below], minlength=len(mine))
        touched = np.flatnonzero(many)
        numbers["value"][touched] = total[touched] / (many[touched] if mean else 1)
        np.maximum.at(numbers["at"], above, numbers["at"][below])
        np.add.at(numbers["n"], above, numbers["n"][below])


def _differ(before: Records, after: Records) -> Array:
    """Bytes, not numbers: NaN is not equal to itself."""
    width = before.dtype.itemsize
    bytes_before, bytes_after = before.view(np.uint8), after.view(np.uint8)
    changed: Array = np.any(bytes_before.reshape(-1, width) != bytes_after.reshape(-1, width), axis=1)
    return changed
