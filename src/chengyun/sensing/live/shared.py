"""The latest of every datastream in a file that other processes map (decision 0019), as vital signs have their board.

`HOME/live/latest-DIGEST.bin`: a head, then columns of 8-byte numbers, of which each is written whole; `latest-current`
names the one in force. Without a fresh heartbeat nobody is computing, and values are shown stale.
"""

from __future__ import annotations

import hashlib
import mmap
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FRESH_US = 5_000_000
HEAD = np.dtype([("beat", "<i8"), ("position", "<i8"), ("n", "<i8"), ("_", "<i8", 5)])
COLUMNS = (
    ("id", "<i8"),
    ("at", "<i8"),  # event time of the newest reading; 0: never heard
    ("value", "<f8"),
    ("arrived", "<i8"),
    ("skew", "<i8"),  # microseconds: running median of arrival - event time
    ("changed", "<i8"),  # event time at which the value last became another
    ("run", "<i8"),  # readings with this value
    ("flags", "<i8"),  # of the newest reading
)
CURRENT = "latest-current"


class Shared:
    """The columns of one layout (ids ascending), mapped."""

    id: NDArray[np.int64]
    at: NDArray[np.int64]
    value: NDArray[np.float64]
    arrived: NDArray[np.int64]
    skew: NDArray[np.int64]
    changed: NDArray[np.int64]
    run: NDArray[np.int64]
    flags: NDArray[np.int64]

    def __init__(self, path: Path, n: int, *, write: bool = False) -> None:
        size = HEAD.itemsize + 8 * n * len(COLUMNS)
        if write:
            with path.open("a+b") as file:
                file.truncate(size)
        with path.open("r+b" if write else "rb") as file:
            self._map = mmap.mmap(
                file.fileno(), size, access=mmap.ACCESS_WRITE if write else mmap.ACCESS_READ
            )
        self.head: NDArray[Any] = np.frombuffer(self._map, HEAD, 1)
        for place, (name, kind) in enumerate(COLUMNS):
            setattr(self, name, np.frombuffer(self._map, kind, n, HEAD.itemsize + 8 * n * place))

    def beats(self, now: int, position: int) -> None:
        """Say that values are current at `now` with all batches up to `position`."""
        self.head["position"][0] = position
        self.head["beat"][0] = now

    def fresh(self, now: int) -> bool:
        """Whether somebody is computing at `now` (microseconds)."""
        return now - int(self.head["beat"][0]) <= FRESH_US

    def newest(self, stream: int) -> tuple[int, float] | None:
        """Moment (microseconds) and value of the newest reading of a datastream; None where it was never heard."""
        place = int(np.searchsorted(self.id, stream))
        if place == len(self.id) or self.id[place] != stream or self.at[place] == 0:
            return None
        return int(self.at[place]), float(self.value[place])


def published(folder: Path, ids: NDArray[np.int64]) -> Shared:
    """Columns to write on, empty but for the ids; readers go over once `announce` has named them."""
    folder.mkdir(parents=True, exist_ok=True)
    path = _path(folder, digest_of(ids))
    path.unlink(missing_ok=True)
    found = Shared(path, len(ids), write=True)
    found.head["n"][0] = len(ids)
    found.id[:] = ids
    return found


def announce(folder: Path, digest: str) -> None:
    """From now on readers take `digest`; others are removed (who has them open keeps them)."""
    fresh = folder / f"{CURRENT}.{os.getpid()}"
    fresh.write_text(digest, encoding="ascii")
    fresh.replace(folder / CURRENT)
    for path in folder.glob("latest-*.bin"):
        if digest not in path.name:
            path.unlink(missing_ok=True)


def digest_of(ids: NDArray[np.int64]) -> str:
    """What a layout is called."""
    return hashlib.sha256(ids.tobytes()).hexdigest()[:16]


def _path(folder: Path, digest: str) -> Path:
    return folder / f"latest-{digest}.bin"


class Reader:
    """The latest values for another process; asks once per call whether there is another layout or file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: tuple[str, int] = ("", 0)
        self._shared: Shared | None = None

    def latest(self) -> Shared | None:
        """None before the live process has ever run here."""
        try:
            digest = (self._folder / CURRENT).read_text(encoding="ascii")
            path = _path(self._folder, digest)
            seen = (digest, path.stat().st_ino)
            if seen != self._known:
                n = (path.stat().st_size - HEAD.itemsize) // (8 * len(COLUMNS))
                self._shared, self._known = Shared(path, n), seen
        except FileNotFoundError:  # never published, or replaced in this very moment: the next call sees it
            return self._shared
        return self._shared
