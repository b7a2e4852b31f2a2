"""From a draft to a version in force: published with a reason, approved by a second person where that is asked for,
undone, and all of it told as history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from chengyun.kernel import audit
from chengyun.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from chengyun.kernel.transactions import Tx
from chengyun.scenarios import adopting, drafting, splicing
from chengyun.scenarios.compiling import digest
from chengyun.scenarios.contracts_rules import PUBLISH, READ, RuleEvent, RulesInUse, RulesPublished
from chengyun.scenarios.folders import Folder
from chengyun.scenarios.known import folder_of
from chengyun.scenarios.tables import adoption, publication, version


def publish(tx: Tx, scenario: str, revision: int, reason: str, second_person: bool = False) -> RulesPublished:
    """Make the draft a version: in force at once, or, with `second_person`, once somebody else has approved it.

    Raises Conflict where the draft says nothing new or stands on a version that is no longer in force, Invalid with
    the checker's findings. Audited with both digests.
    """
    drafting.require(tx, PUBLISH)
    _reason(reason)
    row = drafting.locked(tx, scenario, revision)
    base = adopting.current_of(tx, scenario)
    if row.base_id != base:
        raise Conflict("scenarios.draft_behind")
    before = adopting.files(tx, scenario, base)
    if dict(row.files) == before.files:
        raise Conflict("scenarios.unchanged")
    named = _numbered(tx, scenario, row.files, before.version.version)
    folder = _checked(tx, folder_of(scenario, named))
    drafting.drop(tx, scenario)
    number = adopting.store(tx, folder)
    waiting = _record(tx, folder, number, base, reason)
    told = {"before": before.version.digest, "after": digest(folder.files), "reason": reason}
    audit.record(tx, "scenario.published", ("scenario", scenario), {**told, "version": number})
    if not second_person:
        _decide(tx, waiting, "adopted", "")
        adopting.put_in_force(tx, scenario, number, reason)
    state = "waiting" if second_person else "adopted"
    return RulesPublished(waiting, state, number, folder.version, digest(folder.files))


def decide(tx: Tx, number: int, approve: bool, reason: str) -> RulesPublished:
    """Approve or refuse what waits. Never by whoever submitted it. Raises NotFound, Conflict, Forbidden, Invalid."""
    drafting.require(tx, PUBLISH)
    row = tx.execute(sa.select(publication).where(publication.c.id == number).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("scenarios.no_publication")
    if row.state != "waiting":
        raise Conflict("scenarios.decided")
    if tx.actor.kind == "person" and tx.actor.id == row.by_id:
        raise Forbidden("scenarios.second_person")
    state = "adopted" if approve else "refused"
    if approve:
        _adopt(tx, row)
    else:
        _reason(reason)
    _decide(tx, number, state, reason)
    audit.record(
        tx, f"scenario.{state}", ("scenario", row.scenario), {"publication": number, "reason": reason}
    )
    found = adopting.files(tx, row.scenario, row.version_id).version
    return RulesPublished(number, state, row.version_id, found.version, found.digest)


def undo(tx: Tx, scenario: str, reason: str) -> list[RuleEvent]:
    """Make the version that was in force before current again. Raises NotFound, Conflict where there is none."""
    drafting.require(tx, PUBLISH)
    _reason(reason)
    adopting.step_back(tx, scenario, reason)
    return history(tx, scenario)


def _adopt(tx: Tx, row: Any) -> None:
    """What was fine when it was submitted must still stand on what is in force, and fit the other scenarios."""
    if adopting.current_of(tx, row.scenario) != row.base_id:
        raise Conflict("scenarios.draft_behind")
    _checked(tx, folder_of(row.scenario, adopting.files(tx, row.scenario, row.version_id).files))
    adopting.put_in_force(tx, row.scenario, row.version_id, row.reason)


def _checked(tx: Tx, folder: Folder) -> Folder:
    adopting.refuse(drafting.examination(tx, folder).findings)
    return folder


def _reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid([FieldError("reason", "scenarios.reason_needed")])


def _numbered(tx: Tx, scenario: str, files: Mapping[str, str], before: str) -> dict[str, str]:
    """The files with a version of their own: whoever has not written another one gets the next."""
    folder = folder_of(scenario, files)
    query = sa.select(version.c.version).where(version.c.scenario == scenario)
    taken = set(tx.execute(query).scalars())
    name = folder.version
    if name == before or name in taken:
        start = [int(part) for part in before.split(".")[:3]]
        patch = start[2] + 1
        while f"{start[0]}.{start[1]}.{patch}" in taken:
            patch += 1
        name = f"{start[0]}.{start[1]}.{patch}"
    text = splicing.value(files["scenario.yaml"], ("version",), name)
    return dict(files) | {"scenario.yaml": text}


def _record(tx: Tx, folder: Folder, number: int, base: int, reason: str) -> int:
    values = {
        "scenario": folder.id,
        "version_id": number,
        "base_id": base,
        "reason": reason,
        "at": tx.now,
        "by_id": tx.actor.id if tx.actor.kind == "person" else None,
        "by_name": tx.actor.name,
        "state": "waiting",
    }
    statement = sa.insert(publication).values(values).returning(publication.c.id)
    return int(tx.execute(statement).scalar_one())


def _decide(tx: Tx, number: int, state: str, reason: str) -> None:
    values = {
        "state": state,
        "decided_at": tx.now,
        "decided_by": tx.actor.name,
        "decided_reason": reason,
    }
    tx.execute(sa.update(publication).where(publication.c.id == number).values(values))


# what was, and what is


def overview(tx: Tx) -> list[RulesInUse]:
    """Every scenario in use: its version, who changes it, what waits."""
    tx.actor.require(READ)
    busy = drafting.drafts(tx)
    waiting = sa.select(publication.c.scenario, sa.func.count()).where(publication.c.state == "waiting")
    rows: Iterable[Any] = tx.execute(waiting.group_by(publication.c.scenario))
    count = {name: int(n) for name, n in rows}
    found = []
    for one, row, deep in adopting.in_use(tx):
        found.append(
            RulesInUse(
                scenario=one.scenario,
                name_zh=one.name_zh,
                name_en=one.name_en,
                version=one.version,
                number=one.id,
                digest=one.digest,
                since=row.at,
                by=row.adopted_by,
                draft_by=busy.get(one.scenario),
                waiting=count.get(one.scenario, 0),
                can_undo=deep > 1,
            )
        )
    return found


def history(tx: Tx, scenario: str) -> list[RuleEvent]:
    """Who made what version current, when and why, newest first. Raises NotFound."""
    tx.actor.require(READ)
    known = {one.id: one for one in adopting.versions(tx) if one.scenario == scenario}
    if not known:
        raise NotFound("scenarios.unknown", scenario=scenario)
    found: list[RuleEvent] = []

    def add(at: Any, by: str, what: Any, number: int, reason: str, waits: int | None = None) -> None:
        one = known[number]
        found.append(RuleEvent(at, by, what, number, one.version, one.digest, reason, waits))

    made = tx.execute(sa.select(publication).where(publication.c.scenario == scenario)).all()
    on_screen = {row.version_id for row in made if row.state == "adopted"}
    adopted = sa.select(adoption).where(adoption.c.scenario == scenario).order_by(adoption.c.id)
    for row in tx.execute(adopted):
        what = "published" if row.version_id in on_screen else "installed"
        add(row.adopted_at, row.adopted_by, what, row.version_id, row.reason)
        if row.undone_at is not None:
            add(row.undone_at, row.undone_by, "undone", row.version_id, row.undone_reason)
    for row in made:
        if row.state == "waiting":
            add(row.at, row.by_name, "waiting", row.version_id, row.reason, row.id)
        if row.state == "refused":
            add(row.decided_at, row.decided_by, "refused", row.version_id, row.decided_reason)
    return sorted(reversed(found), key=lambda one: one.at, reverse=True)
