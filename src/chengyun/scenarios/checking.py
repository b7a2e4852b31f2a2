"""The checker: folders in, findings with file, line and remedy out, and the proof that every case reaches a unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chengyun.scenarios.catalogue import catalogue_of
from chengyun.scenarios.checks.coverage import coverage
from chengyun.scenarios.checks.draft import Draft
from chengyun.scenarios.checks.limits import limits
from chengyun.scenarios.checks.loops import loops
from chengyun.scenarios.checks.references import references
from chengyun.scenarios.checks.texts import texts
from chengyun.scenarios.contracts import Finding, Proof, TownKind
from chengyun.scenarios.findings import finding
from chengyun.scenarios.folders import Folder, find, load, merge
from chengyun.scenarios.towns import shipped_towns

# With one of these the rest would be noise: what is missing elsewhere, or which of two is meant.
_BLIND = ("duplicate", "unit.unknown", "needs.unknown")


@dataclass(frozen=True, slots=True)
class Examination:
    """What the checker found. `proof` is None while the folders cannot be put together."""

    folders: Sequence[Folder]
    findings: Sequence[Finding]
    proof: Proof | None


def check(paths: Sequence[Path], territory: Sequence[TownKind] | None = None) -> list[Finding]:
    """Everything wrong in these scenario folders; empty when they may be used. See `examine`."""
    return list(examine(paths, territory).findings)


def examine(paths: Sequence[Path], territory: Sequence[TownKind] | None = None) -> Examination:
    """Check folders (or folders that hold them) together, with what they need where that lies beside them.

    `territory` defaults to the shipped towns.
    """
    found: list[Finding] = []
    folders: list[Folder] = []
    waiting = find(paths)
    given = len(waiting)
    seen = {path.resolve() for path in waiting}
    for at, path in enumerate(waiting):
        if at >= given and path.name in {folder.id for folder in folders}:
            continue  # given under another path
        folder, wrong = load(path)
        found += wrong
        folders += [folder] if folder else []
        beside = [path.parent / need for need in folder.needs] if folder else []
        new = [one for one in beside if (one / "scenario.yaml").exists() and one.resolve() not in seen]
        seen |= {one.resolve() for one in new}
        waiting += new
    if found or not folders:
        return Examination(folders, found or [_nothing(paths)], None)
    return examine_folders(folders, territory)


def examine_folders(folders: Sequence[Folder], territory: Sequence[TownKind] | None = None) -> Examination:
    """Check folders that could be read: overlays are laid on their scenarios first."""
    merged, found = lay_overlays(folders)
    if found:
        return Examination(merged, _sorted(found), None)
    draft = Draft(merged)
    found = [*references(draft), *texts(draft), *loops(draft), *_readmes(merged)]
    found += catalogue_of(merged).findings
    if any(one.code in _BLIND for one in found):
        return Examination(merged, _sorted(found), None)
    found += limits(draft)
    if not draft.categories:
        return Examination(merged, _sorted(found), None)
    gaps, proof = coverage(draft, territory if territory is not None else shipped_towns())
    return Examination(merged, _sorted([*found, *gaps]), proof)


def lay_overlays(folders: Sequence[Folder]) -> tuple[list[Folder], list[Finding]]:
    """The scenarios with their local overlays merged in, in the order given."""
    bases = {folder.id: folder for folder in folders if folder.overlay is None}
    found: list[Finding] = []
    for over in (folder for folder in folders if folder.overlay is not None):
        base = bases.get(over.overlay or "")
        if base is None:
            found.append(over.meta.find("overlay.base", "overlay", value=over.overlay))
            continue
        bases[base.id], wrong = merge(base, over)
        found += wrong
    return list(bases.values()), found


def _readmes(folders: Sequence[Folder]) -> list[Finding]:
    return [
        finding("file.missing", folder.place("README.md"), 1, name="README.md")
        for folder in folders
        if "README.md" not in folder.files
    ]


def _nothing(paths: Sequence[Path]) -> Finding:
    where = ", ".join(path.as_posix() for path in paths) or "."
    return finding("file.missing", where, 1, name="scenario.yaml")


def _sorted(found: Sequence[Finding]) -> list[Finding]:
    return sorted(set(found), key=lambda one: (one.file, one.line, one.code))
