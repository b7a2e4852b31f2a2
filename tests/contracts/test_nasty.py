"""Every field of every request, each with the values that break programs: none breaks this one.

Where the fuzzer finds such a value by luck, this finds it by listing: NUL, half a surrogate pair, numbers beyond
what the database holds, empty and huge texts, quotes, wrong types.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from tests.contracts.test_fuzz import DOCUMENT, ENDLESS, OWN_ERRORS, problem_of
from tests.web.support import COOKIE, WRITE, Hub, Register, browser

TEXTS = ("a\x00b", "", "😀" * 300, "'; DROP TABLE x; --", "%_\\", "../../etc/passwd")
NUMBERS = (0, -1, 2**53, 2**63, 10**30, 1e308)
OTHERS = (None, True, [], {}, "x")
HALF = "\ud83d"  # JSON can carry half a surrogate pair, a URL cannot
SPARED = ENDLESS | {
    "identity_logout",
    "demo_advance_clock",
}  # they would end the test's own session or its time
OPERATIONS = {
    operation["operationId"]: (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if operation["operationId"] not in SPARED
}


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without references or alternatives."""
    while True:
        if "$ref" in schema:
            schema = DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        elif "anyOf" in schema:
            schema = next(one for one in schema["anyOf"] if one.get("type") != "null")
        else:
            return schema


def example(schema: dict[str, Any]) -> Any:
    """Something that the schema allows, more or less."""
    schema = resolved(schema)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    kind = schema.get("type")
    if kind == "object":
        return {name: example(inner) for name, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [example(schema["items"])]
    if kind == "string":
        return (
            "2030-01-01T00:00:00Z"
            if schema.get("format") == "date-time"
            else "x" * schema.get("minLength", 3)
        )
    return {"integer": 1, "number": 29.5, "boolean": True}.get(str(kind))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a body: keys and numbers that lead to it."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def replaced(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    made = copy.deepcopy(body)
    inner = made
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return made


def at(body: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        body = body[key]
    return body


def others_for(value: Any) -> tuple[Any, ...]:
    """What is put in place of a value: of its own kind, and of others."""
    if isinstance(value, str):
        return (*TEXTS, HALF, "长" * 5000, None, 7)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (*NUMBERS, None, "x")
    return OTHERS


def bodies(operation: dict[str, Any]) -> Iterator[Any]:
    """The example with every value at every place, one at a time."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return
    good = example(content["application/json"]["schema"])
    yield good
    for path in places(good):
        for value in others_for(at(good, path)):
            yield replaced(good, path, value)


def calls(
    method: str, path: str, operation: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any], dict[str, str], Any]]:
    """(path, query, headers, body) of every call to be made."""
    parameters = [one for one in operation.get("parameters", []) if one["in"] != "cookie"]
    good = {one["name"]: example(one["schema"]) for one in parameters if one.get("required")}
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    body = example(content["schema"]) if content else None
    where = {one["name"]: one["in"] for one in parameters}

    def made(values: dict[str, Any], body: Any) -> tuple[str, dict[str, Any], dict[str, str], Any]:
        by = {
            place: {n: v for n, v in values.items() if where[n] == place}
            for place in ("path", "query", "header")
        }
        filled = path
        for name, value in by["path"].items():
            filled = filled.replace(f"{{{name}}}", quoted(value))
        return filled, by["query"], {name: str(value) for name, value in by["header"].items()}, body

    for name, place in where.items():
        for value in (*TEXTS, *NUMBERS, "nan", "1e400", "长" * 5000):
            if place != "header" or (
                isinstance(value, str) and value.isascii() and value.isprintable() and value == value.strip()
            ):
                yield made({**good, name: value}, body)
    for one in bodies(operation):
        yield made(good, one)


def quoted(value: Any) -> str:
    from urllib.parse import quote

    return quote(str(value), safe="") or "%20"


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_no_value_breaks_it(cast_hub: Hub, register: Register, name: str, every: int) -> None:
    """Each third value in every run, all of them at night."""
    method, path, operation = OPERATIONS[name]
    who = "p-sibling-admin" if name.startswith("identity_") else "p-town"
    documented = set(operation["responses"])
    with browser(cast_hub, register.cookies[who]) as client:
        for asked, query, headers, body in islice(
            calls(method, path, operation), len(name) % every, None, every
        ):
            content = None if body is None else json.dumps(body).encode()
            kind = {} if body is None else {"Content-Type": "application/json"}
            answer = client.request(
                method.upper(), asked, params=query, headers={**WRITE, **headers, **kind}, content=content
            )
            told = (asked, query, headers, body, answer.text)
            # What the path cannot carry to this route at all is nobody's page.
            assert str(answer.status_code) in documented | {"405"}, told
            if answer.status_code >= 400 and not name.startswith(OWN_ERRORS):
                problem_of(answer.status_code, answer.headers, answer.json())
        assert client.cookies[COOKIE] == register.cookies[who]
        assert client.get("/api/identity/me").status_code == 200
