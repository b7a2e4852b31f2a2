"""Checks a file against its JSON Schema and says in plain words what is wrong, where, and what fits. Pure."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from chengyun.scenarios.contracts import Finding
from chengyun.scenarios.findings import finding
from chengyun.scenarios.reading import Document

SCHEMAS = (
    "scenario",
    "categories",
    "limits",
    "duties",
    "routing",
    "messages",
    "things",
    "signs",
    "rehearsal",
)
Place = tuple[str | int, ...]
_LISTS = (  # what entries stand in
    "groups", "categories", "limits", "duties", "messages", "kinds", "domains", "lists", "signs", "templates",
)  # fmt: skip
_ENTRIES = {  # part → its file and what an entry of it is called there, where that is not "entry" in a file of its name
    "kinds": ("things", "entry"), "domains": ("signs", "domain"), "lists": ("signs", "list"), "signs": ("signs", "entry"),
    "templates": ("signs", "template"),
}  # fmt: skip
_TEXTS = ("why", "name", "task", "summary", "origin")  # may be written as one string only by mistake


@lru_cache(maxsize=32)
def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema of `name`.yaml, as editors read it too."""
    text = (resources.files("chengyun.scenarios") / "schemas" / f"{name}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@lru_cache(maxsize=32)
def validator(name: str, overlay: bool = False) -> Draft202012Validator:
    """The validator of `name`.yaml; for a local overlay only the key of an entry is required."""
    return Draft202012Validator(_relaxed(schema_of(name)) if overlay else schema_of(name))


def required_fields(name: str) -> list[str]:
    """What a whole entry of the part `name` must have."""
    file, entry = _ENTRIES.get(name, (name, "entry"))
    return list(schema_of(file)["$defs"][entry]["required"])


def _relaxed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema for an overlay: whatever has a key requires nothing else; files may be nearly empty."""
    relaxed = copy.deepcopy(schema)
    if "overlay" in relaxed.get("properties", {}):
        relaxed["required"] = ["id", "overlay", "version"]
    for part in relaxed["$defs"].values():
        if "x-key" in part:
            part["required"] = part["x-key"]
        elif "categories" in part.get("properties", {}):
            part["required"] = ["code", "categories"]
    return relaxed


def shape(document: Document, name: str, overlay: bool = False) -> list[Finding]:
    """Everything in the document that does not fit the schema of `name`.yaml, in file order."""
    found = [
        one
        for error in validator(name, overlay).iter_errors(document.data)
        for leaf in _leaves(error)
        for one in _findings(document, leaf)
    ]
    return sorted(dict.fromkeys(found), key=lambda one: (one.line, one.code))


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The errors that say most: of alternatives, those of the one that fits the value's type."""
    if error.validator != "oneOf" or not error.context:
        yield error
        return
    deep = [one for one in error.context if one.validator != "type"]
    fitting = [one for one in deep if len(one.absolute_path) > len(error.absolute_path)] or deep
    yield from (leaf for one in fitting or [error] for leaf in (_leaves(one) if one is not error else [one]))


def _findings(document: Document, error: ValidationError) -> list[Finding]:
    path = tuple(error.absolute_path)
    schema: dict[str, Any] = error.schema if isinstance(error.schema, dict) else {}
    instance: Any = error.instance
    if error.validator == "required":
        missing = [name for name in schema["required"] if name not in instance]
        return [_missing(document, path, schema, name) for name in missing]
    if error.validator == "additionalProperties":
        unknown = [name for name in instance if name not in schema.get("properties", {})]
        return [_unknown(document, path, schema, name) for name in unknown]
    if path and isinstance(error.instance, str) and path[-1] in _TEXTS:
        return [_untranslated(document, path, "en")]
    where, where_en = _where(path)
    value = json.dumps(error.instance, ensure_ascii=False)[:80]
    params = {"where": where, "where_en": where_en, "value": value, "hint": _hint(schema)}
    return [_at(finding("schema.value", document.file, document.line(*path), **params), path)]


def _missing(document: Document, path: Place, schema: dict[str, Any], field: str) -> Finding:
    if field in ("zh", "en"):
        return _untranslated(document, path, field)
    where, where_en = _where(path)
    hint = _hint(schema.get("properties", {}).get(field, {}))
    params = {"where": where, "where_en": where_en, "field": field, "hint": hint}
    return _at(finding("schema.missing", document.file, document.line(*path), **params), (*path, field))


def _unknown(document: Document, path: Place, schema: dict[str, Any], field: str) -> Finding:
    known = schema.get("properties", {})
    where, where_en = _where(path)
    params = {"where": where, "where_en": where_en, "field": field, "known": ", ".join(known)}
    code = "fact.unknown" if "returns" in known else "schema.unknown"
    return _at(finding(code, document.file, document.line(*path, field), **params), (*path, field))


def _untranslated(document: Document, path: Place, missing: str) -> Finding:
    language = "中文 (zh)" if missing == "zh" else "English (en)"
    field = next((part for part in reversed(path) if isinstance(part, str)), document.file)
    found = finding("text.untranslated", document.file, document.line(*path), field=field, language=language)
    return _at(found, path)


def _at(found: Finding, path: Place) -> Finding:
    """The finding with the field that it is about, seen from its entry."""
    rest = list(path)
    while rest and (isinstance(rest[0], int) or (rest[0] in _LISTS and len(rest) > 1)):
        rest = rest[1:]
    return dataclasses.replace(found, field=".".join(map(str, rest)))


def _where(path: Place) -> tuple[str, str]:
    names = [str(part) for part in path if isinstance(part, str)]
    return (f"{'.'.join(names)}：", f"{'.'.join(names)}: ") if names else ("", "")


def _hint(schema: Any) -> str:
    """What fits, from the schema itself: its description, its choices or its type."""
    if not isinstance(schema, dict):
        return "—"
    if "$ref" in schema and len(schema) == 1:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "description" in schema:
        return str(schema["description"])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "minItems" in schema:
        return f"≥ {schema['minItems']}"
    return str(schema.get("type") or schema.get("minLength") or "—")
