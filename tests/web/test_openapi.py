"""The API's description: valid OpenAPI 3.1, with an example of every request that validates and works."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from chengyun.cli.description import description
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database
from chengyun.web.app import create_app
from chengyun.web.openapi import examples
from tests.exchange.conftest import stage
from tests.exchange.support import Stage, signed
from tests.web.support import Hub

__all__ = ["stage"]

WITHOUT = {
    "attachments_upload",
    "identity_import_people",
    "vitals_import_numbers",
    "sensing_import_things",
}  # a file: multipart, nothing to show as JSON
MISSING = {400, 404, 409}  # the state of this small city does not allow it, or lacks the example's ids


def operations(hub: Hub) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """operation → (method, path, what it says)."""
    paths = hub.app.openapi()["paths"]
    return {
        one["operationId"]: (method, path, one) for path, ms in paths.items() for method, one in ms.items()
    }


def bodies(operation: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = operation.get("requestBody", {}).get("content", {})
    return found


def test_the_document_is_valid_openapi_3_1(cast_hub: Hub) -> None:
    document = cast_hub.app.openapi()
    assert document["openapi"].startswith("3.1")
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_a_failure_is_described_once_and_referred_to(cast_hub: Hub) -> None:
    document, known = cast_hub.app.openapi(), operations(cast_hub)
    described = document["components"]["responses"]
    responses = known["incidents_report"][2]["responses"]
    assert responses["409"] == {"$ref": "#/components/responses/Problem409"}
    assert set(described["Problem409"]["content"]) == {"application/problem+json"}
    assert set(described["Problem429"]["headers"]) == {"Retry-After"}
    assert {"400", "409", "413"}.isdisjoint(known["incidents_read_queue"][2]["responses"])


def test_the_console_s_client_is_generated_from_the_present_description() -> None:
    text = (Path(__file__).parents[2] / "console" / "openapi.json").read_text(encoding="utf-8")
    assert text == description(), "python -m chengyun.cli.description > console/openapi.json; npm run api"


def test_who_changes_one_document_changes_no_other(tmp_path: Path) -> None:
    before = description()
    app = create_app(Settings(home=tmp_path), Database("postgresql://nobody@127.0.0.1:1/none"))
    for methods in app.openapi()["paths"].values():
        for operation in methods.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                for shown in content.get("examples", {}).values():
                    shown["value"] = None
    assert description() == before


def test_every_request_body_has_an_example_that_validates(cast_hub: Hub) -> None:
    document, known = cast_hub.app.openapi(), operations(cast_hub)
    with_body = {name for name, (_, _, operation) in known.items() if bodies(operation)}
    assert set(examples()) == with_body - WITHOUT, "an example for every body, and none for what is not there"
    for name in set(examples()):
        for content in bodies(known[name][2]).values():
            schema = {**content["schema"], "components": document["components"]}
            assert content["examples"]
            for shown in content["examples"].values():
                assert shown["summary"]
                jsonschema.Draft202012Validator(schema).validate(shown["value"])


def test_the_examples_are_accepted_by_the_running_application(stage: Stage) -> None:
    """None is refused for its fields; reports, Open311 and a signed message succeed as they stand."""
    known, shown = operations(stage.hub), examples()
    district = stage.hub.regions["九龙坡区"]
    for number, example in enumerate(shown["incidents_report"].values()):
        key = {"Idempotency-Key": f"example-{number}"}
        answer = stage.ask("x-desk", "POST", "/api/incidents/reports", example["value"], headers=key)
        assert answer.status_code == 201, answer.text
    body = shown["open311_report"]["usual"]["value"]
    assert stage.ask("", "POST", "/api/open311/v2/requests.json", body).status_code == 201
    form = {name: str(value) for name, value in body.items()}
    assert stage.client.post("/api/open311/v2/requests.xml", data=form).status_code == 201
    source = {**shown["exchange_add_source"]["usual"]["value"], "region": district}
    made = stage.told("x-city", "POST", "/api/exchange/sources", source)
    message = json.dumps(shown["exchange_receive"]["usual"]["value"]).encode()
    headers = signed(made["secret"], "example-1", message)
    taken = stage.client.post("/api/exchange/in/hotline-x", content=message, headers=headers)
    assert taken.status_code == 200, taken.text
    for name, given in shown.items():
        method, path, _ = known[name]
        for example in given.values():
            who = "x-desk" if name.startswith(("incidents", "command", "attachments")) else "x-city"
            asked = "".join(f"/{part}" for part in filled(path))
            if name in ("identity_change_password", "exchange_receive"):
                continue  # the one would end the sessions of this test, the other was sent above
            headers = {"Idempotency-Key": f"again-{name}"} if name == "incidents_report" else {}
            answer = stage.ask(who, method.upper(), asked, example["value"], headers=headers)
            assert answer.status_code < 500, (name, answer.text)
            assert answer.is_success or answer.status_code in {*MISSING, 403} or beyond(answer), (
                name,
                answer.text,
            )


def filled(path: str) -> list[str]:
    """The parts of a path with something in place of its parameters."""
    fixed = {"{token}": "x" * 43, "requests.{suffix}": "requests.json", "updates.{suffix}": "updates.json"}
    return [fixed.get(part, "1" if part.startswith("{") else part) for part in path.split("/")[1:]]


def beyond(answer: Any) -> bool:
    """Refused for what the small city lacks (a region, a unit), never for the form of a field."""
    codes = {wrong["code"] for wrong in answer.json().get("fields", [])}
    return not any(code.startswith("field.") for code in codes)


@pytest.mark.parametrize("name", ["open311_services", "open311_report"])
def test_open311_says_its_own_failures(cast_hub: Hub, name: str) -> None:
    _, _, operation = operations(cast_hub)[name]
    assert "422" not in operation["responses"]
    assert {"application/json", "text/xml"} < set(operation["responses"]["400"]["content"])
