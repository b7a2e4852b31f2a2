"""Expected failures: typed, with their own HTTP status, worded in the reader's language at the edge."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

_MESSAGES: dict[str, tuple[str, str]] = {}


class AppError(Exception):
    """An expected failure. `code` names its message, `params` fill it, `status` is the HTTP status."""

    status = 500

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: dict[str, Any] = params

    def __str__(self) -> str:
        return text_of(self, "en")


class BadRequest(AppError):
    status = 400


class Unauthenticated(AppError):
    status = 401


class Forbidden(AppError):
    status = 403


class NotFound(AppError):
    status = 404


class Conflict(AppError):
    status = 409


class Gone(AppError):
    status = 410


class TooLarge(AppError):
    status = 413


class TooMany(AppError):
    """429; `retry_after` is in seconds and becomes the Retry-After header."""

    status = 429

    def __init__(self, code: str, retry_after: int, **params: Any) -> None:
        super().__init__(code, retry_after=retry_after, **params)
        self.retry_after = retry_after


class Unavailable(AppError):
    status = 503


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: `path` is dotted ("reporter.phone", "files.0"), `code` names the message."""

    path: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)


class Invalid(AppError):
    """422 with every wrong field at once."""

    status = 422

    def __init__(self, fields: Iterable[FieldError], code: str = "kernel.invalid", **params: Any) -> None:
        self.fields = list(fields)
        super().__init__(code, **{"count": len(self.fields), **params})


def register_messages(zh_en: Mapping[str, tuple[str, str]]) -> None:
    """Add messages: code → (Chinese, English), both `str.format` templates over the error's params.

    Raises ValueError when a code is already taken by another text.
    """
    for code, texts in zh_en.items():
        if _MESSAGES.setdefault(code, texts) != texts:
            raise ValueError(f"message {code!r} is registered twice with different texts")


def message(code: str, params: Mapping[str, Any], language: str) -> str:
    """The text of `code` in `language` ("zh" | "en"); an unregistered code shows as itself."""
    texts = _MESSAGES.get(code)
    if texts is None:
        return code
    return texts[1 if language == "en" else 0].format_map(_Shown(params))


def text_of(error: AppError, language: str) -> str:
    """The error's sentence, then a line for each wrong field: for terminals and logs."""
    lines = [message(error.code, error.params, language)]
    if isinstance(error, Invalid):
        lines += [f"  {wrong.path}: {message(wrong.code, wrong.params, language)}" for wrong in error.fields]
    return "\n".join(lines)


class _Shown(dict[str, Any]):
    """A template may name a parameter that one raiser does not give; the text must still come out."""

    def __missing__(self, key: str) -> str:
        return "…"


def problem(error: BaseException, language: str, instance: str) -> dict[str, Any]:
    """RFC 9457 problem+json for any error; anything that is not an AppError is told as a plain 500.

    `reference` is a short random id: print it into the log beside the traceback.
    """
    known = error if isinstance(error, AppError) else AppError("http.500")
    body: dict[str, Any] = {
        "type": f"urn:chengyun:problem:{known.code}",
        "title": _title(known.status, language),
        "status": known.status,
        "detail": message(known.code, known.params, language),
        "code": known.code,
        "instance": instance,
        "reference": secrets.token_hex(4),
    }
    if isinstance(known, Invalid):
        body["fields"] = [
            {"path": wrong.path, "code": wrong.code, "message": message(wrong.code, wrong.params, language)}
            for wrong in known.fields
        ]
    if isinstance(known, TooMany):
        body["retry_after"] = known.retry_after
    return body


def _title(status: int, language: str) -> str:
    code = f"http.{status}"
    return message(code, {}, language) if code in _MESSAGES else HTTPStatus(status).phrase
