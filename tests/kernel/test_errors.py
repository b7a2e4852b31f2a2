"""Errors leave as problem+json in the reader's language, with every wrong field."""

from __future__ import annotations

import json

import pytest

import chengyun.kernel.messages
from chengyun.kernel import errors
from chengyun.kernel.errors import (
    AppError,
    Conflict,
    FieldError,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    message,
    problem,
    register_messages,
)

FIELDS = [
    FieldError("title", "field.too_long", {"max_length": 40}),
    FieldError("reports.0.phone", "field.missing"),
]


def test_an_invalid_request_lists_every_field_in_the_readers_language() -> None:
    body = problem(Invalid(FIELDS), "zh", "/api/incidents")
    assert body["status"] == 422
    assert body["detail"] == "有 2 处内容需要修改。"
    assert body["fields"] == [
        {"path": "title", "code": "field.too_long", "message": "太长，最多 40 个字。"},
        {"path": "reports.0.phone", "code": "field.missing", "message": "必须填写。"},
    ]
    assert [field["message"] for field in problem(Invalid(FIELDS), "en", "/")["fields"]] == [
        "Too long: at most 40 characters.",
        "Required.",
    ]
    assert body["instance"] == "/api/incidents"
    json.dumps(body)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Unauthenticated("x"), 401),
        (Forbidden("x"), 403),
        (NotFound("x"), 404),
        (Conflict("x"), 409),
        (Gone("x"), 410),
        (TooLarge("x"), 413),
        (TooMany("x", retry_after=30), 429),
        (Unavailable("x"), 503),
    ],
)
def test_each_error_has_its_status_and_a_title_in_both_languages(error: AppError, status: int) -> None:
    zh, en = problem(error, "zh", "/"), problem(error, "en", "/")
    assert zh["status"] == en["status"] == error.status == status
    assert zh["title"] != en["title"]
    assert zh["type"] == "urn:chengyun:problem:x"


def test_the_wait_is_told() -> None:
    assert problem(TooMany("login.locked", retry_after=30), "zh", "/")["retry_after"] == 30


def test_a_defect_tells_nothing_of_its_inside() -> None:
    first, second = (problem(RuntimeError("password=secret"), "en", "/") for _ in range(2))
    assert first["status"] == 500
    assert "secret" not in json.dumps(first)
    assert first["reference"] != second["reference"]


def test_a_parameter_that_is_missing_does_not_hide_the_message() -> None:
    assert message("field.too_long", {}, "zh") == "太长，最多 … 个字。"


def test_an_unregistered_code_shows_as_itself() -> None:
    assert message("no.such.code", {}, "zh") == "no.such.code"


def test_a_code_cannot_be_taken_twice() -> None:
    register_messages({"test.taken": ("甲", "a")})
    register_messages({"test.taken": ("甲", "a")})
    with pytest.raises(ValueError, match=r"test\.taken"):
        register_messages({"test.taken": ("乙", "b")})


def test_every_sentence_of_the_kernel_names_the_same_parameters_in_both_languages() -> None:
    import string

    assert chengyun.kernel.messages
    for code, (zh, en) in errors._MESSAGES.items():
        # "zh" and "en", "remedy" and "remedy_en" are one parameter each, told in the sentence's own language
        same = {"zh": "text", "en": "text"}
        names = [
            {
                same.get(name, name.removesuffix("_en"))
                for _, name, _, _ in string.Formatter().parse(text)
                if name
            }
            for text in (zh, en)
        ]
        assert names[0] == names[1], code
        assert zh != en, code
