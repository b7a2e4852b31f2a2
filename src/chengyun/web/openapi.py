"""The API's description: how every operation can fail (problem+json, in the caller's language), and an example of
every request, from the files in `examples/`, one per feature: operation → {name: {summary, value}}.
"""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from http import HTTPStatus
from importlib import resources
from typing import Any

from fastapi import FastAPI

JSON = "application/problem+json"
PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457. `detail` is for people, in their language; `code` is for programs.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "instance", "reference"],
    "properties": {
        "type": {"type": "string", "description": "urn:chengyun:problem:<code>"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "instance": {"type": "string", "description": "the path that was asked for"},
        "reference": {"type": "string", "description": "names this answer in the log"},
        "retry_after": {"type": "integer", "description": "seconds; with 429"},
        "fields": {
            "type": "array",
            "description": "with 422: every wrong field at once",
            "items": {
                "type": "object",
                "required": ["path", "code", "message"],
                "properties": {
                    "path": {"type": "string", "description": "dotted, as in reporter.phone"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
ALWAYS = {
    401: "No session or token, or one that has ended",
    403: "The post lacks the permission, or it is for somebody else to do",
    404: "There is no such thing within the caller's jurisdiction",
    410: "It existed and has been replaced",
    422: "Fields that cannot be used, all of them",
    429: "Too many; try again after `retry_after` seconds",
    503: "The database cannot serve; nothing was stored",
}
WRITING = {
    400: "The body cannot be read",
    409: "The present state does not allow it, or somebody else was faster",
    413: "The body is too large",
}
SECURITY = {
    "session": {"type": "apiKey", "in": "cookie", "name": "chengyun_session"},
    "token": {"type": "http", "scheme": "bearer"},
}
ABOUT = (
    "Errors are problem+json in the caller's language. Writes with a session's cookie carry the header"
    " `X-Chengyun: 1`. Times are UTC, positions WGS-84 degrees."
)


def describe(app: FastAPI) -> None:
    """Let `app.openapi()` name the failures and the two ways to sign in."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = completed(plain())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """FastAPI's document with problems in place of its own shape of errors."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for schema in schemas.values():
        uniform(schema)
    schemas["Problem"] = PROBLEM
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    document["components"]["responses"] = {
        name_of(status): failure(status, text) for status, text in (ALWAYS | WRITING).items()
    }
    document["components"]["securitySchemes"] = SECURITY
    document["security"] = [{"session": []}, {"token": []}, {}]
    document["info"]["description"] = ABOUT
    for methods in document["paths"].values():
        for method, operation in methods.items():
            complete(method, operation)
    return document


def complete(method: str, operation: dict[str, Any]) -> None:
    """Add an operation's failures, unless it says that they are its own (a standard's), and its examples."""
    if operation.pop("x-failures", None) == "own":
        operation["responses"].pop("422", None)
    else:
        for status in ALWAYS if method == "get" else ALWAYS | WRITING:
            operation["responses"][str(status)] = {"$ref": f"#/components/responses/{name_of(status)}"}
    shown = examples().get(operation["operationId"])
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if shown:
            content["examples"] = deepcopy(shown)


@cache
def examples() -> dict[str, dict[str, Any]]:
    """Examples of request bodies by operation."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(resources.files("chengyun.web").joinpath("examples").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".json"):
            found |= json.loads(file.read_text(encoding="utf-8"))
    return found


def uniform(schema: dict[str, Any]) -> None:
    """A tuple of equal things is a list of so many: said so, every generator of clients understands it."""
    for held in schema.get("properties", {}).values():
        listed = held.get("prefixItems")
        if listed and all(item == listed[0] for item in listed):
            held["items"] = held.pop("prefixItems")[0]


def name_of(status: int) -> str:
    """What the failures of a status are called among the components: described once, for all operations."""
    return f"Problem{status}"


def failure(status: int, text: str) -> dict[str, Any]:
    """One documented failure."""
    content = {JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    found: dict[str, Any] = {"description": text, "content": content}
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        seconds = {"schema": {"type": "integer"}, "description": "seconds"}
        found["headers"] = {"Retry-After": seconds}
    return found
