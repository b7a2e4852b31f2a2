"""From one plan to the next: what datastreams, cells, rows and numbers both have is taken over, and the rest begins anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chengyun.vitals.contracts import Change, EpisodeKind, Level
from chengyun.vitals.engine.kernel import Engine, moment
from chengyun.vitals.engine.plan import Plan
from chengyun.vitals.engine.shapes import Array, Records

Pairs = tuple[Array, Array]  # places in the old arrays, places in the new


def carry(old: Engine, new: Engine) -> list[Change]:
    """Fill the state of `new`, which has made no step, from `old`.

    The changes are the ends of episodes for which the new plan has no judge: nobody could end them any more.
    """
    before, after = old.state, new.state
    after.clock[:] = before.clock
    kept, here = _same(old.plan.stream_ids, new.plan.stream_ids)
    after.latest[here] = before.latest[kept]
    _slots(old, new)
    rows = _rows(old.plan, new.plan)
    after.rows[rows[1]] = before.rows[rows[0]]
    ended = _judges(old, new, rows)
    _gauges(old, new)
    new.refresh()
    return ended


def _slots(old: Engine, new: Engine) -> None:
    """Buckets of cells of the same measure in the same region, for windows of the same width."""
    measures = {measure.key: number for number, measure in enumerate(old.plan.measures)}
    for number, measure in enumerate(new.plan.measures):
        before = measures.get(measure.key)
        if before is None:
            continue
        pairs = _cells(old.plan, before, new.plan, number)
        for place, window in enumerate(measure.rings):
            if window in old.plan.measures[before].rings:
                place_before = list(old.plan.measures[before].rings).index(window)
                _ring(old, before, place_before, new, number, place, pairs)


def _cells(old: Plan, before: int, new: Plan, after: int) -> Pairs:
    """Cells of a measure by region, counted from its first."""
    return _same(
        old.tree.id[old.cells.cells["region"][_span(old, before)]],
        new.tree.id[new.cells.cells["region"][_span(new, after)]],
    )


def _same(before: Array, after: Array) -> Pairs:
    """Places of what both have."""
    _, kept, here = np.intersect1d(before, after, assume_unique=True, return_indices=True)
    return kept, here


def _span(plan: Plan, number: int) -> slice:
    first = int(plan.stores.measures["cell"][number])
    return slice(first, first + plan.cells.counts[number])


def _ring(
    old: Engine, before: int, of_before: int, new: Engine, after: int, of_after: int, pairs: Pairs
) -> None:
    source, n_source = _matrix(old, before, of_before)
    target, n_target = _matrix(new, after, of_after)
    moved = source[pairs[0]]
    for place in range(n_source):
        column = moved[:, place]
        into = column["bucket"] % n_target
        newer = column["bucket"] > target["bucket"][pairs[1], into]
        target[pairs[1][newer], into[newer]] = column[newer]


def _matrix(engine: Engine, measure: int, place: int) -> tuple[Records, int]:
    """The slots of a ring as (cell, bucket), and how many buckets there are."""
    stores = engine.plan.stores
    ring = stores.rings[int(stores.measures["ring_first"][measure]) + place]
    cells, n, first = engine.plan.cells.counts[measure], int(ring["n"]), int(ring["slot"])
    return engine.state.slots[first : first + cells * n].reshape(cells, n), n


def _rows(old: Plan, new: Plan) -> Pairs:
    """Rows of the same sign in the same region."""
    number = {sign.code: place for place, sign in enumerate(new.signs)}
    same = np.array([number.get(sign.code, -1) for sign in old.signs], np.int64)
    sign = same[old.rows.places["sign"]]
    keys = old.tree.id[old.rows.region] * len(new.signs) + sign
    known = np.flatnonzero(sign >= 0)
    wanted = new.tree.id[new.rows.region] * len(new.signs) + new.rows.places["sign"]
    kept, here = _same(keys[known], wanted)
    return known[kept], here


def _judges(old: Engine, new: Engine, rows: Pairs) -> list[Change]:
    judge = np.full(len(old.plan.rows.places), -1, np.int64)
    judge[rows[0]] = new.plan.rows.places["judge"][rows[1]]
    judged = old.plan.rows.judged
    stays = judge[judged] >= 0
    new.state.judges[judge[judged[stays]]] = old.state.judges[stays]
    new.state.due[judge[judged[stays]]] = old.state.clock[1]  # looked at in the next step
    gone = np.flatnonzero(~stays)
    quiet = rows[1][np.isin(rows[0], judged[gone])]
    new.state.rows["level"][quiet] = 0
    return [change for place in gone for change in _end(old, int(place))]


def _end(old: Engine, place: int) -> list[Change]:
    row, judge = int(old.plan.rows.judged[place]), old.state.judges[place]
    level, at = int(old.state.rows["level"][row]), int(old.state.clock[0])
    ended = []
    if level:
        ended.append(_change(old, row, EpisodeKind.THRESHOLD, int(judge["began"]), at, level))
    if judge["silent"]:
        ended.append(_change(old, row, EpisodeKind.NO_DATA, int(judge["silent"]), at, 1))
    return ended


def _change(old: Engine, row: int, kind: EpisodeKind, began: int, at: int, level: int) -> Change:
    sign = old.plan.signs[old.plan.rows.places["sign"][row]].code
    region = int(old.plan.tree.id[old.plan.rows.region[row]])
    return Change(sign, region, kind, moment(began), moment(at), Level(level), Level.NONE, None, None)


def _gauges(old: Engine, new: Engine) -> None:
    number = {sign.code: place for place, sign in enumerate(old.plan.signs)}
    for place, first in new.plan.rows.gauge_first.items():
        before = number.get(new.plan.signs[place].code)
        if before is None or before not in old.plan.rows.gauge_first:
            continue
        kept, here = _same(_regions(old.plan, before), _regions(new.plan, place))
        source = old.plan.rows.gauge_first[before]
        new.state.gauges[first + here] = old.state.gauges[source + kept]


def _regions(plan: Plan, sign: int) -> Array:
    """Ids of the regions in which a sign has rows."""
    return plan.tree.id[plan.rows.regions_of[sign]]


@dataclass(frozen=True, slots=True)
class Running:
    """An episode that is stored as open. Moments in microseconds."""

    sign: str
    region: int
    kind: EpisodeKind
    level: int
    began: int
    since: int


def adopt(engine: Engine, running: Sequence[Running], now: int) -> list[Change]:
    """Go on with episodes that are open though no state of them is left; the ends of those that nobody judges."""
    ended = []
    for one in running:
        row = _row(engine.plan, one.sign, one.region)
        judge = -1 if row is None else int(engine.plan.rows.places["judge"][row])
        if row is None or judge < 0:
            ends = (moment(one.began), moment(now), Level(one.level), Level.NONE)
            ended.append(Change(one.sign, one.region, one.kind, *ends, None, None))
        elif one.kind is EpisodeKind.NO_DATA:
            engine.state.judges["silent"][judge] = one.began
        else:
            engine.state.rows["level"][row], engine.state.rows["since"][row] = one.level, one.since
            engine.state.judges["began"][judge] = one.began
    return ended


def _row(plan: Plan, sign: str, region: int) -> int | None:
    number = next((place for place, one in enumerate(plan.signs) if one.code == sign), None)
    return None if number is None else plan.layout.row(number, region)
