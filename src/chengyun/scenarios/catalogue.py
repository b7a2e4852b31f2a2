"""Things and signs of folders: from entries of things.yaml and signs.yaml to a checked catalogue, with file and line.

Scenarios that others need come first, so that the definition of the one that needs them, laid over theirs, counts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from chengyun.identity.kinds import KINDS
from chengyun.scenarios.compiling import ordered
from chengyun.scenarios.contracts import Finding
from chengyun.scenarios.folders import CATALOGUE, Folder
from chengyun.scenarios.reading import Entry
from chengyun.sensing.contracts import Kind, Quantity
from chengyun.sensing.units import known as unit_known
from chengyun.vitals.catalogue.assembling import Part, assemble
from chengyun.vitals.catalogue.building import Wrong, seconds
from chengyun.vitals.catalogue.checks import once, problems
from chengyun.vitals.catalogue.contracts import Catalogue, Category, Problem, World, Written
from chengyun.vitals.catalogue.expanding import near
from chengyun.vitals.contracts import Level

Origin = tuple[str, str, tuple[str | int, ...]]  # label of the folder, file, path of the entry


@dataclass(frozen=True, slots=True)
class Compiled:
    """The catalogue of some folders, and what is wrong in it."""

    catalogue: Catalogue
    findings: tuple[Finding, ...]


def catalogue_of(folders: Sequence[Folder]) -> Compiled:
    """The catalogue of these folders; worked out once for the same files."""
    return _compiled(_Key(tuple(folders)))


@dataclass(frozen=True, eq=False)
class _Key:
    """Folders by what their catalogue depends on: the files of signs and things, and the categories there are."""

    folders: tuple[Folder, ...]

    def _content(self) -> tuple[object, ...]:
        return tuple(
            (one.id, one.label, tuple(one.needs), _codes(one), _texts(one)) for one in ordered(self.folders)
        )

    def __hash__(self) -> int:
        return hash(self._content())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._content() == other._content()


def _codes(folder: Folder) -> tuple[object, ...]:
    return tuple((one.data["code"], one.data["name"]["zh"]) for one in folder.entries["categories"])


def _texts(folder: Folder) -> tuple[tuple[str, str], ...]:
    """The files, where the folder has anything of a catalogue at all."""
    return tuple(folder.files.items()) if any(folder.entries[part] for part in CATALOGUE) else ()


@lru_cache(maxsize=16)
def _compiled(key: _Key) -> Compiled:
    line = list(reversed(ordered(key.folders)))
    entries: dict[Origin, Entry] = {}
    kinds = {str(entry.data["code"]): entry for one in line for entry in one.entries["kinds"]}
    found = [finding for entry in kinds.values() for finding in _kind_findings(entry)]
    if found:
        return Compiled(Catalogue(), tuple(found))
    world = _world(line, kinds)
    catalogue, wrong = assemble([_part(one, line, entries) for one in line], world)
    catalogue = dataclasses.replace(catalogue, demo_things=_demo(kinds))
    wrong = once(wrong) or problems(catalogue, world)
    strays = _strays(kinds, catalogue)
    return Compiled(catalogue, (*strays, *(_finding(one, entries) for one in wrong)))


def _strays(kinds: Mapping[str, Entry], catalogue: Catalogue) -> Iterator[Finding]:
    """Kinds of things in a domain that nobody has declared."""
    known = [one.code for one in catalogue.domains]
    for code, entry in kinds.items():
        domain = str(entry.data["domain"])
        if domain not in known:
            yield entry.find("domain.unknown", "domain", sign=code, value=domain, near=near(domain, known))


def _part(folder: Folder, line: Sequence[Folder], entries: dict[Origin, Entry]) -> Part:
    parts = (list(_written(folder, part, entries)) for part in ("domains", "lists", "templates", "signs"))
    return Part(folder.id, _reach(folder, line), *parts)


def _reach(folder: Folder, line: Sequence[Folder]) -> frozenset[str]:
    """The scenario and all that it needs, directly or through others."""
    found, known = {folder.id}, {one.id: one for one in line}
    while more := {need for one in found if one in known for need in known[one].needs} - found:
        found |= more
    return frozenset(found)


def _written(folder: Folder, part: str, entries: dict[Origin, Entry]) -> Iterator[Written]:
    for entry in folder.entries[part]:
        origin = (folder.label, entry.file, entry.path)
        entries[origin] = entry
        yield Written(entry.data, origin, folder.id)


def _world(line: Sequence[Folder], kinds: Mapping[str, Entry]) -> World:
    categories = [_category(folder, entry) for folder in line for entry in folder.entries["categories"]]
    choices = {
        code: {
            name: {value: (text["zh"], text["en"]) for value, text in values.items()}
            for name, values in (entry.data.get("properties") or {}).items()
        }
        for code, entry in kinds.items()
    }
    return World(tuple(map(_kind, kinds.values())), choices, categories, frozenset(KINDS))


def _category(folder: Folder, entry: Entry) -> Category:
    name = entry.data["name"]
    group = entry.data.get("group") or name
    code, group_code = str(entry.data["code"]), str(entry.data["group_code"])
    return Category(code, name["zh"], name["en"], group_code, group["zh"], group["en"], folder.id)


def _kind(entry: Entry) -> Kind:
    data = entry.data
    code, name = str(data["code"]), data["name"]
    quantities = tuple(_quantity(code, data, one) for one in data["quantities"])
    kind = Kind(code, name["zh"], name["en"], str(data["domain"]), quantities)
    told = data.get("anomaly") or {}
    level = Level[told["level"].upper()] if "level" in told else kind.anomaly_level
    often = float(told.get("a_month", kind.anomalies_a_month))
    return dataclasses.replace(kind, anomaly_level=int(level), anomalies_a_month=often)


def _quantity(kind: str, given: Mapping[str, Any], data: Mapping[str, Any]) -> Quantity:
    name, limits = data["name"], data["range"]
    sentinels = data.get("sentinels", given.get("sentinels", ()))
    return Quantity(
        code=f"{kind}.{data['code']}",
        kind=kind,
        name_zh=str(name["zh"]),
        name_en=str(name["en"]),
        unit=str(data["unit"]),
        low=float(limits[0]),
        high=float(limits[1]),
        interval_s=seconds(data.get("interval", given.get("interval"))),
        sentinels=tuple(map(float, sentinels)),
    )


def _kind_findings(entry: Entry) -> Iterator[Finding]:
    seen: set[str] = set()
    for at, one in enumerate(entry.data["quantities"]):
        where = ("quantities", at)
        code = f"{entry.data['code']}.{one['code']}"
        if code in seen:
            yield entry.find(
                "duplicate", *where, what="quantities", key=code, other=f"{entry.file}:{entry.line()}"
            )
        seen.add(code)
        if not unit_known(str(one["unit"])):
            yield entry.find("sign.unit_unknown", *where, "unit", sign=code, value=one["unit"])
        if one["range"][0] >= one["range"][1]:
            low, high = one["range"]
            yield entry.find("sign.range", *where, "range", sign=code, low=low, high=high)
        try:
            seconds(one.get("interval", entry.data.get("interval")))
        except Wrong as error:
            yield entry.find("sign.value", *where, "interval", sign=code, **error.params)


def _demo(kinds: Mapping[str, Entry]) -> dict[str, int]:
    return {code: int(entry.data["demo"]) for code, entry in kinds.items() if entry.data.get("demo")}


def _finding(one: Problem, entries: Mapping[Origin, Entry]) -> Finding:
    entry = entries[one.origin]  # type: ignore[index]
    path = tuple(one.field.split("/")) if one.field else ()
    start: tuple[str, ...] = (
        ("sign",) if "sign" in entry.data and "axes" in entry.data and path[:1] != ("axes",) else ()
    )
    return entry.find(one.code, *start, *path, **one.params)
