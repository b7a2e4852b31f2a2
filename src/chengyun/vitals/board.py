"""Current values of every sign in every region that has it, shared by memory-mapped files (decision 0019).

The live process writes, web processes read; there is no lock, since each number is written whole. Two files lie in
HOME/live: `layout-DIGEST.npz` says which row is which sign where, `board-DIGEST.bin` holds the rows. `current`
names the digest in force; it is replaced by a rename. Fresh is what has a heartbeat: a board without one is shown stale.
"""

from __future__ import annotations

import mmap
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FRESH_US = 5_000_000  # without a heartbeat for longer, nobody is computing
_HEAD = np.dtype([("beat", "<i8"), ("position", "<i8"), ("started", "<i8"), ("_", "<i8", 5)])
ROW = np.dtype(
    [
        ("value", "<f8"),  # NaN: no value
        ("at", "<i8"),  # microseconds: the newest reading that is in it; 0: none ever
        ("since", "<i8"),  # when the level began
        ("level", "<i2"),
        ("alive", "<i2"),  # 0: none of its inputs is alive
        ("inputs", "<i4"),  # datastreams, incidents or numbers that are in it
    ]
)

Rows = NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Layout:
    """Which row is which: rows are sorted by (region, sign). `regions` ascending ids; `first[r]..first[r + 1]` are the
    rows of `regions[r]`, whose signs (indexes into `signs`, ascending) stand in `sign`.
    """

    digest: str
    signs: tuple[str, ...]
    regions: NDArray[np.int64]
    first: NDArray[np.int64]
    sign: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.sign)

    def row(self, sign: int, region: int) -> int | None:
        """Row of a sign (its index) in a region (its id); None where there is none."""
        r = int(np.searchsorted(self.regions, region))
        if r == len(self.regions) or self.regions[r] != region:
            return None
        low, high = int(self.first[r]), int(self.first[r + 1])
        found = low + int(np.searchsorted(self.sign[low:high], sign))
        return found if found < high and self.sign[found] == sign else None

    def of_region(self, region: int) -> slice:
        """The rows of a region; empty where it has none."""
        r = int(np.searchsorted(self.regions, region))
        if r == len(self.regions) or self.regions[r] != region:
            return slice(0, 0)
        return slice(int(self.first[r]), int(self.first[r + 1]))

    def of_sign(self, sign: int, regions: NDArray[np.int64]) -> NDArray[np.int64]:
        """Row of a sign in each of `regions`; -1 where there is none."""
        rows = (self.row(sign, int(region)) for region in regions)
        return np.array([-1 if row is None else row for row in rows], np.int64)

    def save(self, folder: Path) -> None:
        """Beside the board, under its digest."""
        np.savez(
            _layout_path(folder, self.digest),
            signs=np.array(self.signs),
            regions=self.regions,
            first=self.first,
            sign=self.sign,
        )

    @classmethod
    def load(cls, folder: Path, digest: str) -> Layout:
        """What `save` wrote."""
        with np.load(_layout_path(folder, digest)) as kept:
            return cls(digest, tuple(kept["signs"].tolist()), kept["regions"], kept["first"], kept["sign"])


class Board:
    """The rows of a layout in shared memory: `rows` (dtype ROW) and a heartbeat."""

    def __init__(self, folder: Path, layout: Layout, *, write: bool = False) -> None:
        self.layout = layout
        path = _board_path(folder, layout.digest)
        size = _HEAD.itemsize + len(layout) * ROW.itemsize
        if write:
            with path.open("a+b") as file:
                file.truncate(size)
        with path.open("r+b" if write else "rb") as file:
            access = mmap.ACCESS_WRITE if write else mmap.ACCESS_READ
            self._map = mmap.mmap(file.fileno(), size, access=access)
        self.rows: Rows = np.frombuffer(self._map, ROW, len(layout), _HEAD.itemsize)
        self._head = np.frombuffer(self._map, _HEAD, 1)

    @property
    def beat(self) -> int:
        """When the live process was last heard, microseconds; 0: never."""
        return int(self._head["beat"][0])

    @property
    def position(self) -> int:
        """Of the last batch that is in the rows."""
        return int(self._head["position"][0])

    def beats(self, now: int, position: int) -> None:
        """Say that rows are current at `now` (microseconds) with all batches up to `position`."""
        self._head["position"][0] = position
        self._head["beat"][0] = now

    def fresh(self, now: int) -> bool:
        """Whether somebody is computing at `now` (microseconds)."""
        return now - self.beat <= FRESH_US


def publish(folder: Path, layout: Layout) -> Board:
    """A board to write on; readers go over to it once `announce` has named it."""
    folder.mkdir(parents=True, exist_ok=True)
    layout.save(folder)
    return Board(folder, layout, write=True)


def announce(folder: Path, digest: str) -> None:
    """From now on readers take the board `digest`; others are removed (who has them open keeps them)."""
    fresh = folder / f"current.{os.getpid()}"
    fresh.write_text(digest, encoding="ascii")
    fresh.replace(folder / "current")
    for path in [*folder.glob("board-*.bin"), *folder.glob("layout-*.npz")]:
        if digest not in path.name:
            path.unlink(missing_ok=True)


class Reader:
    """The board in force; asks once per call whether there is another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._board: Board | None = None

    def board(self) -> Board | None:
        """None before the live process has ever run here."""
        try:
            digest = (self._folder / "current").read_text(encoding="ascii")
            if self._board is None or self._board.layout.digest != digest:
                self._board = Board(self._folder, Layout.load(self._folder, digest))
        except FileNotFoundError:  # never published, or replaced in this very moment: the next call sees it
            return self._board
        return self._board


def _layout_path(folder: Path, digest: str) -> Path:
    return folder / f"layout-{digest}.npz"


def _board_path(folder: Path, digest: str) -> Path:
    return folder / f"board-{digest}.bin"
