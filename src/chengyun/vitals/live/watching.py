"""Every datastream against its own past: tier 1 on all of them, tier 2 instead of it on those that are watched closely, and
what rings as changes of level (docs/reference/anomaly.md).

As the engine it is told readings in steps, in the order of the log, and says the same again when they are replayed.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from chengyun.sensing.contracts import Kind, Readings, Streams
from chengyun.sensing.service import moment
from chengyun.vitals.alarms.episode import Unusual
from chengyun.vitals.alarms.signs import UNUSUAL
from chengyun.vitals.anomaly.tier1 import A_MONTH, STATE, Tier1
from chengyun.vitals.contracts import Change, EpisodeKind, Level, Normal
from chengyun.vitals.live.closely import Close, compile_for

log = logging.getLogger(__name__)
CHUNK, CLOSE, OPEN = "anomaly.", "anomaly.close.", "anomaly.open"  # chunks of a snapshot
CLOSE_MOST = 1_500  # datastreams that tier 2 may watch: about 0.3 MB each with their snapshot


@dataclass(frozen=True, slots=True)
class Watched:
    """By id of a datastream, from 0 on: the level of its anomalies (0: none), how often a month it may ring, the width of
    its valid range, the region of its thing, and the place of its quantity in `quantities`. `close`: ids of those that
    are watched closely, ascending.
    """

    level: NDArray[np.int8]
    a_month: NDArray[np.float64]
    span: NDArray[np.float64]
    region: NDArray[np.int64]
    quantity: NDArray[np.int32]
    quantities: tuple[str, ...]
    close: NDArray[np.int32]


class Tier(Protocol):
    """What judges a datastream."""

    def rings(self, stream: int, /) -> bool:
        """Whether it rings."""

    def ring(self, stream: int, /) -> None:
        """Let it ring until it has been usual for a while."""

    def last(self, stream: int, /) -> float:
        """The newest value."""

    def why(self, stream: int, /) -> Normal:
        """What was known when it began to ring in this step."""


def watched(streams: Streams, kinds: Sequence[Kind]) -> Watched:
    """What the registry and the kinds say. While steps go on: what watches these is compiled here."""
    of = {quantity.code: kind for kind in kinds for quantity in kind.quantities}
    held = [of.get(code) for code in streams.quantities]
    level = np.array([kind.anomaly_level if kind else 0 for kind in held], np.int8)
    close = np.array([bool(kind and kind.anomaly_level and kind.anomaly_close) for kind in held], bool)
    often = np.array([kind.anomalies_a_month if kind else A_MONTH for kind in held], np.float64)
    chosen = _close(np.sort(streams.id[close[streams.quantity]]))
    compile_for(chosen)
    size = int(streams.id.max(initial=0)) + 1

    def by_id(values: NDArray[Any], otherwise: float = 0) -> NDArray[Any]:
        column = np.full(size, otherwise, values.dtype)
        column[streams.id] = values
        return column

    return Watched(
        by_id(level[streams.quantity]),
        by_id(often[streams.quantity], A_MONTH),
        by_id(streams.high - streams.low),
        by_id(streams.region),
        by_id(streams.quantity),
        streams.quantities,
        chosen,
    )


def _close(wanted: NDArray[np.int32]) -> NDArray[np.int32]:
    """As many as there is room for, the oldest first."""
    if len(wanted) > CLOSE_MOST:
        log.warning(
            "%d datastreams are to be watched closely: %d are, %d by tier 1 as all others",
            len(wanted),
            CLOSE_MOST,
            len(wanted) - CLOSE_MOST,
        )
    return wanted[:CLOSE_MOST]


class Watch:
    """Not for use by two threads at once."""

    def __init__(self, of: Watched) -> None:
        self._tier, self._close = Tier1(0), Close()
        self._open: dict[int, Unusual] = {}
        self._later: list[int] = []  # that ceased to ring in the very moment in which they began
        self._now = 0
        self.follow(of)

    def follow(self, of: Watched) -> None:
        """From now on these are watched. Episodes of others are forgotten: `unwatched` tells of their end."""
        self._of = of
        self._tier.grow(max(len(self._tier), len(of.level)))
        self._tier.allow(of.a_month, of.span)
        self._close.follow(of.close, of.a_month[of.close])
        self._open = {stream: one for stream, one in self._open.items() if self._level(stream)}
        for stream in self._open.keys() - {*self._later}:
            if not self._of_tier(stream).rings(stream):  # it was judged by the other one until now
                self._of_tier(stream).ring(stream)

    def step(self, readings: Readings, now_us: int) -> list[Change]:
        """Take the readings in; at most one change of each datastream, by what it does after them."""
        now = self._now = max(now_us, self._now)
        known = readings.stream < len(self._tier)
        columns = (readings.stream, readings.at, readings.value)
        self._tier.update(*(columns if known.all() else (column[known] for column in columns)))
        self._close.step(readings)
        quick = (stream for stream in self._tier.turned.tolist() if stream not in self._close)
        turned = sorted({*self._later, *quick, *self._close.turned})
        self._later = []
        changes = (self._turn(stream, now) for stream in turned if self._level(stream))
        return [change for change in changes if change is not None]

    def unwatched(self, stored: Mapping[int, Unusual], now: int) -> list[Change]:
        """The ends of stored episodes whose datastream is watched no more."""
        return [_over(one, stream, now, None) for stream, one in stored.items() if not self._level(stream)]

    def adopt(self, stored: Mapping[int, Unusual]) -> None:
        """Go on with episodes though no state of them is left: they end when they have been usual for a while."""
        for stream, one in stored.items():
            if self._level(stream):
                self._open[stream] = one
                self._of_tier(stream).ring(stream)

    def dump(self) -> dict[str, bytes]:
        """The state between two steps, as named chunks."""
        told = {str(stream): asdict(one) for stream, one in self._open.items()}
        rest = {"now": self._now, "later": self._later, "open": told}
        state = {CHUNK + name: body for name, body in self._tier.dump().items()}
        state |= {CLOSE + name: body for name, body in self._close.dump().items()}
        return state | {OPEN: json.dumps(rest).encode()}

    def load(self, chunks: Mapping[str, bytes]) -> None:
        """Go on from what `dump` gave; a datastream that is not watched any more is left alone. Only into a fresh one."""
        told = json.loads(chunks[OPEN])
        state = {name.removeprefix(CHUNK): body for name, body in chunks.items() if name.startswith(CHUNK)}
        self._tier.grow(max(len(self._tier), len(state["state"]) // STATE.itemsize))
        self._tier.load(state)
        self._close.load(
            {name.removeprefix(CLOSE): body for name, body in chunks.items() if name.startswith(CLOSE)}
        )
        self._now, self._later = told["now"], told["later"]
        self._open = {int(stream): Unusual(**one) for stream, one in told["open"].items()}
        self.follow(self._of)

    def _of_tier(self, stream: int) -> Tier:
        return self._close if stream in self._close else self._tier

    def _level(self, stream: int) -> int:
        return int(self._of.level[stream]) if stream < len(self._of.level) else 0

    def _turn(self, stream: int, now: int) -> Change | None:
        one, rings = self._open.get(stream), self._of_tier(stream).rings(stream)
        if one is None:
            return self._begins(stream, now) if rings else None
        if rings:
            return None
        if now <= one.began:
            self._later.append(stream)
            return None
        del self._open[stream]
        return _over(one, stream, now, self._of_tier(stream).last(stream))

    def _begins(self, stream: int, now: int) -> Change:
        of, normal = self._of, self._of_tier(stream).why(stream)
        one = Unusual(
            of.quantities[of.quantity[stream]] + UNUSUAL, int(of.region[stream]), self._level(stream), now
        )
        self._open[stream] = one
        at, level = moment(now), Level(one.level)
        return Change(
            one.sign, one.region, EpisodeKind.ANOMALY, at, at, Level.NONE, level, normal.value, stream, normal
        )


def _over(one: Unusual, stream: int, now: int, value: float | None) -> Change:
    began, level = moment(one.began), Level(one.level)
    return Change(
        one.sign, one.region, EpisodeKind.ANOMALY, began, moment(now), level, Level.NONE, value, stream
    )
