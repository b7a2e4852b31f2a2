"""The door of scenarios: check folders, take them into use, read and export what is in use."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from chengyun.incidents.contracts import Rulebook
from chengyun.kernel.transactions import Tx
from chengyun.scenarios.adopting import export, files, install, rulebook, undo, versions
from chengyun.scenarios.checking import check, examine
from chengyun.scenarios.compiling import compile_folders
from chengyun.scenarios.contracts import Version
from chengyun.scenarios.rehearsing import rehearse

__all__ = [
    "check", "check_command", "compile_paths", "examine", "export", "files", "install", "rehearse", "rulebook", "seed_demo",
    "shipped", "undo", "versions",
]  # fmt: skip


def shipped() -> Path:
    """The folder of the scenarios that come with the source."""
    return Path(__file__).resolve().parents[3] / "scenarios"


def seed_demo(tx: Tx) -> list[Version]:
    """Take every shipped scenario into use."""
    return install(tx, [shipped()])


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
