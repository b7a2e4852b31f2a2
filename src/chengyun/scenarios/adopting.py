"""Storing, adopting and undoing versions. The whole city adopts; incidents keep the rulebook they began under."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chengyun.incidents import service as incidents
from chengyun.incidents.contracts import Rulebook
from chengyun.kernel import audit
from chengyun.kernel.errors import Conflict, FieldError, Invalid, NotFound, Unavailable
from chengyun.kernel.transactions import Tx
from chengyun.scenarios.catalogue import catalogue_of
from chengyun.scenarios.checking import examine
from chengyun.scenarios.compiling import digest
from chengyun.scenarios.contracts import Adoption, Finding, ScenarioFiles, Version
from chengyun.scenarios.folders import Folder
from chengyun.scenarios.known import compiled, folder_of
from chengyun.scenarios.tables import adoption, version
from chengyun.sensing import service as sensing
from chengyun.territory import service as territory
from chengyun.vitals import service as vitals

ADOPT = "scenario.adopt"


def install(tx: Tx, paths: Sequence[Path]) -> list[Version]:
    """Take these folders (or the folders inside) into use for the whole city, and nothing else.

    What is already in use under the same files stays as it is; a scenario that is no longer among them is
    undone. Raises Invalid("scenarios.wrong") when the checker finds anything. Audited; undo with `undo`.
    """
    tx.actor.require(ADOPT)
    folders = checked(paths)
    centre = city(tx)
    current = {row.scenario: row for row in _current(tx)}
    for folder in folders:
        number = store(tx, folder)
        if folder.id not in current or current[folder.id].version_id != number:
            _adopt(tx, folder.id, centre, number)
    _withdraw(tx, set(current) - {folder.id for folder in folders})
    _publish(tx)
    return versions(tx)


def checked(paths: Sequence[Path]) -> list[Folder]:
    """The folders with their overlays merged, when the checker finds nothing. Raises Invalid otherwise."""
    seen = examine(paths)
    refuse(seen.findings)
    return list(seen.folders)


def refuse(findings: Sequence[Finding]) -> None:
    """Raise Invalid where the checker has found anything."""
    if findings:
        raise Invalid(
            FieldError(f"{one.file}:{one.line}", "scenarios.finding", dataclasses.asdict(one))
            for one in findings
        )


def undo(tx: Tx, scenario: str) -> list[Version]:
    """Go back to the version of a scenario that was in use before. Raises Conflict when there was none."""
    tx.actor.require(ADOPT)
    step_back(tx, scenario, "")
    return versions(tx)


def step_back(tx: Tx, scenario: str, reason: str) -> None:
    """End the newest adoption that still counts; the one before it counts again. Whether the caller may is asked
    before. Raises NotFound, Conflict."""
    rows = [row for row in _adoptions(tx) if row.scenario == scenario and row.undone_at is None]
    if not rows:
        raise NotFound("scenarios.unknown", scenario=scenario)
    if len(rows) < 2:
        raise Conflict("scenarios.nothing_to_undo", scenario=scenario)
    last, back = rows[-1], rows[-2]
    _end(tx, [last.id], reason)
    known = {one.id: one.digest for one in versions(tx)}
    told = {"version": last.version_id, "back_to": back.version_id, "reason": reason}
    digests = {"before": known[last.version_id], "after": known[back.version_id]}
    audit.record(tx, "scenario.undone", ("scenario", scenario), {**told, **digests})
    _publish(tx, undone=last.id)


def put_in_force(tx: Tx, scenario: str, number: int, reason: str) -> None:
    """Let a stored version count for new incidents. Whether the caller may is asked before."""
    _adopt(tx, scenario, city(tx), number, reason)
    _publish(tx)


def current_of(tx: Tx, scenario: str) -> int:
    """The number of the version in force. Raises NotFound where the scenario is not in use."""
    found = next((row.version_id for row in _current(tx) if row.scenario == scenario), None)
    if found is None:
        raise NotFound("scenarios.unknown", scenario=scenario)
    return int(found)


def current_folders(tx: Tx) -> list[Folder]:
    """The scenarios in use, overlays merged."""
    used = [row.version_id for row in _current(tx)]
    query = sa.select(version.c.scenario, version.c.files).where(version.c.id.in_(used))
    return [folder_of(row.scenario, row.files) for row in tx.execute(query)]


def in_use(tx: Tx) -> list[tuple[Version, Adoption, int]]:
    """Every scenario in use: its version, its adoption, and how many adoptions of it count."""
    known = {one.id: one for one in versions(tx)}
    deep = Counter(row.scenario for row in _adoptions(tx) if row.undone_at is None)
    return [(known[row.version_id], _adoption(row), deep[row.scenario]) for row in _current(tx)]


def versions(tx: Tx) -> list[Version]:
    """Every stored version, newest first within its scenario; `adopted` marks those in use."""
    used = {row.version_id for row in _current(tx)}
    query = sa.select(version).order_by(version.c.scenario, version.c.id.desc())
    return [_version(row, used) for row in tx.execute(query)]


def files(tx: Tx, scenario: str, number: int | None = None) -> ScenarioFiles:
    """A version with its files: the one in use, or else the newest, unless `number` names one."""
    known = [one for one in versions(tx) if one.scenario == scenario and number in (None, one.id)]
    if not known:
        raise NotFound("scenarios.unknown", scenario=scenario)
    chosen = next((one for one in known if one.adopted), known[0])
    content = tx.execute(sa.select(version.c.files).where(version.c.id == chosen.id)).scalar_one()
    history = [_adoption(row) for row in _adoptions(tx) if row.scenario == scenario]
    return ScenarioFiles(chosen, dict(content), history)


def export(tx: Tx, scenario: str, into: Path) -> list[Path]:
    """Write the files of the version in use back to a folder; returns what was written."""
    written: list[Path] = []
    for name, text in files(tx, scenario).files.items():
        target = into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        written.append(target)
    return written


def city(tx: Tx) -> int:
    """The region whose centre adopts for everybody. Raises Unavailable before the territory is there."""
    found = territory.find_regions(tx, "city")
    if not found:
        raise Unavailable("territory.empty")
    return found[0].id


def store(tx: Tx, folder: Folder) -> int:
    """The version with these files, stored if it is new."""
    content = digest(folder.files)
    name = folder.meta.data["name"]
    values = {
        "scenario": folder.id,
        "version": folder.version,
        "digest": content,
        "name_zh": name["zh"],
        "name_en": name["en"],
        "files": dict(folder.files),
        "stored_at": tx.now,
        "stored_by": tx.actor.name,
    }
    tx.execute(insert(version).values(values).on_conflict_do_nothing())
    query = sa.select(version.c.id).where(version.c.scenario == folder.id, version.c.digest == content)
    return int(tx.execute(query).scalar_one())


def _adopt(tx: Tx, scenario: str, centre: int, number: int, reason: str = "") -> None:
    tx.execute(
        sa.insert(adoption).values(
            scenario=scenario,
            centre_id=centre,
            version_id=number,
            adopted_at=tx.now,
            adopted_by=tx.actor.name,
            reason=reason,
        )
    )
    audit.record(
        tx,
        "scenario.adopted",
        ("scenario", scenario),
        {"version": number, "centre": centre, "reason": reason},
    )


def _withdraw(tx: Tx, scenarios: Iterable[str]) -> None:
    for scenario in sorted(scenarios):
        _end(tx, [row.id for row in _adoptions(tx) if row.scenario == scenario and row.undone_at is None])
        audit.record(tx, "scenario.withdrawn", ("scenario", scenario), {})


def _end(tx: Tx, numbers: Sequence[int], reason: str = "") -> None:
    change = sa.update(adoption).where(adoption.c.id.in_(numbers))
    tx.execute(change.values(undone_at=tx.now, undone_by=tx.actor.name, undone_reason=reason))


def _publish(tx: Tx, undone: int | None = None) -> int:
    """Compile what is in use and install it: rules for new incidents, kinds of things, signs."""
    catalogue = catalogue_of(current_folders(tx)).catalogue
    sensing.install_kinds(tx, catalogue.kinds)
    vitals.install_signs(tx, catalogue.domains, catalogue.signs, catalogue.scenario)
    return incidents.install_rulebook(tx, rulebook(tx, undone))


def rulebook(tx: Tx, undone: int | None = None) -> Rulebook:
    """What the versions in use compile to. After an undo the digest carries its number: the same content comes
    into force again, as a version of its own."""
    book = compiled(current_folders(tx))
    return book if undone is None else dataclasses.replace(book, digest=f"{book.digest}-{undone}")


def _adoptions(tx: Tx) -> Sequence[Any]:
    return tx.execute(sa.select(adoption).order_by(adoption.c.id)).all()


def _current(tx: Tx) -> list[Any]:
    """The newest adoption of each scenario that was not undone."""
    latest = {row.scenario: row for row in _adoptions(tx) if row.undone_at is None}
    return list(latest.values())


def _version(row: Any, used: set[int]) -> Version:
    return Version(
        row.id,
        row.scenario,
        row.version,
        row.digest,
        row.name_zh,
        row.name_en,
        row.stored_at,
        row.id in used,
    )


def _adoption(row: Any) -> Adoption:
    return Adoption(
        row.id,
        row.scenario,
        row.centre_id,
        row.version_id,
        row.adopted_by,
        row.adopted_at,
        row.undone_at,
    )
