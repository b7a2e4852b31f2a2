"""A scenario folder as typed entries with their places; local overlays merge into it. Reads files, nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chengyun.scenarios.contracts import Finding
from chengyun.scenarios.findings import finding
from chengyun.scenarios.reading import Document, Entry, entries, read
from chengyun.scenarios.shaping import required_fields, shape

PARTS = ("scenario", "categories", "limits", "duties", "routing", "messages", "things", "signs")
LATER = (
    "checklists",
    "plans",
    "vision",
    "screens",
)  # of later sections; stored as they are
KEYS: dict[str, tuple[str, ...]] = {
    "categories": ("code",),
    "limits": ("id",),
    "duties": ("category",),
    "routing": ("id",),
    "messages": ("step", "audience", "category"),
    "kinds": ("code",),
    "domains": ("code",),
    "lists": ("id",),
    "signs": ("code",),
    "templates": ("id",),
}
CATALOGUE = ("kinds", "domains", "lists", "signs", "templates")  # parts of things.yaml and signs.yaml
_OVERLAYS = "overlays/"
_SIGNS = "signs/"  # signs.yaml may be split into files of this folder
RULES = (
    "categories",
    "limits",
    "duties",
    "routing",
)  # all of them, unless the scenario has things or signs only


@dataclass(frozen=True, slots=True)
class Folder:
    """One scenario: its files as text, and what they say, entry by entry; `entries` has one list per part."""

    id: str
    label: str  # the folder's path as findings show it
    files: Mapping[str, str]
    meta: Entry
    entries: Mapping[str, Sequence[Entry]]
    evidence: Mapping[str, Mapping[str, str]]
    defaults: Mapping[str, Any] = field(default_factory=dict)  # yellow, escalate of limits.yaml

    @property
    def version(self) -> str:
        return str(self.meta.data["version"])

    @property
    def needs(self) -> list[str]:
        needs = self.meta.data.get("needs") or {}
        return list(needs.get("scenarios") or ())

    @property
    def ruled(self) -> bool:
        """Whether it has rules for incidents, not things and signs alone."""
        return any(self.entries[part] for part in KEYS if part not in CATALOGUE)

    @property
    def overlay(self) -> str | None:
        """The scenario that this folder overrides, if it is a local overlay."""
        base = self.meta.data.get("overlay")
        return str(base) if base else None

    def place(self, name: str) -> str:
        return f"{self.label}/{name}"


def files_of(folder: Path) -> dict[str, str]:
    """The files of a folder, by name relative to it ("routing.yaml", "rehearsals/fine.yaml")."""
    found = sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".md") and path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in found}


def find(paths: Iterable[Path]) -> list[Path]:
    """The scenario folders among `paths`: themselves, or the folders inside that hold a scenario.yaml."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(child.parent for child in path.glob("*/scenario.yaml"))
        found += inside if inside and not (path / "scenario.yaml").exists() else [path]
    return list(dict.fromkeys(found))


def load(folder: Path, label: str | None = None) -> tuple[Folder | None, list[Finding]]:
    """Read one folder from disk; see `parse`."""
    return parse(files_of(folder), label or folder.as_posix())


def parse(files: Mapping[str, str], label: str) -> tuple[Folder | None, list[Finding]]:
    """Turn files into a folder. It is None when a file cannot be read or does not fit its schema at all."""
    found: list[Finding] = list(_strangers(files, label))
    documents: dict[str, Document] = {}
    for name in _readable(files):
        document, wrong = read(files[f"{name}.yaml"], f"{label}/{name}.yaml")
        found += wrong
        if document is not None:
            documents[name] = document
    overlay = "overlay" in (_mapping(documents.get("scenario")) or {})
    for name in () if overlay else _required(files):
        if f"{name}.yaml" not in files:
            found.append(finding("file.missing", f"{label}/{name}.yaml", 1, name=f"{name}.yaml"))
    for name, document in documents.items():
        found += shape(document, name.split("/")[0], overlay)
    if found or "scenario" not in documents:
        return None, found
    return _folder(files, label, documents), found


def _readable(files: Mapping[str, str]) -> list[str]:
    """The files that are read, without their ending."""
    split = sorted(name.removesuffix(".yaml") for name in files if _is_signs(name))
    return [part for part in PARTS if f"{part}.yaml" in files] + split


def _is_signs(name: str) -> bool:
    return name.startswith(_SIGNS) and name.endswith(".yaml")


def _required(files: Mapping[str, str]) -> tuple[str, ...]:
    """What must be there: the rules of incidents, whole, or none of them beside things and signs."""
    any_signs = "things.yaml" in files or "signs.yaml" in files or any(map(_is_signs, files))
    any_rules = any(f"{part}.yaml" in files for part in (*RULES, "messages"))
    return ("scenario",) if any_signs and not any_rules else ("scenario", *RULES)


def rebuild(files: Mapping[str, str], label: str) -> Folder:
    """A folder from stored files, which the checker has passed, with the overlays that were stored in it."""
    own = {name: text for name, text in files.items() if not name.startswith(_OVERLAYS)}
    folder = _sound(own, label)
    inside: dict[str, dict[str, str]] = {}
    for name, text in files.items():
        if name.startswith(_OVERLAYS):
            over, _, rest = name.removeprefix(_OVERLAYS).partition("/")
            inside.setdefault(over, {})[rest] = text
    for over, texts in inside.items():
        folder, _ = merge(folder, _sound(texts, f"{label}/{_OVERLAYS}{over}"))
    return folder


def _sound(files: Mapping[str, str], label: str) -> Folder:
    folder, wrong = parse(files, label)
    if folder is None:
        raise ValueError(f"stored scenario cannot be read: {wrong[0]}")
    return folder


def _strangers(files: Mapping[str, str], label: str) -> Iterable[Finding]:
    known = [f"{name}.yaml" for name in (*PARTS, *LATER)]
    for name in files:
        if name not in known and name.endswith(".yaml") and not name.startswith(("rehearsals/", _SIGNS)):
            yield finding("file.unknown", f"{label}/{name}", 1, name=name, known=", ".join(known))


def _mapping(document: Document | None) -> Mapping[str, Any]:
    return document.data if document is not None and isinstance(document.data, Mapping) else {}


def _folder(files: Mapping[str, str], label: str, documents: Mapping[str, Document]) -> Folder:
    meta = documents["scenario"]
    limits = _mapping(documents.get("limits"))
    parts: dict[str, Sequence[Entry]] = {name: () for name in KEYS}
    for name in ("limits", "duties", "messages"):
        if name in documents:
            parts[name] = entries(documents[name], name)
    if "routing" in documents:
        parts["routing"] = entries(documents["routing"])
    parts["categories"] = _categories(documents.get("categories"))
    if "things" in documents:
        parts["kinds"] = entries(documents["things"], "kinds")
    signs = [document for name, document in documents.items() if name.split("/")[0] == "signs"]
    for name in CATALOGUE[1:]:
        parts[name] = [entry for document in signs for entry in entries(document, name)]
    return Folder(
        id=str(meta.data["id"]),
        label=label,
        files=dict(files),
        meta=Entry(meta.data, meta, ()),
        entries=parts,
        evidence=_mapping(documents.get("categories")).get("evidence") or {},
        defaults={name: limits[name] for name in ("yellow", "escalate") if name in limits},
    )


def _categories(document: Document | None) -> list[Entry]:
    """Every category with its group's name, intake and openness written into it."""
    if document is None:
        return []
    found: list[Entry] = []
    for group in entries(document, "groups"):
        given: dict[str, Any] = {"group": group.data.get("name"), "group_code": group.data["code"]}
        given |= {name: group.data[name] for name in ("intake", "public") if name in group.data}
        inside = entries(document, *group.path, "categories")
        found += [dataclasses.replace(entry, data=given | dict(entry.data)) for entry in inside]
    return found


def key_of(part: str, entry: Entry) -> tuple[str, ...]:
    """What tells the entries of a part apart; a message need not name a category."""
    return tuple(str(entry.data[name]) for name in KEYS[part] if name in entry.data)


def merge(base: Folder, over: Folder) -> tuple[Folder, list[Finding]]:
    """The base with a local overlay on it: entries of the same key are changed field by field, `drop: true`
    removes one, new ones are added (rules and limits in front, because the first match counts)."""
    found: list[Finding] = []
    parts: dict[str, Sequence[Entry]] = {}
    for part in KEYS:
        parts[part], wrong = _merge_part(part, base.entries[part], over.entries[part])
        found += wrong
    merged = dataclasses.replace(
        base,
        files={**base.files, **{f"{_OVERLAYS}{over.id}/{name}": text for name, text in over.files.items()}},
        entries=parts,
        evidence={**base.evidence, **over.evidence},
        defaults={**base.defaults, **over.defaults},
    )
    return merged, found


def _merge_part(part: str, base: Sequence[Entry], over: Sequence[Entry]) -> tuple[list[Entry], list[Finding]]:
    known = {key_of(part, entry): entry for entry in base}
    changes = {key_of(part, entry): entry for entry in over}
    found: list[Finding] = []
    added: list[Entry] = []
    for key, entry in changes.items():
        if key in known:
            continue
        if part == "signs":  # a template may have made it: that is seen when the catalogue is put together
            added.append(entry)
        elif entry.data.get("drop"):
            found.append(entry.find("overlay.drop", key=" ".join(key)))
        else:
            found += _incomplete(part, entry)
            added.append(entry)
    kept = [_changed(entry, changes.get(key)) for key, entry in known.items()]
    rest = [entry for entry in kept if not entry.data.get("drop")]
    return (added + rest, found)


def _changed(entry: Entry, change: Entry | None) -> Entry:
    if change is None:
        return entry
    data = {**entry.data, **{name: value for name, value in change.data.items() if value is not None}}
    return dataclasses.replace(change, data=data)


def _incomplete(part: str, entry: Entry) -> list[Finding]:
    """A new entry of an overlay has to be whole: its own fields checked against the schema of a whole one."""
    missing = [name for name in required_fields(part) if name not in entry.data]
    return [
        entry.find("schema.missing", where="", where_en="", field=name, hint=f"{part}.yaml")
        for name in missing
    ]
