"""Current values, off the board of the live process; where this machine has none, the newest of the trend, as stale."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from chengyun.kernel.transactions import Tx
from chengyun.vitals.board import ROW, Board
from chengyun.vitals.contracts import Sign
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
    places, fresh = rows_of(live.board, codes, regions), live.fresh
    held = live.board.rows[np.maximum(places, 0)] if len(live.board.rows) else np.zeros(places.shape, ROW)
    return [
        [reading(row, fresh) if place >= 0 else NOTHING for row, place in zip(*both, strict=True)]
        for both in zip(held.tolist(), places.tolist(), strict=True)
    ]


def reading(row: tuple[float, int, int, int, int, int], fresh: bool) -> SignReading:
    """One row of the board. A value whose inputs have all fallen silent is stale however fresh the board is."""
    value, at, since, level, alive, inputs = row
    known = math.isfinite(value)
    state = Freshness.NONE if not known else Freshness.FRESH if fresh and alive else Freshness.STALE
    return SignReading(value if known else None, level, state, moment(at), moment(since), alive, inputs)


def levels(tx: Tx, live: Live, codes: Sequence[str], region: int) -> dict[str, int]:
    """The level (0 where it is not known) of each sign that has a value in a region."""
    if live.board is None:
        [line] = _remembered(tx, codes, [region])
        return {code: 0 for code, now in zip(codes, line, strict=True) if now.value is not None}
    part = live.board.layout.of_region(region)
    there = np.isfinite(live.board.rows["value"][part])
    signs, found = live.board.layout.sign[part][there], live.board.rows["level"][part][there]
    return {
        live.board.layout.signs[sign]: level
        for sign, level in zip(signs.tolist(), found.tolist(), strict=True)
    }


def moment(microseconds: int) -> datetime | None:
    """None for 0: never."""
    return _EPOCH + timedelta(microseconds=microseconds) if microseconds else None


def ranks(live: Live, signs: Sequence[Sign], region: int, among: Sequence[int]) -> list[SignRank | None]:
    """Per sign the place of a region among those that have a value whose inputs are alive; None where it has none itself."""
    if live.board is None or len(among) < 2:
        return [None] * len(signs)
    rows = rows_of(live.board, [sign.code for sign in signs], among)
    held = live.board.rows[np.maximum(rows, 0)]
    counts = (rows >= 0) & np.isfinite(held["value"]) & (held["alive"] > 0)
    worse = np.where([sign.bad == "low" for sign in signs], -held["value"], held["value"])
    own = list(among).index(region)
    ahead = ((worse > worse[own]) & counts).sum(axis=0) + 1
    return [
        SignRank(int(place), int(of)) if there else None
        for place, of, there in zip(ahead, counts.sum(axis=0), counts[own], strict=True)
    ]


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
