"""Drafts: one per scenario, changed entry by entry, checked like files, compared with what is in force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from chengyun.incidents import service as incidents
from chengyun.incidents.contracts import Rulebook
from chengyun.kernel import audit
from chengyun.kernel.errors import Conflict, Forbidden, NotFound
from chengyun.kernel.transactions import Tx
from chengyun.scenarios.adopting import city, current_folders, current_of, files
from chengyun.scenarios.checking import Examination
from chengyun.scenarios.compiling import digest
from chengyun.scenarios.contracts_rules import EDIT, READ, Edit, RuleDraft, RuleFinding, RuleReview, RuleSheet
from chengyun.scenarios.differing import differences
from chengyun.scenarios.editing import apply
from chengyun.scenarios.folders import Folder
from chengyun.scenarios.known import compiled, examined, folder_of
from chengyun.scenarios.sheets import placed, sheet
from chengyun.scenarios.tables import draft

_BEHIND = (
    "现行版本在草稿开始后已变更。",
    "The version in force has changed since this draft began.",
    "放弃草稿，从现行版本重新修改。",
    "Discard it and begin again with the version in force.",
)


def require(tx: Tx, permission: str) -> None:
    """The rules are the whole city's: beside the permission it takes a post at the city. Raises Forbidden."""
    tx.actor.require(permission)
    if tx.actor.kind != "system" and city(tx) not in tx.actor.scopes:
        raise Forbidden("scenarios.city_only")


def read_sheet(tx: Tx, scenario: str, number: int | None = None) -> RuleSheet:
    """A stored version as tables: the one in force unless `number` names another. Raises NotFound."""
    tx.actor.require(READ)
    return sheet(folder_of(scenario, files(tx, scenario, number).files))


def begin(tx: Tx, scenario: str, number: int | None = None) -> RuleDraft:
    """Begin to change a scenario, from the version in force or, to return to one, from another stored one.

    Where somebody has begun already, that draft is answered as it stands.
    """
    require(tx, EDIT)
    base = current_of(tx, scenario)
    content = files(tx, scenario, number or base).files
    values = {
        "scenario": scenario,
        "base_id": base,
        "files": content,
        "revision": 1,
        **dict.fromkeys(("begun_at", "changed_at"), tx.now),
        **dict.fromkeys(("begun_by", "changed_by"), tx.actor.name),
    }
    if _row(tx, scenario) is None:
        tx.execute(sa.insert(draft).values(values))
        audit.record(tx, "scenario.draft_begun", ("scenario", scenario), {"version": number or base})
    return view(tx, scenario)


def discard(tx: Tx, scenario: str) -> None:
    """Throw a draft away. Raises NotFound."""
    require(tx, EDIT)
    row = _needed(tx, scenario)
    tx.execute(sa.delete(draft).where(draft.c.scenario == scenario))
    audit.record(tx, "scenario.draft_discarded", ("scenario", scenario), {"digest": digest(row.files)})


def edit(tx: Tx, scenario: str, revision: int, edits: Sequence[Edit]) -> RuleDraft:
    """Change entries of a draft, all or none. Conflict where somebody else has changed it since `revision`."""
    require(tx, EDIT)
    row = locked(tx, scenario, revision)
    changed = apply(row.files, scenario, edits)
    values = {
        "files": changed,
        "revision": revision + 1,
        "changed_at": tx.now,
        "changed_by": tx.actor.name,
    }
    tx.execute(sa.update(draft).where(draft.c.scenario == scenario).values(values))
    told = {"edits": [{"do": one.do, "part": one.part, "key": one.key} for one in edits]}
    before, after = digest(row.files), digest(changed)
    audit.record(
        tx, "scenario.draft_edited", ("scenario", scenario), {**told, "before": before, "after": after}
    )
    return view(tx, scenario)


def locked(tx: Tx, scenario: str, revision: int) -> Any:
    """The draft's row, kept from others until the transaction ends. Raises NotFound, Conflict."""
    row = tx.execute(sa.select(draft).where(draft.c.scenario == scenario).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("scenarios.no_draft")
    if row.revision != revision:
        raise Conflict("scenarios.draft_changed", who=row.changed_by)
    return row


def drafts(tx: Tx) -> dict[str, str]:
    """Who changes which scenario now."""
    rows = tx.execute(sa.select(draft.c.scenario, draft.c.changed_by))
    return {row.scenario: row.changed_by for row in rows}


def view(tx: Tx, scenario: str) -> RuleDraft:
    """The draft with what it changes and what the checker finds in it. Raises NotFound."""
    tx.actor.require(READ)
    row = _needed(tx, scenario)
    base = current_of(tx, scenario)
    now = folder_of(scenario, row.files)
    then = folder_of(scenario, files(tx, scenario, base).files)
    return RuleDraft(
        scenario=scenario,
        base=row.base_id,
        revision=row.revision,
        begun_at=row.begun_at,
        begun_by=row.begun_by,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        behind=row.base_id != base,
        sheet=sheet(now),
        changes=differences(then, now),
        findings=findings(tx, row, now, examination(tx, now)),
    )


def review(tx: Tx, scenario: str) -> RuleReview:
    """All that somebody should see before publishing: findings, differences, and what the last incidents would have
    met. Raises NotFound."""
    tx.actor.require(READ)
    row = _needed(tx, scenario)
    now = folder_of(scenario, row.files)
    then = folder_of(scenario, files(tx, scenario).files)
    seen = examination(tx, now)
    effects = None
    if not seen.findings:
        before = incidents.book_of(tx, compiled(current_folders(tx)))
        after = incidents.book_of(tx, compiled(_together(tx, now)))
        effects = incidents.compare(tx, before, after)
    return RuleReview(
        revision=row.revision,
        findings=findings(tx, row, now, seen),
        proof=str(seen.proof).split(" / ")[tx.actor.language == "en"] if seen.proof else None,
        changes=differences(then, now),
        effects=effects,
    )


def rulebook_of(tx: Tx, scenario: str) -> Rulebook:
    """What the draft compiles to together with the other scenarios in use, to try it out."""
    tx.actor.require(READ)
    now = folder_of(scenario, _needed(tx, scenario).files)
    return compiled(_together(tx, now))


def examination(tx: Tx, changed: Folder) -> Examination:
    """The checker on one scenario as it is now, beside the others in use."""
    return examined(_together(tx, changed))


def _together(tx: Tx, changed: Folder) -> list[Folder]:
    return [*(one for one in current_folders(tx) if one.id != changed.id), changed]


def findings(tx: Tx, row: Any, now: Folder, seen: Examination) -> list[RuleFinding]:
    """The checker's findings, and a warning where the draft no longer stands on what is in force."""
    found = placed(now, seen.findings, tx.actor.language)
    if row.base_id != current_of(tx, now.id):
        text, remedy = (_BEHIND[at + (tx.actor.language == "en")] for at in (0, 2))
        found.insert(
            0, RuleFinding("warning", None, None, None, "scenario.yaml", 1, "draft.behind", text, remedy)
        )
    return found


def _row(tx: Tx, scenario: str) -> Any:
    return tx.execute(sa.select(draft).where(draft.c.scenario == scenario)).one_or_none()


def _needed(tx: Tx, scenario: str) -> Any:
    row = _row(tx, scenario)
    if row is None:
        raise NotFound("scenarios.no_draft")
    return row


def drop(tx: Tx, scenario: str) -> None:
    """Take the draft away: it has become a version."""
    tx.execute(sa.delete(draft).where(draft.c.scenario == scenario))
