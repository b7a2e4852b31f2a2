"""The latest reading of every datastream, and what readings mean after it: duplicate, late, stuck, skewed clocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chengyun.sensing.contracts import Flag, Readings, Streams
from chengyun.sensing.live import kernels
from chengyun.sensing.live.shared import COLUMNS, Shared, announce, digest_of, published

KEPT_US = 86_400_000_000  # no window is kept for longer: older readings are stored only
CHUNK = 1 << kernels.CHUNK_BITS
NEVER = np.iinfo(np.int64).min


class State(NamedTuple):
    """The columns that a step changes; the first seven lie in the shared file."""

    at: NDArray[np.int64]
    value: NDArray[np.float64]
    arrived: NDArray[np.int64]
    skew: NDArray[np.int64]
    changed: NDArray[np.int64]
    run: NDArray[np.int64]
    flags: NDArray[np.int64]
    ring: NDArray[np.int64]  # (rows, DEPTH): moments heard before
    next: NDArray[np.int64]
    pace: NDArray[np.float64]


PRIVATE = (("ring", f"({kernels.DEPTH},)<i8"), ("next", "<i8"), ("pace", "<f8"))
ROW = np.dtype([*COLUMNS, *PRIVATE])


@dataclass(frozen=True, slots=True)
class Stepped:
    """What became of a batch: `counts` are the readings for windows and latest values, in order; `marks` are those of
    all readings (flags, DUPLICATE, UNKNOWN).
    """

    counts: Readings
    marks: NDArray[np.int16]

    def streams(self, readings: Readings) -> Iterable[tuple[str, NDArray[np.int32]]]:
        """(what, datastreams) to be counted per device."""
        yield "duplicate", readings.stream[self.marks == kernels.DUPLICATE]
        marks = np.maximum(self.marks, 0)
        for flag in (Flag.LATE, Flag.TOO_LATE, Flag.STUCK):
            yield flag.name.lower() if flag.name else "", readings.stream[(marks & flag) > 0]


class Latest:
    """In memory, with its public columns in HOME/live; one thread steps."""

    def __init__(self, folder: Path, known: Streams, kept_us: int = KEPT_US) -> None:
        self.position = 0  # of the last batch that counts
        self._folder = folder
        self._kept = kept_us
        self._shared: Shared | None = None
        self.known = known
        self.relayout(known)

    def relayout(self, known: Streams) -> None:
        """Go over to another registry; what is known of the same datastreams stays."""
        old = None if self._shared is None else self.rows(slice(None))
        before = dict(zip(self.known.quantities, getattr(self, "moves", ()), strict=False))
        self.known = known
        ids = known.id.astype(np.int64)
        self._shared = published(self._folder, ids)
        n = len(ids)
        shared = self._shared
        self.state = State(
            shared.at,
            shared.value,
            shared.arrived,
            shared.skew,
            shared.changed,
            shared.run,
            shared.flags,
            np.full((n, kernels.DEPTH), NEVER),
            np.zeros(n, np.int64),
            np.zeros(n),
        )
        self.moves = np.array([before.get(code, 0.0) for code in known.quantities], np.float64)
        self._row_of = np.full(int(ids.max()) + 1 if n else 0, -1, np.int32)
        self._row_of[ids] = np.arange(n, dtype=np.int32)
        self._touched = np.full(-(-n // CHUNK), self.position + 1)  # position at which a chunk last changed
        if old is not None:
            self.put(old)
        announce(self._folder, digest_of(ids))

    @property
    def shared(self) -> Shared:
        """What other processes see."""
        if self._shared is None:
            raise LookupError("no layout")
        return self._shared

    def step(self, readings: Readings, now: int, position: int) -> Stepped:
        """Let the batch at `position` count, which arrived at `now` (microseconds)."""
        marks = np.empty(len(readings), np.int16)
        kernels.step(
            readings.stream, readings.at, readings.value, now, self._kept, self._row_of, self.known.interval_s,
            self.known.quantity, self.moves, self.state, self._touched, position, marks,
        )  # fmt: skip
        self.position = position
        keep = (marks == 0) | (marks == kernels.LATE)
        if keep.all():
            return Stepped(readings, marks)
        return Stepped(Readings(readings.stream[keep], readings.at[keep], readings.value[keep]), marks)

    def flags(self, readings: Readings, now: int) -> NDArray[np.int16]:
        """Marks to be stored with readings that do not count yet."""
        marks = np.empty(len(readings), np.int16)
        kernels.peek(readings.stream, readings.at, now, self._kept, self._row_of, self.state.at, marks)
        return marks

    def knows(self, readings: Readings) -> bool:
        """Whether every datastream is in the layout."""
        size = len(self._row_of)
        ids = readings.stream
        inside = (ids >= 0) & (ids < size)
        return bool(inside.all() and (self._row_of[ids] >= 0).all())

    def rows(self, part: slice) -> NDArray[np.void]:
        """State as packed rows."""
        found = np.empty(len(self.known.id[part]), ROW)
        found["id"] = self.known.id[part]
        for name in State._fields:
            found[name] = getattr(self.state, name)[part]
        return found

    def put(self, kept: NDArray[np.void]) -> None:
        """Take packed rows over for the datastreams that there still are."""
        row = self.known.of_ids(kept["id"].astype(np.int32))
        there = row >= 0
        for name in State._fields:
            getattr(self.state, name)[row[there]] = kept[name][there]

    def since(self, position: int) -> list[tuple[int, NDArray[np.void]]]:
        """Chunks that changed after the batch at `position`, as packed rows."""
        chunks = np.flatnonzero(self._touched > position).tolist()
        return [(chunk, self.rows(slice(chunk * CHUNK, (chunk + 1) * CHUNK))) for chunk in chunks]
