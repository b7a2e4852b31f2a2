"""Every error leaves as problem+json in the reader's language; nothing internal leaves at all."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Sequence

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from psycopg.errors import DiskFull
from sqlalchemy.exc import DBAPIError, OperationalError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chengyun.kernel.errors import AppError, BadRequest, FieldError, Invalid, Unavailable, problem
from chengyun.web.limits import BodyTooLong

log = logging.getLogger("chengyun.web")

# pydantic's error type → our code; what is not named here reads as "this value cannot be used"
FIELD_CODES = {
    "missing": "field.missing",
    "string_too_short": "field.too_short",
    "string_too_long": "field.too_long",
    "too_long": "field.too_many",
    "greater_than_equal": "field.too_small",
    "greater_than": "field.too_small",
    "less_than_equal": "field.too_large",
    "less_than": "field.too_large",
    "finite_number": "field.not_a_number",
    "float_parsing": "field.not_a_number",
    "float_type": "field.not_a_number",
    "int_parsing": "field.not_a_number",
    "int_type": "field.not_a_number",
    "int_from_float": "field.not_a_number",
    "bool_parsing": "field.not_a_boolean",
    "bool_type": "field.not_a_boolean",
    "datetime_parsing": "field.not_a_time",
    "datetime_from_date_parsing": "field.not_a_time",
    "timezone_aware": "field.no_time_zone",
    "enum": "field.not_allowed",
    "literal_error": "field.not_allowed",
    "json_invalid": "field.not_json",
    "extra_forbidden": "field.unknown",
    "string_type": "field.not_text",
    "projected": "field.projected",
}


WORDED = {400, 404, 405, 406, 415, 500}  # statuses of HTTP itself that have a sentence


class HttpError(AppError):
    """An error that the HTTP layer itself raises (no such path, wrong method)."""

    def __init__(self, status: int) -> None:
        super().__init__(f"http.{status}" if status in WORDED else "http.other", status=status)
        self.status = status


def language_of(request: Request) -> str:
    """The language set on the actor, else the browser's first choice."""
    chosen = getattr(request.state, "language", None)
    if chosen in {"zh", "en"}:
        return str(chosen)
    return "en" if request.headers.get("accept-language", "zh").lower().startswith("en") else "zh"


def answer(request: Request, error: AppError) -> JSONResponse:
    """The problem document of an expected error."""
    headers = {}
    if error.status in {429, 503}:
        headers["Retry-After"] = str(error.params.get("retry_after", 5))
    return JSONResponse(
        problem(error, language_of(request), request.url.path),
        status_code=error.status,
        media_type="application/problem+json",
        headers=headers,
    )


def fields_of(errors: Sequence[dict[str, object]]) -> list[FieldError]:
    """All wrong fields that pydantic found, in our codes."""
    found = []
    for item in errors:
        place = item.get("loc", ())
        parts = [str(p) for p in place] if isinstance(place, tuple | list) else []
        if parts and parts[0] in {"body", "query", "path", "header", "cookie"}:
            parts = parts[1:]
        code = FIELD_CODES.get(str(item.get("type")), "field.invalid")
        context = item.get("ctx")
        params = {k: str(v) for k, v in context.items()} if isinstance(context, dict) else {}
        found.append(FieldError(".".join(parts), code, params))
    return found


def expected(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AppError)  # noqa: S101  registered for this type only
    return answer(request, error)


def invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    return answer(request, Invalid(fields_of(error.errors())))


def plain_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    if isinstance(error.__cause__, UnicodeDecodeError):
        return answer(request, BadRequest("web.not_utf8"))
    return answer(request, HttpError(error.status_code))


def database_away(request: Request, error: Exception) -> JSONResponse:
    """The database restarts, is full or is out of reach: nothing was stored, the caller may try again."""
    assert isinstance(error, DBAPIError)  # noqa: S101
    if isinstance(error.orig, DiskFull):
        log.error("the database's disk is full")
        return answer(request, Unavailable("web.disk_full", retry_after=60))
    if isinstance(error, OperationalError) or error.connection_invalidated:
        log.warning("database unreachable: %s", type(error.orig).__name__)
        return answer(request, Unavailable("web.database_away", retry_after=2))
    return unexpected(request, error)


def unexpected(request: Request, error: Exception) -> JSONResponse:
    """A defect of ours: log it under a reference number that the screen shows."""
    reference = secrets.token_hex(4)
    log.error("unexpected error %s on %s %s", reference, request.method, request.url.path, exc_info=error)
    failed = HttpError(500)
    document = problem(failed, language_of(request), request.url.path)
    document["reference"] = reference
    return JSONResponse(document, status_code=500, media_type="application/problem+json")


HANDLERS: dict[type[Exception], Callable[[Request, Exception], JSONResponse]] = {
    AppError: expected,
    RequestValidationError: invalid,
    HTTPException: plain_http,
    DBAPIError: database_away,
}


def response_to(request: Request, error: Exception) -> JSONResponse:
    """What is answered to whatever taking a request in has raised."""
    handler = next((told for kind, told in HANDLERS.items() if isinstance(error, kind)), unexpected)
    return handler(request, error)


class Unexpected:
    """ASGI wrapper: what nobody expected is answered here, inside the wrappers that add headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except BodyTooLong:
            raise
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            await unexpected(Request(scope, receive), error)(scope, receive, send)


def install(app: FastAPI) -> None:
    """Register the handlers."""
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
    app.add_middleware(Unexpected)
