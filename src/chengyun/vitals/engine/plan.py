"""The plan: definitions, territory and datastreams as arrays, for the engine and for the board."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chengyun.sensing.contracts import Streams
from chengyun.vitals.board import Layout
from chengyun.vitals.contracts import Input, Sign, Statistic, selection
from chengyun.vitals.engine import cells as cells_module
from chengyun.vitals.engine import rows as rows_module
from chengyun.vitals.engine.cells import Cells, Properties
from chengyun.vitals.engine.expression import CONSTANT
from chengyun.vitals.engine.formulas import Formulas, compiled
from chengyun.vitals.engine.measures import (
    Key,
    Measure,
    Stores,
    key_of,
    lay_out,
    limit_of,
    measures_of,
    window_of,
)
from chengyun.vitals.engine.rows import Overrides, Rows, side_of
from chengyun.vitals.engine.shapes import NEVER, OF_CELL, OF_GAUGE, OF_SIGNS, SIGN, TICK_US, Array, Records
from chengyun.vitals.engine.tree import Places, PlanError, Regions, Tree, plant

ALIVE_INTERVALS = 3  # expected intervals after which a datastream is silent
_STATISTICS = {statistic: number for number, statistic in enumerate(Statistic)}


@dataclass(frozen=True, slots=True)
class Plan:
    """All that does not change from step to step. `digest` is of everything that gives the state its meaning."""

    digest: str
    layout: Layout
    signs: tuple[Sign, ...]
    sign_records: Records
    codes: Places
    numbers: Array
    tree: Tree
    measures: tuple[Measure, ...]
    stores: Stores
    cells: Cells
    rows: Rows
    depth_of_cell: Array  # apart from the cells: looked at for every reading
    cell_rows: Places
    dependents_first: Places
    dependents: Places
    stream_ids: Places
    row_of: Places  # id of a datastream → its place, -1: none
    patience: Array  # by datastream, microseconds
    lateness: Array  # by datastream: how late a reading may come and still enter some window, microseconds

    @property
    def nbytes(self) -> int:
        """Memory of the plan's arrays."""
        parts: list[Any] = [self, self.tree, self.stores, self.cells, self.rows, self.layout]
        columns = [getattr(part, name) for part in parts for name in part.__slots__]
        lists = [one for column in columns if isinstance(column, (list, tuple)) for one in column]
        return sum(one.nbytes for one in [*columns, *lists] if isinstance(one, np.ndarray))


def build(
    signs: Sequence[Sign], overrides: Overrides, regions: Regions, streams: Streams, properties: Properties
) -> Plan:
    """The plan. `properties` is needed for what `wanted(signs)` names. Raises PlanError."""
    tree, formulas, measures = plant(regions), compiled(signs), measures_of(signs)
    cells = cells_module.lay(measures, tree, streams, properties)
    stores = lay_out(measures, cells.counts)
    place = {measure.key: number for number, measure in enumerate(measures)}
    cells_of = [_cells_of(sign, place, stores.measures, cells) for sign in signs]
    rows = rows_module.lay(signs, formulas, tree, cells_of, cells.cells)
    rows_module.appoint(rows, signs, tree, overrides)
    records, codes, numbers = _sign_records(signs, formulas, measures, stores)
    cell_rows = _cell_rows(rows, records, cells.cells)
    dependents_first, dependents = _dependents(rows, records)
    patience = (streams.interval_s * (ALIVE_INTERVALS * TICK_US)).astype(np.int64)
    return Plan(
        _digest(signs, tree, streams, cells, rows), _layout(signs, tree, rows), tuple(signs), records, codes, numbers,
        tree, tuple(measures), stores, cells, rows, cells.cells["depth"].astype(np.int8), cell_rows, dependents_first,
        dependents, streams.id, _row_of(streams.id), patience, _lateness(cells, stores, len(streams.id)),
    )  # fmt: skip


def wanted(signs: Iterable[Sign]) -> set[tuple[str, str]]:
    """Properties of things that selectors ask for."""
    return {one for sign in signs for part in selection(sign.where.items()) for one in part}


def _cells_of(sign: Sign, place: dict[Key, int], measures: Records, cells: Cells) -> Array | None:
    if sign.input is not Input.DATASTREAMS:
        return None
    number = place[key_of(sign)]
    first = int(measures["cell"][number])
    return np.arange(first, first + cells.counts[number], dtype=np.int32)


def _sign_records(
    signs: Sequence[Sign], formulas: Formulas, measures: Sequence[Measure], stores: Stores
) -> tuple[Records, Places, Array]:
    records = np.zeros(len(signs), SIGN)
    codes: list[int] = []
    numbers: list[float] = []
    place = {measure.key: number for number, measure in enumerate(measures)}
    for s, sign in enumerate(signs):
        record, program = records[s], formulas.programs[s]
        record["code_first"], record["code_end"] = len(codes), len(codes) + len(program.codes)
        codes += program.codes
        numbers += program.values
        record["depth"], record["operands"] = formulas.depth[s], len(formulas.inputs[s])
        record["statistic"], record["side"] = _STATISTICS[sign.statistic], side_of(sign)
        _fill_limits(record, sign)
        _fill_input(record, sign, measures, place, stores)
    return records, np.array(codes or [CONSTANT], np.int32), np.array(numbers or [0.0], np.float64)


def _fill_limits(record: np.void, sign: Sign) -> None:
    record["low"] = -np.inf if sign.low is None else sign.low
    record["high"] = np.inf if sign.high is None else sign.high
    record["wait"], record["hold"] = sign.for_s * TICK_US, sign.hold_s * TICK_US
    if sign.no_data == "alarm" and sign.no_data_after_s <= 0:
        raise PlanError(f"{sign.code}: an alarm without data needs no_data_after_s")
    record["silence"] = sign.no_data_after_s * TICK_US if sign.no_data == "alarm" else NEVER


def _fill_input(
    record: np.void, sign: Sign, measures: Sequence[Measure], place: dict[Key, int], stores: Stores
) -> None:
    record["ring"] = -1
    if sign.input is not Input.DATASTREAMS:
        record["input"] = OF_SIGNS if sign.input is Input.SIGNS else OF_GAUGE
        return
    if sign.statistic in (Statistic.GAUGE, Statistic.GAUGE_MEAN):
        raise PlanError(f"{sign.code}: {sign.statistic} is not of datastreams")
    record["input"] = OF_CELL
    number = place[key_of(sign)]
    measure, window, limit = measures[number], window_of(sign), limit_of(sign)
    if window is not None:
        record["ring"] = stores.measures["ring_first"][number] + list(measure.rings).index(window)
        record["n"] = sign.window_s // window[0]
    if limit is not None:
        record["limit"] = measure.limits.index(limit)


def _cell_rows(rows: Rows, records: Records, cells: Records) -> Places:
    """Rows of cells side by side, those of one window together; fills in `row_first`, `row_end`."""
    mine = np.flatnonzero(records["input"][rows.places["sign"]] == OF_CELL).astype(np.int32)
    rank = np.empty(len(records), np.int64)
    rank[np.lexsort((records["n"], records["ring"]))] = np.arange(len(records))
    cell = rows.places["of"][mine]
    order = np.argsort(cell * np.int64(max(len(records), 1)) + rank[rows.places["sign"][mine]], kind="stable")
    edges = np.searchsorted(cell[order], np.arange(len(cells) + 1))
    cells["row_first"], cells["row_end"] = edges[:-1], edges[1:]
    return mine[order]


def _dependents(rows: Rows, records: Records) -> tuple[Places, Places]:
    """By row: the rows whose formula is over it."""
    made = np.flatnonzero(records["operands"][rows.places["sign"]] > 0)
    made = made[np.argsort(rows.places["of"][made], kind="stable")]
    owner = np.repeat(made, records["operands"][rows.places["sign"][made]]).astype(np.int32)
    first = np.zeros(len(rows.places) + 1, np.int32)
    np.cumsum(np.bincount(rows.operands, minlength=len(rows.places)), out=first[1:])
    return first, owner[np.argsort(rows.operands, kind="stable")]


def _row_of(ids: Places) -> Places:
    found = np.full(int(ids.max(initial=0)) + 1, -1, np.int32)
    found[ids] = np.arange(len(ids), dtype=np.int32)
    return found


def _lateness(cells: Cells, stores: Stores, streams: int) -> Array:
    of_measure = np.zeros(len(stores.measures), np.int64)
    for m, measure in enumerate(stores.measures):
        kept = stores.rings["lateness"][measure["ring_first"] : measure["ring_end"]]
        of_measure[m] = kept.max(initial=0)
    found = np.zeros(streams, np.int64)
    stream = np.repeat(np.arange(streams), np.diff(cells.first))
    np.maximum.at(found, stream, of_measure[cells.targets["measure"]])
    return found


def _layout(signs: Sequence[Sign], tree: Tree, rows: Rows) -> Layout:
    codes = tuple(sign.code for sign in signs)
    ids = tree.id[rows.region]
    regions, first = np.unique(ids, return_index=True)
    edges = np.append(first, len(ids)).astype(np.int64)
    sign = np.ascontiguousarray(rows.places["sign"])
    return Layout(_hash("\n".join(codes), regions, edges, sign), codes, regions, edges, sign)


def _digest(signs: Sequence[Sign], tree: Tree, streams: Streams, cells: Cells, rows: Rows) -> str:
    """Whether a state fits: the same definitions, regions, datastreams, thresholds."""
    arrays = (tree.id, tree.parent, streams.id, streams.interval_s, cells.targets, rows.steps, rows.steps_of)
    return _hash(repr(tuple(signs)), *arrays)


def _hash(text: str, *arrays: Array) -> str:
    digest = hashlib.blake2b(text.encode(), digest_size=16)
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
