"""The door of scenarios: check folders, take them into use, read and export what is in use.

Checking needs no database, and is what people do while they write: what does need one is loaded when it is first
asked for, which is most of the second that the command would take otherwise.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chengyun.incidents.contracts import Rulebook
from chengyun.scenarios.catalogue import catalogue_of
from chengyun.scenarios.checking import check, examine
from chengyun.scenarios.compiling import compile_folders
from chengyun.scenarios.folders import Folder
from chengyun.vitals.catalogue.contracts import Catalogue

if TYPE_CHECKING:
    from chengyun.incidents.service import ReportIn
    from chengyun.kernel.transactions import Tx
    from chengyun.scenarios.adopting import export, files, install, rulebook, undo, versions
    from chengyun.scenarios.contracts import Version
    from chengyun.scenarios.drafting import begin as begin_draft
    from chengyun.scenarios.drafting import discard as discard_draft
    from chengyun.scenarios.drafting import edit as edit_draft
    from chengyun.scenarios.drafting import read_sheet
    from chengyun.scenarios.drafting import review as review_draft
    from chengyun.scenarios.drafting import view as read_draft
    from chengyun.scenarios.holidays import preview as preview_calendar
    from chengyun.scenarios.holidays import read as read_calendar
    from chengyun.scenarios.holidays import read_notice, years_of
    from chengyun.scenarios.holidays import save as save_calendar
    from chengyun.scenarios.holidays import undo as undo_calendar
    from chengyun.scenarios.packing import packed
    from chengyun.scenarios.publishing import decide, history, overview
    from chengyun.scenarios.publishing import publish as publish_draft
    from chengyun.scenarios.publishing import undo as undo_on_screen
    from chengyun.scenarios.rehearsing import rehearse
    from chengyun.scenarios.trials import try_out
    from chengyun.scenarios.words import vocabulary

__all__ = [
    "ReportIn", "begin_draft", "catalogue_of_paths", "check", "check_command", "compile_paths", "decide", "discard_draft", "edit_draft",
    "examine", "export", "files", "history", "install", "overview", "packed", "preview_calendar", "publish_draft",
    "read_calendar", "read_draft", "read_notice", "read_sheet", "rehearse", "review_draft", "rulebook",
    "save_calendar", "seed_demo", "shipped", "try_out", "undo", "undo_calendar", "undo_on_screen", "versions",
    "vocabulary", "years_of",
]  # fmt: skip
_OWN = "chengyun.scenarios."
# door's name: module, name there
_LATER = {
    name: (f"{_OWN}adopting", name) for name in ("export", "files", "install", "rulebook", "undo", "versions")
}
_LATER |= {name: (f"{_OWN}publishing", name) for name in ("decide", "history", "overview")}
_LATER |= {
    "ReportIn": ("chengyun.incidents.service", "ReportIn"),
    "begin_draft": (f"{_OWN}drafting", "begin"),
    "discard_draft": (f"{_OWN}drafting", "discard"),
    "edit_draft": (f"{_OWN}drafting", "edit"),
    "packed": (f"{_OWN}packing", "packed"),
    "preview_calendar": (f"{_OWN}holidays", "preview"),
    "publish_draft": (f"{_OWN}publishing", "publish"),
    "read_calendar": (f"{_OWN}holidays", "read"),
    "read_draft": (f"{_OWN}drafting", "view"),
    "read_notice": (f"{_OWN}holidays", "read_notice"),
    "read_sheet": (f"{_OWN}drafting", "read_sheet"),
    "rehearse": (f"{_OWN}rehearsing", "rehearse"),
    "review_draft": (f"{_OWN}drafting", "review"),
    "save_calendar": (f"{_OWN}holidays", "save"),
    "try_out": (f"{_OWN}trials", "try_out"),
    "undo_calendar": (f"{_OWN}holidays", "undo"),
    "undo_on_screen": (f"{_OWN}publishing", "undo"),
    "vocabulary": (f"{_OWN}words", "vocabulary"),
    "years_of": (f"{_OWN}holidays", "years_of"),
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, there = _LATER[name]
    return getattr(importlib.import_module(module), there)


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


def catalogue_of_paths(paths: Sequence[Path]) -> Catalogue:
    """Kinds of things and signs of scenario folders on disk, without a database; they should have passed `check`."""
    return catalogue_of(examine(paths).folders).catalogue


def _told(folders: Sequence[Folder]) -> list[str]:
    """How many signs there are, and which definitions are laid over those of another scenario: the later one counts."""
    found = catalogue_of(folders).catalogue
    if not found.signs:
        return []
    made = sum(sign.template is not None for sign in found.signs)
    lines = [
        f"{len(found.signs):,} 项体征：模板生成 {made:,}，逐条编写 {len(found.signs) - made:,}"
        f" / signs: {made:,} generated by templates, {len(found.signs) - made:,} written by hand"
    ]
    for (by, of), signs in groupby(sorted(found.replaced, key=_who), key=_who):
        codes = [code for code, _, _ in signs]
        shown = ", ".join(codes[:5]) + (" …" if len(codes) > 5 else "")
        lines.append(
            f"{by} 替换了 {of} 的 {len(codes)} 项体征 / {by} replaces {len(codes)} signs of {of}: {shown}"
        )
    return lines


def _who(replaced: tuple[str, str, str]) -> tuple[str, str]:
    return replaced[1], replaced[2]


def check_command(paths: Sequence[Path]) -> int:
    """Print findings as file:line and the proof; the exit status: 0 nothing wrong, 1 findings."""
    seen = examine(paths)
    for one in seen.findings:
        print(one, file=sys.stderr)  # noqa: T201 - this is what the command is for
    if seen.proof is not None:
        print(seen.proof)  # noqa: T201
    for line in _told(seen.folders):
        print(line)  # noqa: T201
    names = ", ".join(f"{folder.id} {folder.version}" for folder in seen.folders)
    print(f"{names}: {len(seen.findings)} 处问题 / findings")  # noqa: T201
    return 1 if seen.findings else 0
