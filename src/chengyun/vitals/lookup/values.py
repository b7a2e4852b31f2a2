"""Current values, off the board of the live process; where this machine has none, the newest of the trend, as stale."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chengyun.kernel.transactions import Tx
from chengyun.vitals.live.board import Board
from chengyun.vitals.lookup import trend
from chengyun.vitals.lookup.contracts import Freshness, SignRank, SignReading

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOTHING = SignReading(None, 0, Freshness.NONE, None, None, 0, 0)
Rows = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Live:
    """The board as this request sees it. `now`: real time in microseconds, as the heartbeat's."""

    board: Board | None
    now: int

    @classmethod
    def of(cls, board: Board | None) -> Live:
        """As of this moment."""
        return cls(board, time.time_ns() // 1000)

    @property
    def fresh(self) -> bool:
        return self.board is not None and self.board.fresh(self.now)

    @property
    def beat(self) -> int:
        return self.board.beat if self.board is not None else 0


@lru_cache(maxsize=4)
def _places(signs: tuple[str, ...]) -> Mapping[str, int]:
    return {code: place for place, code in enumerate(signs)}


def rows_of(board: Board, codes: Sequence[str], regions: Sequence[int]) -> Rows:
    """Row numbers, a line per region and a column per sign; -1 where there is none."""
    known = _places(board.layout.signs)
    wanted = np.array([known.get(code, -1) for code in codes], np.int64)
    found = np.full((len(regions), len(codes)), -1, np.int64)
    for line, region in enumerate(regions):
        part = board.layout.of_region(region)
        held = board.layout.sign[part]
        if len(held):
            at = np.minimum(np.searchsorted(held, wanted), len(held) - 1)
            found[line] = np.where((held[at] == wanted) & (wanted >= 0), part.start + at, -1)
    return found


def readings(tx: Tx, live: Live, codes: Sequence[str], regions: Sequence[int]) -> list[list[SignReading]]:
    """A line per region, in each a reading per sign."""
    if live.board is None:
        return _remembered(tx, codes, regions)
    kept, fresh = live.board.rows, live.fresh
    return [
        [NOTHING if row < 0 else reading(kept[row], fresh) for row in line]
        for line in rows_of(live.board, codes, regions).tolist()
    ]


def reading(row: Any, fresh: bool) -> SignReading:
    """One row of the board. A value whose inputs have all fallen silent is stale however fresh the board is."""
    value = float(row["value"])
    alive, known = int(row["alive"]), math.isfinite(value)
    state = Freshness.NONE if not known else Freshness.FRESH if fresh and alive else Freshness.STALE
    return SignReading(
        value if known else None,
        int(row["level"]),
        state,
        moment(int(row["at"])),
        moment(int(row["since"])),
        alive,
        int(row["inputs"]),
    )


def moment(microseconds: int) -> datetime | None:
    """None for 0: never."""
    return _EPOCH + timedelta(microseconds=microseconds) if microseconds else None


def rank(live: Live, code: str, bad: str | None, region: int, among: Sequence[int]) -> SignRank | None:
    """Place of a region among those that have a value whose inputs are alive; None where it has none itself."""
    if live.board is None or len(among) < 2:
        return None
    rows = rows_of(live.board, [code], among)[:, 0]
    held = live.board.rows[np.maximum(rows, 0)]
    counts = (rows >= 0) & np.isfinite(held["value"]) & (held["alive"] > 0)
    own = list(among).index(region)
    if not counts[own]:
        return None
    value, others = held["value"][own], held["value"][counts]
    ahead = others < value if bad == "low" else others > value
    return SignRank(int(ahead.sum()) + 1, int(counts.sum()))


def _remembered(tx: Tx, codes: Sequence[str], regions: Sequence[int]) -> list[list[SignReading]]:
    known = trend.newest(tx, codes, regions)
    found = []
    for region in regions:
        at, values = known.get(region, (None, [None] * len(codes)))
        found.append(
            [
                NOTHING if one is None else SignReading(one, None, Freshness.STALE, at, None, 0, 0)
                for one in values
            ]
        )
    return found
