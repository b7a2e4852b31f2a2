"""Whatever is sent, the API keeps its own description: no 5xx, no undocumented status, every error a problem.

Requests are made up from the OpenAPI document, right ones and wrong ones, by somebody on duty, by a resident and
by nobody in particular. Where a request names an id it is, half of the time, one that exists.
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Iterator, Mapping
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from chengyun.incidents.rules import MOVES, ORDER_MOVE
from chengyun.kernel.transactions import Database
from chengyun.web.app import create_app
from tests.web.support import COOKIE, WRITE, Hub, Register, browser
from tests.web.support import settings as hub_settings

with warnings.catch_warnings():
    # What schemathesis and its libraries announce about themselves is not a failure of ours.
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

EXAMPLES = 3  # per operation and kind of data, each by every caller
AT_NIGHT = 20
CALLERS = ("p-district", "r-one", "nobody")
ENDLESS = {"stream_stream"}  # tests/web/test_stream.py
FAREWELL = {"identity_logout", "incidents_erase_mine"}  # whoever does this right is nobody afterwards
DOCUMENT = create_app(hub_settings(Path("none")), Database("postgresql://nobody@127.0.0.1:1/none")).openapi()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = sorted(
    operation["operationId"]
    for methods in DOCUMENT["paths"].values()
    for operation in methods.values()
    if operation["operationId"] not in ENDLESS
)
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
OWN_ERRORS = ("open311_",)  # operations whose failures have a standard's own shape
PROBLEM = {"type", "title", "status", "detail", "code", "instance", "reference"}
quickly = partial(
    settings,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)


def real_ids(register: Register, chance: random.Random) -> dict[str, Any]:
    """Something that exists, by the name of a path parameter."""
    case = chance.choice([case for case in register.cases.values() if case.orders])
    return {
        "incident_id": case.id,
        "report_id": case.report,
        "order_id": chance.choice(case.orders),
        "item_id": case.attachment,
        "token": case.tracking,
        "variant": chance.choice(["full", "thumb", "public"]),
        "region_id": chance.randint(1, 190),
        "scenario": chance.choice(["muck-trucks", "city-management"]),
        "theme": chance.choice(["light", "dark"]),
        "name": "relief_light.webp",
    }


def made_real(case: Any, register: Register, chance: random.Random) -> None:
    """Let half of the requests reach something."""
    ids = real_ids(register, chance)
    for name in case.path_parameters or {}:
        if name in ids and chance.random() < 0.5:
            case.path_parameters[name] = ids[name]
    body = case.body
    for move in moves_in(body):
        if chance.random() < 0.7:
            move["move"] = chance.choice([*MOVES, *ORDER_MOVE])


def moves_in(body: Any) -> list[dict[str, Any]]:
    """The moves of a body, as far as it has any."""
    if not isinstance(body, dict):
        return []
    found = body.get("moves") if isinstance(body.get("moves"), list) else [body.get("move")]
    return [one for one in found or [] if isinstance(one, dict)]


def problem_of(status: int, headers: Mapping[str, str], found: dict[str, Any]) -> None:
    """The shape that programs rely on."""
    assert headers["content-type"] == "application/problem+json"
    assert set(found) >= PROBLEM
    assert found["status"] == status
    assert found["type"] == f"urn:chengyun:problem:{found['code']}"
    assert found["detail"] != found["code"], "a text is registered for every code"
    assert (status == 422) == ("fields" in found)
    for wrong in found.get("fields", []):
        assert set(wrong) == {"path", "code", "message"}
        assert wrong["message"] != wrong["code"], wrong
    if status in (429, 503):
        assert int(headers["retry-after"]) > 0


def kinds_of(operation: Any) -> list[schemathesis.GenerationMode]:
    """Right requests, and wrong ones where anything can be wrong."""
    definition = operation.definition.raw
    able = bool(definition.get("parameters") or definition.get("requestBody"))
    return list(schemathesis.GenerationMode) if able else [schemathesis.GenerationMode.POSITIVE]


def callers_of(register: Register, name: str) -> list[dict[str, str]]:
    """What each caller of an operation sends along."""
    callers = (*CALLERS, "p-sibling-admin") if name.startswith("identity_") else CALLERS
    known = {} if name in FAREWELL else register.cookies
    return [WRITE | ({"Cookie": f"{COOKIE}={known[who]}"} if who in known else {}) for who in callers]


@pytest.fixture(scope="session")
def wire() -> Iterator[requests.Session]:
    """Connections that stay open, and keep no cookie."""
    with requests.Session() as session:
        session.trust_env = False
        session.headers.clear()
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        yield session


def attempts(
    hub: Hub,
    register: Register,
    wire: requests.Session,
    operation: Any,
    kind: schemathesis.GenerationMode,
    examples: int,
) -> None:
    """Requests of one kind, each by every caller."""
    name = operation.definition.raw["operationId"]
    callers = callers_of(register, name)

    @quickly(max_examples=examples)
    @given(case=operation.as_strategy(generation_mode=kind), seed=st.integers(0, 2**32))
    def attempt(case: Any, seed: int) -> None:
        made_real(case, register, random.Random(seed))
        for headers in callers:
            answer = case.call(base_url=hub.url, session=wire, headers=dict(headers), cookies={})
            case.validate_response(answer, checks=list(CHECKS))
            if answer.status_code >= 400 and not name.startswith(OWN_ERRORS):
                plain = {name.lower(): values[0] for name, values in answer.headers.items()}
                problem_of(answer.status_code, plain, answer.json())

    try:
        attempt()
    except Unsatisfiable:
        assert kind is schemathesis.GenerationMode.NEGATIVE, "a request that is right can always be made"


@pytest.mark.parametrize("examples", [EXAMPLES, pytest.param(AT_NIGHT, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_keeps_its_description(
    cast_hub: Hub, register: Register, wire: requests.Session, name: str, examples: int
) -> None:
    operation = SCHEMA.find_operation_by_id(name)
    for kind in kinds_of(operation):
        attempts(cast_hub, register, wire, operation, kind, examples)
    for who in CALLERS[:-1]:
        with browser(cast_hub, register.cookies[who]) as client:
            assert client.get("/api/identity/me").status_code == 200
