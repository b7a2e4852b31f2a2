"""Numbers that are given per region (incidents, registers), brought to the levels above."""

from __future__ import annotations

import numpy as np

from chengyun.vitals.contracts import Statistic
from chengyun.vitals.engine.plan import Plan
from chengyun.vitals.engine.shapes import Array, Records


def give(plan: Plan, gauges: Records, sign: int, regions: Array, values: Array, at: int) -> Array:
    """Set a sign's numbers in regions (ids) as of `at`; NaN takes one away. → rows that have changed.

    Raises KeyError for a sign without numbers of its own and ValueError for a region in which it has no row.
    """
    first = plan.rows.gauge_first[sign]
    mine = plan.rows.regions_of[sign]
    numbers = gauges[first : first + len(mine)]
    before = numbers.copy()
    where = np.searchsorted(mine, plan.tree.find(np.asarray(regions, np.int64)))
    where = np.minimum(where, len(mine) - 1)
    if not np.array_equal(plan.tree.id[mine[where]], regions):
        raise ValueError(f"{plan.signs[sign].code} has no row in some of these regions")
    numbers["given"][where], numbers["since"][where] = values, at
    _roll_up(plan, numbers, mine, plan.signs[sign].statistic is Statistic.GAUGE_MEAN)
    return plan.rows.of_sign[sign][_differ(before, numbers)]


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
