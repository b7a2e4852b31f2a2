"""The door of scenarios: check folders, take them into use, read and export what is in use.

Checking needs no database, and is what people do while they write: what does need one is loaded when it is first
asked for, which is most of the second that the command would take otherwise.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chengyun.incidents.contracts import Rulebook
from chengyun.scenarios.checking import check, examine
from chengyun.scenarios.compiling import compile_folders

if TYPE_CHECKING:
    from chengyun.kernel.transactions import Tx
    from chengyun.scenarios.adopting import export, files, install, rulebook, undo, versions
    from chengyun.scenarios.contracts import Version
    from chengyun.scenarios.rehearsing import rehearse

__all__ = [
    "check", "check_command", "compile_paths", "examine", "export", "files", "install", "rehearse", "rulebook",
    "seed_demo", "shipped", "undo", "versions",
]  # fmt: skip
_LATER = dict.fromkeys(("export", "files", "install", "rulebook", "undo", "versions"), "adopting")
_LATER["rehearse"] = "rehearsing"


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"chengyun.scenarios.{_LATER[name]}"), name)


def shipped() -> Path:
    """The folder of the scenarios that come with the source."""
    return Path(__file__).resolve().parents[3] / "scenarios"


def seed_demo(tx: Tx) -> list[Version]:
    """Take every shipped scenario into use."""
    from chengyun.scenarios.adopting import install as take

    return take(tx, [shipped()])


def compile_paths(paths: Sequence[Path]) -> Rulebook:
    """The rulebook of scenario folders on disk, without a database; they should have passed `check`."""
    return compile_folders(examine(paths).folders)


def check_command(paths: Sequence[Path]) -> int:
    """Print findings as file:line and the proof; the exit status: 0 nothing wrong, 1 findings."""
    seen = examine(paths)
    for one in seen.findings:
        print(one, file=sys.stderr)  # noqa: T201 - this is what the command is for
    if seen.proof is not None:
        print(seen.proof)  # noqa: T201
    names = ", ".join(f"{folder.id} {folder.version}" for folder in seen.folders)
    print(f"{names}: {len(seen.findings)} 处问题 / findings")  # noqa: T201
    return 1 if seen.findings else 0
