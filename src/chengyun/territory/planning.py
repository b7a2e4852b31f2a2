"""Reads a reorganisation file and works out what it means: pure, nothing is written here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from chengyun.kernel.errors import FieldError, Invalid

_CODE = {"type": ["string", "null"], "pattern": "^[0-9]{6,12}$"}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["schema", "label", "effective"],
    "additionalProperties": False,
    "properties": {
        "schema": {"const": 1},
        "label": {"type": "string", "minLength": 1},
        "effective": {"type": "string", "format": "date"},
        "create": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["key", "level", "kind", "name", "code", "parent"],
                "additionalProperties": False,
                "properties": {
                    "key": {"type": "string", "minLength": 1},
                    "level": {"const": "district"},
                    "kind": {"enum": ["division", "functional_zone"]},
                    "name": {"type": "string", "minLength": 1},
                    "code": _CODE,
                    "parent": {"type": "string"},
                },
            },
        },
        "merge": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["from", "into"],
                "additionalProperties": False,
                "properties": {
                    "from": {"type": "array", "minItems": 1, "items": {"type": "string"}},
                    "into": {"type": "string"},
                },
            },
        },
        "move": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["to", "towns"],
                "additionalProperties": False,
                "properties": {
                    "to": {"type": "string"},
                    "towns": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["code", "name"],
                            "additionalProperties": False,
                            "properties": {"code": {"type": "string"}, "name": {"type": "string"}},
                        },
                    },
                },
            },
        },
        "rename": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["key", "name"],
                "additionalProperties": False,
                "properties": {
                    "key": {"type": "string"},
                    "name": {"type": "string", "minLength": 1},
                    "code": _CODE,
                },
            },
        },
        "expect": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["region", "towns"],
                "additionalProperties": False,
                "properties": {"region": {"type": "string"}, "towns": {"type": "integer", "minimum": 0}},
            },
        },
    },
}


@dataclass(frozen=True, slots=True)
class Town:
    """A town as it stands: keys of its statistical parent and of its governing centre."""

    key: str
    name: str
    parent: str
    centre: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What a reorganisation starts from: names of the regions in force by key (city, districts, towns)."""

    names: Mapping[str, str]
    levels: Mapping[str, str]
    towns: Mapping[str, Town]


@dataclass(slots=True)
class Outcome:
    """What it comes to: `towns` that change, each with its new statistical parent and centre (keys);
    `ended` regions with their successors; `created` and `renamed` as the file says."""

    label: str
    effective: date
    digest: str
    created: list[dict[str, Any]] = field(default_factory=list)
    renamed: list[dict[str, Any]] = field(default_factory=list)
    ended: dict[str, str] = field(default_factory=dict)
    towns: dict[str, tuple[str, str]] = field(default_factory=dict)


def read(path: Path) -> dict[str, Any]:
    """The document of a reorganisation file. Raises Invalid naming every place that breaks the schema."""
    content = path.read_text(encoding="utf-8")
    try:
        document = yaml.load(content, Loader=_Plain)  # noqa: S506  a SafeLoader without dates
    except yaml.YAMLError as error:
        raise _refused([FieldError(path.name, "reorganise.not_yaml", {"reason": str(error)})]) from error
    checker = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    wrong = [
        FieldError(
            ".".join(map(str, e.absolute_path)) or path.name, "reorganise.schema", {"reason": e.message}
        )
        for e in checker.iter_errors(document)
    ]
    if wrong:
        raise _refused(wrong)
    return dict(document)


class _Plain(yaml.SafeLoader):
    """Dates stay text, so that the schema sees what was written."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def outcome(document: Mapping[str, Any], standing: Standing) -> Outcome:
    """What the document changes. Raises Invalid with every reference that does not hold and every count that
    differs from what the document expects."""
    found = Outcome(
        document["label"],
        date.fromisoformat(document["effective"]),
        hashlib.sha256(repr(sorted(document.items())).encode()).hexdigest(),
        created=list(document.get("create", ())),
        renamed=list(document.get("rename", ())),
    )
    wrong = _check_references(document, standing)
    if wrong:
        raise _refused(wrong)
    _merge(document, standing, found)
    _move(document, found)
    found.towns = {key: to for key, to in found.towns.items() if _changes(standing.towns[key], to)}
    wrong = [*_check_orphans(standing, found), *_check_expected(document, standing, found)]
    if wrong:
        raise _refused(wrong)
    return found


def _changes(town: Town, to: tuple[str, str]) -> bool:
    return (town.parent, town.centre) != to


def _merge(document: Mapping[str, Any], standing: Standing, found: Outcome) -> None:
    for rule in document.get("merge", ()):
        found.ended.update(dict.fromkeys(rule["from"], rule["into"]))
    for town in standing.towns.values():
        successor = found.ended.get(town.parent) or found.ended.get(town.centre)
        if successor is not None:
            found.towns[town.key] = (successor, successor)


def _move(document: Mapping[str, Any], found: Outcome) -> None:
    for rule in document.get("move", ()):
        for town in rule["towns"]:
            found.towns[town["code"]] = (rule["to"], rule["to"])


def _check_references(document: Mapping[str, Any], standing: Standing) -> list[FieldError]:
    created = {row["key"]: "district" for row in document.get("create", ())}
    levels = {**standing.levels, **created}
    wrong = [
        FieldError(f"create.{n}.key", "reorganise.key_taken", {"key": row["key"]})
        for n, row in enumerate(document.get("create", ()))
        if row["key"] in standing.levels
    ]
    wrong += [
        FieldError(path, "reorganise.unknown", {"key": key, "level": level})
        for path, key, level in _references(document)
        if levels.get(key) != level
    ]
    for path, code, name in _named_towns(document):
        known = standing.names.get(code)
        if known is not None and known != name:
            wrong.append(
                FieldError(path, "reorganise.other_name", {"key": code, "name": name, "known": known})
            )
    wrong += [
        FieldError(f"rename.{n}.key", "reorganise.unknown", {"key": row["key"], "level": "district/town"})
        for n, row in enumerate(document.get("rename", ()))
        if levels.get(row["key"]) not in ("district", "town")
    ]
    return wrong


def _references(document: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(path, key, level it must have) of everything that the document names."""
    found = [
        (f"create.{n}.parent", row["parent"], "city") for n, row in enumerate(document.get("create", ()))
    ]
    for n, rule in enumerate(document.get("merge", ())):
        found.append((f"merge.{n}.into", rule["into"], "district"))
        found += [(f"merge.{n}.from.{i}", key, "district") for i, key in enumerate(rule["from"])]
    for n, rule in enumerate(document.get("move", ())):
        found.append((f"move.{n}.to", rule["to"], "district"))
        found += [(f"move.{n}.towns.{i}.code", town["code"], "town") for i, town in enumerate(rule["towns"])]
    found += [
        (f"expect.{n}.region", row["region"], "district") for n, row in enumerate(document.get("expect", ()))
    ]
    return found


def _named_towns(document: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (f"move.{n}.towns.{i}.name", town["code"], town["name"])
        for n, rule in enumerate(document.get("move", ()))
        for i, town in enumerate(rule["towns"])
    ]


def _after(standing: Standing, found: Outcome, town: Town) -> tuple[str, str]:
    return found.towns.get(town.key, (town.parent, town.centre))


def _check_orphans(standing: Standing, found: Outcome) -> list[FieldError]:
    """No town may be left with a parent or a centre that has ended."""
    return [
        FieldError("merge", "reorganise.orphan", {"key": town.key, "name": town.name})
        for town in standing.towns.values()
        if found.ended.keys() & set(_after(standing, found, town))
    ]


def _check_expected(document: Mapping[str, Any], standing: Standing, found: Outcome) -> list[FieldError]:
    counts: dict[str, int] = {}
    for town in standing.towns.values():
        centre = _after(standing, found, town)[1]
        counts[centre] = counts.get(centre, 0) + 1
    return [
        FieldError(
            f"expect.{n}.towns",
            "reorganise.other_count",
            {"key": row["region"], "expected": row["towns"], "found": counts.get(row["region"], 0)},
        )
        for n, row in enumerate(document.get("expect", ()))
        if counts.get(row["region"], 0) != row["towns"]
    ]


def _refused(wrong: list[FieldError]) -> Invalid:
    return Invalid(wrong, "reorganise.refused")
