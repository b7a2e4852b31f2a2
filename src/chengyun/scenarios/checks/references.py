"""Names that resolve: categories, units, stages, evidence, moves, fields, other scenarios; codes given once."""

from __future__ import annotations

import difflib
import string
from collections.abc import Iterator, Mapping
from typing import Any

from chengyun.identity.kinds import KINDS
from chengyun.scenarios.checks.draft import Draft, globs_of
from chengyun.scenarios.compiling import reach
from chengyun.scenarios.contracts import Finding
from chengyun.scenarios.folders import KEYS, Folder, key_of
from chengyun.scenarios.reading import Entry
from chengyun.scenarios.vocabulary import CENTRES, MESSAGE_FIELDS, STEPS, below, kind_levels

_SHARED = ("categories", "routing", "duties", "messages")  # keys that count across scenarios


def references(draft: Draft) -> Iterator[Finding]:
    """Every finding of this module."""
    yield from _duplicates(draft)
    yield from _categories(draft)
    yield from _evidence(draft)
    yield from _hints(draft)
    for _, entry in draft.entries("routing"):
        yield from _rule_units(entry)
    for _, entry in draft.entries("duties"):
        yield from _duty_units(entry)
    for _, entry in draft.entries("messages"):
        yield from _message(entry)


def _duplicates(draft: Draft) -> Iterator[Finding]:
    for part in KEYS:
        seen: dict[tuple[str, ...], Entry] = {}
        for folder, entry in draft.entries(part):
            key = key_of(part, entry) if part in _SHARED else (folder.id, *key_of(part, entry))
            if key in seen:
                other = f"{seen[key].file}:{seen[key].line()}"
                yield entry.find("duplicate", what=part, key=" ".join(key), other=other)
            seen.setdefault(key, entry)


def _categories(draft: Draft) -> Iterator[Finding]:
    for part in ("limits", "duties", "routing", "messages"):
        for folder, entry in draft.entries(part):
            everybody = part == "messages" and "category" not in entry.data
            for glob in () if everybody else globs_of(entry):
                yield from _glob(draft, folder, entry, glob)


def _glob(draft: Draft, folder: Folder, entry: Entry, glob: str) -> Iterator[Finding]:
    found = draft.matching(glob)
    if not found and draft.categories:
        near = difflib.get_close_matches(glob, draft.categories, 3, 0.6)
        hint = f"→ {', '.join(near)}?" if near else ""
        yield entry.find("category.unknown", *_where(entry), value=glob, near=hint)
    if glob == "*" and "stage" in entry.data:  # a limit without a category reaches its own only
        return
    near_ones = {folder.id, *folder.needs, *(reach(folder, draft.folders) if glob == "*" else ())}
    if "audience" in entry.data and {one.scenario for one in found} - {folder.id}:
        yield entry.find("message.foreign", "category", value=glob)
        return
    foreign = {one.scenario for one in found} - near_ones
    if foreign:
        value = f"{glob} ({', '.join(sorted(foreign))})"
        yield entry.find("rule.foreign", *_where(entry), rule=" ".join(_name(entry)), value=value)


def _where(entry: Entry) -> tuple[str, ...]:
    return ("when", "category") if "when" in entry.data else ("category",)


def _name(entry: Entry) -> list[str]:
    return [str(entry.data[name]) for name in ("id", "clause") if name in entry.data][:1]


def _evidence(draft: Draft) -> Iterator[Finding]:
    for folder, entry in draft.entries("categories"):
        for at, name in enumerate(entry.data["evidence"]):
            if name not in folder.evidence:
                yield entry.find("evidence.unknown", "evidence", at, value=name)


def _hints(draft: Draft) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for _, entry in draft.entries("categories"):
        for at, hint in enumerate(entry.data["hints"]):
            other = seen.setdefault(hint, entry.data["code"])
            if other != entry.data["code"]:
                yield entry.find("hint.shared", "hints", at, hint=hint, key=entry.data["code"], other=other)


def _rule_units(entry: Entry) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for path, ref in _refs(entry):
        kind, level = ref["unit"], ref["level"]
        yield from _unit(entry, path, kind, (level,))
        if (kind, level) in seen:
            yield entry.find("unit.twice", *path, value=kind)
        seen.add((kind, level))


def _refs(entry: Entry) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    """Every unit of a routing rule with its path."""
    yield ("lead",), entry.data["lead"]
    for name in ("assist", "assign_down"):
        value = entry.data.get(name) or []
        if isinstance(value, Mapping):
            yield (name,), value
        else:
            yield from (((name, at), ref) for at, ref in enumerate(value))


def _duty_units(entry: Entry) -> Iterator[Finding]:
    for level in CENTRES:
        cell = entry.data.get(level) or {}
        named = [
            ("lead", cell.get("lead"), (level,)),
            *(("assist", kind, (level,)) for kind in cell.get("assist") or ()),
            *(("assign_down", kind, below(level)) for kind in cell.get("assign_down") or ()),
        ]
        seen: set[str] = set()
        for name, kind, levels in ((name, kind, levels) for name, kind, levels in named if kind):
            yield from _unit(entry, (level, name), kind, levels)
            if kind in seen and name != "assign_down":
                yield entry.find("unit.twice", level, name, value=kind)
            seen.add(kind)


def _unit(entry: Entry, path: tuple[str | int, ...], kind: str, levels: tuple[str, ...]) -> Iterator[Finding]:
    exists = kind_levels(kind)
    if not exists:
        yield entry.find("unit.unknown", *path, value=kind, known=", ".join(KINDS))
    elif not set(exists) & set(levels):
        yield entry.find("unit.level", *path, value=kind, level="/".join(levels), known=", ".join(exists))


def _message(entry: Entry) -> Iterator[Finding]:
    step = entry.data["step"]
    if step not in STEPS:
        yield entry.find("step.unknown", "step", value=step, known=", ".join(sorted(STEPS)))
    for language in ("zh", "en"):
        try:
            fields = [
                name for _, name, _, _ in string.Formatter().parse(entry.data[language]) if name is not None
            ]
        except ValueError as error:
            yield entry.find("message.braces", language, problem=error)
            continue
        for name in fields:
            if name not in MESSAGE_FIELDS:
                yield entry.find("message.field", language, value=name, known=", ".join(MESSAGE_FIELDS))
