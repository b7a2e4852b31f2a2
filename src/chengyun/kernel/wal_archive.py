"""The database's log, kept beside its data: what makes any past moment reachable between two backups.

PostgreSQL hands each segment of 16 MB over when it is full, or after a minute. Names are three groups of eight
hexadecimal digits: timeline, and two that count.
"""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterable
from pathlib import Path

from chengyun.kernel.errors import Unavailable

FOLDER = "wal"
SEGMENT = 16 * 1024 * 1024
EVERY_S = 60  # a segment that is not full is handed over after so long, where something was written
_NAME = re.compile(r"[0-9A-F]{24}")
_HISTORY = re.compile(r"[0-9A-F]{8}\.history")


def settings(folder: Path) -> dict[str, object]:
    """What postgresql.conf says so that segments go to `folder`: each whole or not at all, and never changed."""
    target = f"{shlex.quote(str(folder).replace('%', '%%'))}/%f"
    copy = f'cp "%p" {target}.part && sync {target}.part && mv {target}.part {target}'
    command = f'if test -f {target}; then cmp -s "%p" {target}; else {copy}; fi'
    return {
        "archive_mode": "on",
        "archive_command": command.replace("'", "''"),
        "archive_timeout": f"{EVERY_S}s",
    }


def number_of(name: str) -> int:
    """Where a segment stands, whatever its timeline."""
    return int(name[8:16], 16) * 256 + int(name[16:24], 16)


def number_at(lsn: str) -> int:
    """The segment that holds a position such as "0/3000028"."""
    high, _, low = lsn.partition("/")
    return ((int(high, 16) << 32) + int(low, 16)) // SEGMENT


def segments(folder: Path) -> list[Path]:
    """Whole segments, in order."""
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    return sorted(found, key=lambda path: (number_of(path.name), path.name))


def histories(folder: Path) -> list[Path]:
    """Where timelines branched off."""
    return [path for path in folder.iterdir() if _HISTORY.fullmatch(path.name)] if folder.is_dir() else []


def since(folder: Path, first: int) -> list[Path]:
    """The archived segments from number `first`, without a gap.

    Raises Unavailable("backup.wal_gap") where one is missing, "backup.wal_short" where one is cut off.
    """
    found = [path for path in segments(folder) if number_of(path.name) >= first]
    numbers = sorted({number_of(path.name) for path in found})
    for before, after in itertools.pairwise(numbers):
        if after != before + 1:
            raise Unavailable("backup.wal_gap", folder=str(folder), after=before)
    _whole(found)
    return found


def _whole(found: Iterable[Path]) -> None:
    for path in found:
        if path.stat().st_size != SEGMENT:
            raise Unavailable("backup.wal_short", file=str(path))


def forget(folder: Path, first: int) -> int:
    """Remove segments before number `first`, which no kept backup needs → how many."""
    gone = [path for path in segments(folder) if number_of(path.name) < first]
    for path in gone:
        path.unlink()
    return len(gone)
