"""A scenario as tables for the screen, and findings at the entries and fields that they concern. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from chengyun.scenarios.compiling import digest
from chengyun.scenarios.contracts import Finding
from chengyun.scenarios.contracts_rules import PARTS, RuleEntry, RuleFinding, RuleGroup, RuleSheet
from chengyun.scenarios.editing import file_of, name_of, own_data
from chengyun.scenarios.folders import Folder


def sheet(folder: Folder) -> RuleSheet:
    """Everything that a form shows of a scenario."""
    name = folder.meta.data["name"]
    return RuleSheet(
        scenario=folder.id,
        name_zh=name["zh"],
        name_en=name["en"],
        version=folder.version,
        digest=digest(folder.files),
        groups=_groups(folder),
        evidence={key: dict(text) for key, text in folder.evidence.items()},
        parts={part: _entries(folder, part) for part in PARTS},
    )


def _groups(folder: Folder) -> list[RuleGroup]:
    found: dict[str, RuleGroup] = {}
    for entry in folder.entries["categories"]:
        code, text = entry.data["group_code"], entry.data.get("group") or {}
        view = RuleGroup(code, text.get("zh", code), text.get("en", code), entry.data.get("intake", "town"))
        found.setdefault(code, view)
    return list(found.values())


def _entries(folder: Folder, part: str) -> list[RuleEntry]:
    found = []
    for entry in folder.entries[part]:
        data = own_data(part, entry)
        if part == "categories":
            data = {**data, "group": entry.data["group_code"]}
        found.append(RuleEntry(name_of(part, entry), file_of(folder, entry), entry.line(), data))
    return found


def placed(folder: Folder, findings: Sequence[Finding], language: str) -> list[RuleFinding]:
    """The findings of the checker, each at its entry; those of other scenarios stay at file and line."""
    return [_placed(folder, one, language) for one in findings]


def _placed(folder: Folder, one: Finding, language: str) -> RuleFinding:
    english = language == "en"
    part, key = _entry_at(folder, one)
    return RuleFinding(
        severity="error",
        part=part,
        key=key,
        field=one.field or None,
        file=one.file,
        line=one.line,
        code=one.code,
        text=one.en if english else one.zh,
        remedy=one.remedy_en if english else one.remedy,
    )


def _entry_at(folder: Folder, one: Finding) -> tuple[str | None, str | None]:
    """The last entry of that file that begins at or before the line."""
    best: tuple[int, str, str] | None = None
    for part in PARTS:
        for entry in folder.entries[part]:
            if entry.file == one.file and (best[0] if best else 0) < entry.line() <= one.line:
                best = (entry.line(), part, name_of(part, entry))
    return (best[1], best[2]) if best else (None, None)
