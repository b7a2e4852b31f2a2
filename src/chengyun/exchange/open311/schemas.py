"""The answers of Open311 as JSON Schema, for the API's description: written from the GeoReport v2 specification."""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string"}
MAYBE = {"type": ["string", "null"]}
MOMENT = {"type": "string", "format": "date-time"}
MAYBE_MOMENT = {"type": ["string", "null"], "format": "date-time"}
STATUS = {"type": "string", "enum": ["open", "closed"]}


def record(needed: str, /, **properties: Any) -> dict[str, Any]:
    """An object; `needed` names what it must have."""
    return {"type": "object", "required": needed.split(), "properties": properties}


def listed(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


SERVICE = record(
    "service_code service_name metadata type",
    service_code=TEXT,
    service_name=TEXT,
    description=MAYBE,
    metadata={"type": "boolean"},
    type={"type": "string", "enum": ["realtime", "batch", "blackbox"]},
    keywords=MAYBE,
    group=MAYBE,
)
ATTRIBUTE = record(
    "variable code datatype required",
    variable={"type": "boolean"},
    code=TEXT,
    datatype={
        "type": "string",
        "enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"],
    },
    required={"type": "boolean"},
    datatype_description=MAYBE,
    order={"type": ["integer", "null"]},
    description=MAYBE,
    values=listed(record("key name", key=TEXT, name=TEXT)),
)
REQUEST = record(
    "service_request_id status service_code requested_datetime",
    service_request_id=TEXT,
    status=STATUS,
    status_notes=MAYBE,
    service_name=MAYBE,
    service_code=TEXT,
    description={"type": ["string", "null"], "maxLength": 4000},
    agency_responsible=MAYBE,
    service_notice=MAYBE,
    requested_datetime=MOMENT,
    updated_datetime=MAYBE_MOMENT,
    expected_datetime=MAYBE_MOMENT,
    address=MAYBE,
    address_id=MAYBE,
    zipcode=MAYBE,
    lat={"type": ["number", "null"]},
    long={"type": ["number", "null"]},
    media_url={"type": ["string", "null"], "format": "uri"},
)
MADE = record("", service_request_id=TEXT, token=TEXT, service_notice=MAYBE, account_id=MAYBE)
UPDATE = record(
    "update_id service_request_id status updated_datetime description",
    update_id=TEXT,
    service_request_id=TEXT,
    status=STATUS,
    updated_datetime=MOMENT,
    description=TEXT,
)
ERROR = record("code description", code={"type": "integer"}, description=TEXT)
SCHEMAS: dict[str, dict[str, Any]] = {
    "services": listed(SERVICE),
    "definition": record("service_code attributes", service_code=TEXT, attributes=listed(ATTRIBUTE)),
    "requests": listed(REQUEST),
    "post_request": listed(MADE),
    "tokens": listed(record("service_request_id token", service_request_id=TEXT, token=TEXT)),
    "updates": listed(UPDATE),
    "post_update": listed(UPDATE),
}
REQUEST_BODY = record(
    "service_code",
    service_code=TEXT,
    jurisdiction_id=TEXT,
    api_key=TEXT,
    lat={"type": "number", "minimum": -90, "maximum": 90},
    long={"type": "number", "minimum": -180, "maximum": 180},
    address_string={"type": "string", "maxLength": 200},
    description={"type": "string", "maxLength": 4000},
    first_name={"type": "string", "maxLength": 200},
    last_name={"type": "string", "maxLength": 200},
    phone=TEXT,
    email={"type": "string", "description": "read and not kept"},
    media_url={"type": "string", "format": "uri", "description": "a link to a photo; kept as text"},
    attribute={"type": "object", "additionalProperties": TEXT},
)
UPDATE_BODY = record(
    "description",
    api_key=TEXT,
    jurisdiction_id=TEXT,
    description={"type": "string", "minLength": 2, "maxLength": 1000},
    status={"type": "string", "enum": ["open"], "description": "open: to have a closed request reopened"},
)
BODIES = {"post_request": REQUEST_BODY, "post_update": UPDATE_BODY}
FAILURES = {
    400: "An argument is missing or cannot be used; one error for each",
    403: "The api_key does not count, or does not allow it",
    404: "There is no such jurisdiction, service, request or token",
    503: "The database cannot serve; nothing was stored",
}
WRITING = {
    409: "The present state does not allow it, or the Idempotency-Key was used with another body",
    413: "The body is too large",
    429: "Too many; try again after the seconds of Retry-After",
}


# What the HTTP layer refuses before Open311 sees it: a path that leads nowhere, a body that is too large.
BEFORE = {"application/problem+json": {"schema": {"type": "object"}}}


def documented(name: str) -> dict[str, Any]:
    """What a route says of itself: its answer in both formats, GeoReport's errors, its body."""
    schema = SCHEMAS[name]
    status = 201 if name in BODIES else 200
    failures = FAILURES | WRITING if name in BODIES else FAILURES
    responses: dict[int | str, Any] = {status: {"description": "Done", "content": _content(schema)}}
    for code, text in failures.items():
        responses[code] = {"description": text, "content": {**_content(listed(ERROR)), **BEFORE}}
    # Not described by FastAPI: failures are GeoReport's own here.
    extra: dict[str, Any] = {"x-failures": "own"}
    if name in BODIES:
        kinds = ("application/json", "application/x-www-form-urlencoded")
        body = {kind: {"schema": BODIES[name]} for kind in kinds}
        extra["requestBody"] = {"required": True, "content": body}
    return {"responses": responses, "openapi_extra": extra, "response_model": None}


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}, "text/xml": {"schema": {"type": "string"}}}
