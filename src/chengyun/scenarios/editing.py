"""Edits of a scenario's files, entry by entry. Pure: files in, files out; comments and order stay as they are.

An entry that a local overlay has changed is changed there again, so that the base stays what its author wrote.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from chengyun.kernel.errors import Conflict, FieldError, Invalid, NotFound
from chengyun.scenarios import splicing
from chengyun.scenarios.contracts import Finding
from chengyun.scenarios.contracts_rules import Edit
from chengyun.scenarios.folders import KEYS, Folder, key_of, parse
from chengyun.scenarios.known import folder_of
from chengyun.scenarios.reading import Entry, Path

Files = Mapping[str, str]
_LISTS: dict[str, Path] = {
    "limits": ("limits",),
    "duties": ("duties",),
    "routing": (),
    "messages": ("messages",),
}
_GIVEN = ("group", "group_code")  # of a category's group, not of the category
_SEPARATOR = " · "


def name_of(part: str, entry: Entry) -> str:
    """The key of an entry as one text."""
    return _SEPARATOR.join(key_of(part, entry))


def own_data(part: str, entry: Entry) -> dict[str, Any]:
    """What an entry itself says: for a category without what it has from its group."""
    data = {name: value for name, value in entry.data.items() if name not in _GIVEN}
    if part == "categories" and "intake" in data and "intake" not in _written(entry):
        del data["intake"]
    return data


def _written(entry: Entry) -> Mapping[str, Any]:
    """An entry as its file has it, before anything was merged into it."""
    found: Any = entry.document.data
    for step in entry.path:
        found = found[step]
    return found if isinstance(found, Mapping) else {}


def file_of(folder: Folder, entry: Entry) -> str:
    """The file of an entry, relative to the folder."""
    return entry.file.removeprefix(f"{folder.label}/")


def apply(files: Files, scenario: str, edits: Sequence[Edit]) -> dict[str, str]:
    """The files after these edits. Raises NotFound, Conflict, and Invalid naming the fields that do not fit."""
    now = dict(files)
    for edit in edits:
        now |= _one(now, folder_of(scenario, now), edit)
        _sound(now, scenario, edit)
    return now


def _one(files: Files, folder: Folder, edit: Edit) -> dict[str, str]:
    if edit.do == "remove":
        return _remove(files, folder, edit)
    if edit.do == "move":
        return _move(files, folder, edit)
    data = {name: value for name, value in (edit.data or {}).items() if value not in (None, "", [], {})}
    _unique(folder, edit, data)
    if edit.key is None:
        return _add(files, folder, edit, data)
    entry = _find(folder, edit.part, edit.key)
    name = file_of(folder, entry)
    return {name: splicing.replace(files[name], entry.path, data)}


def _find(folder: Folder, part: str, key: str | None) -> Entry:
    for entry in folder.entries[part]:
        if name_of(part, entry) == key:
            return entry
    raise NotFound("scenarios.no_entry", key=key)


def _unique(folder: Folder, edit: Edit, data: Mapping[str, Any]) -> None:
    """Two entries of one key could not be told apart any more."""
    wanted = _SEPARATOR.join(str(data[name]) for name in KEYS[edit.part] if name in data)
    taken = {name_of(edit.part, entry) for entry in folder.entries[edit.part]} - {edit.key}
    if wanted in taken:
        raise Invalid([FieldError(KEYS[edit.part][0], "scenarios.same_key", {"key": wanted})])


def _add(files: Files, folder: Folder, edit: Edit, data: Mapping[str, Any]) -> dict[str, str]:
    name = f"{edit.part}.yaml"
    if edit.part == "messages" and name not in files:
        return {name: f"messages:\n  - {splicing.flow(data)}\n"}
    where, size = _list(folder, edit)
    at = size
    if edit.before is not None:
        neighbour = _find(folder, edit.part, edit.before)
        _same(name, file_of(folder, neighbour))
        at = int(neighbour.path[-1])
    return {name: splicing.insert(files[name], where, at, data)}


def _list(folder: Folder, edit: Edit) -> tuple[Path, int]:
    """The list of the base's own file that a new entry goes into, and how long it is."""
    if edit.part != "categories":
        own = [one for one in folder.entries[edit.part] if file_of(folder, one) == f"{edit.part}.yaml"]
        return _LISTS[edit.part], 1 + max((int(one.path[-1]) for one in own), default=-1)
    inside = [
        one
        for one in folder.entries["categories"]
        if one.data["group_code"] == edit.group and file_of(folder, one) == "categories.yaml"
    ]
    if not inside:
        raise Invalid([FieldError("group", "scenarios.no_entry", {"key": edit.group})])
    return inside[0].path[:-1], 1 + max(int(one.path[-1]) for one in inside)


def _remove(files: Files, folder: Folder, edit: Edit) -> dict[str, str]:
    """Out of its own file; where an overlay has changed it, the overlay says that it is dropped."""
    entry = _find(folder, edit.part, edit.key)
    name = file_of(folder, entry)
    base, _ = parse({n: text for n, text in files.items() if not n.startswith("overlays/")}, folder.label)
    below = [name_of(edit.part, one) for one in base.entries[edit.part]] if base else []
    if name == f"{edit.part}.yaml" or edit.key not in below:
        return {name: splicing.remove(files[name], entry.path)}
    dropped = {key: entry.data[key] for key in KEYS[edit.part] if key in entry.data} | {"drop": True}
    return {name: splicing.replace(files[name], entry.path, dropped)}


def _move(files: Files, folder: Folder, edit: Edit) -> dict[str, str]:
    entry = _find(folder, edit.part, edit.key)
    name = file_of(folder, entry)
    siblings = [
        one
        for one in folder.entries[edit.part]
        if file_of(folder, one) == name and one.path[:-1] == entry.path[:-1]
    ]
    to = 1 + max(int(one.path[-1]) for one in siblings)
    if edit.before is not None:
        neighbour = _find(folder, edit.part, edit.before)
        _same((name, entry.path[:-1]), (file_of(folder, neighbour), neighbour.path[:-1]))
        to = int(neighbour.path[-1])
    return {name: splicing.move(files[name], entry.path, to)}


def _same(one: object, other: object) -> None:
    if one != other:
        raise Conflict("scenarios.other_file")


def _sound(files: Files, scenario: str, edit: Edit) -> None:
    """What was written must fit the schema: the form hears at once, field by field."""
    by_folder: dict[str, dict[str, str]] = {"": {}}
    for name, text in files.items():
        over, _, rest = name.removeprefix("overlays/").partition("/")
        within = name.startswith("overlays/")
        by_folder.setdefault(over if within else "", {})[rest if within else name] = text
    for own in by_folder.values():
        _, found = parse(own, scenario)
        if found:
            raise Invalid(_field(one, edit) for one in found)


def _field(one: Finding, edit: Edit) -> FieldError:
    """The finding at the field of the form that it is about; at the whole entry where it names none."""
    return FieldError(one.field or edit.part, "scenarios.finding", dataclasses.asdict(one))
