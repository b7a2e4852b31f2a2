"""Checks a file against its JSON Schema and says in plain words what is wrong, where, and what fits. Pure."""

from __future__ import annotations

import copy
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

SCHEMAS = ("scenario", "categories", "limits", "duties", "routing", "messages", "rehearsal")


@lru_cache(maxsize=32)
def validator(name: str, overlay: bool = False) -> Draft202012Validator:
    """The validator of `name`.yaml; for a local overlay only the key of an entry is required."""
    text = (resources.files("chengyun.scenarios") / "schemas" / f"{name}.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    return Draft202012Validator(_relaxed(schema) if overlay else schema)


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
        _finding(document, leaf)
        for error in validator(name, overlay).iter_errors(document.data)
        for leaf in _leaves(error)
    ]
    return sorted(found, key=lambda one: (one.line, one.code))


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The errors that say most: of alternatives, those of the one that fits the value's type."""
    if error.validator != "oneOf" or not error.context:
        yield error
        return
    deep = [one for one in error.context if one.validator != "type"]
    fitting = [one for one in deep if len(one.absolute_path) > len(error.absolute_path)] or deep
    yield from (leaf for one in fitting or [error] for leaf in (_leaves(one) if one is not error else [one]))


def _finding(document: Document, error: ValidationError) -> Finding:
    path = tuple(error.absolute_path)
    where = _where(path)
    params: dict[str, object] = {"where": where[0], "where_en": where[1], "hint": _hint(error.schema)}
    if error.validator == "required":
        missing = next(name for name in error.validator_value if name not in error.instance)
        if missing in ("zh", "en"):
            language = "中文 (zh)" if missing == "zh" else "English (en)"
            return finding(
                "text.untranslated", document.file, document.line(*path), field=path[-1], language=language
            )
        params |= {"field": missing, "hint": _hint(error.schema.get("properties", {}).get(missing, {}))}
        return finding("schema.missing", document.file, document.line(*path), **params)
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        unknown = next(name for name in error.instance if name not in known)
        code = "fact.unknown" if "returns" in known else "schema.unknown"
        params |= {"field": unknown, "known": ", ".join(known)}
        return finding(code, document.file, document.line(*path, unknown), **params)
    if path and isinstance(error.instance, str) and path[-1] in ("why", "name", "task"):
        return finding(
            "text.untranslated", document.file, document.line(*path), field=path[-1], language="English (en)"
        )
    params["value"] = json.dumps(error.instance, ensure_ascii=False)[:80]
    return finding("schema.value", document.file, document.line(*path), **params)


def _where(path: tuple[str | int, ...]) -> tuple[str, str]:
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
