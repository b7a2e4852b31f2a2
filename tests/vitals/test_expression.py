"""The language of expressions: it is total, small, and says where it does not understand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengyun.vitals.engine.expression import ExpressionError, evaluate, names_in, parse, program


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3 - 4 / 8", 6.5),
        ("-(a - b) * -2", -2.0),
        ("8 / 2 / 2", 2.0),
        ("min(a, b, 7) + max(a, 1.5e1) - abs(-b)", 14.0),
        ("a / (b - 3)", math.nan),
        ("1e300 * 1e300", math.nan),
        ("missing + 1", math.nan),
        ("min(missing, 1)", math.nan),
        ("气压 * 2", 8.0),
    ],
)
def test_values(text: str, value: float) -> None:
    found = evaluate(parse(text), {"a": 2.0, "b": 3.0, "missing": math.nan, "气压": 4.0})
    assert found == value or (math.isnan(found) and math.isnan(value))


@pytest.mark.parametrize(
    ("text", "position", "why"),
    [
        ("", 0, "unfinished"),
        ("1 +", 3, "unfinished"),
        ("(1", 2, "unfinished"),
        ("1 2", 2, "unexpected"),
        ("a ** b", 3, "unexpected"),
        ("a; b", 1, "unexpected"),
        ("a.b", 1, "unexpected"),
        ("exec(1)", 0, "function"),
        ("1 + min(2)", 4, "arguments"),
        ("abs(1, 2)", 0, "arguments"),
        ("(" * 100 + "1" + ")" * 100, 33, "deep"),
        ("a + nobody", 4, "name"),
    ],
)
def test_errors_say_where_and_why(text: str, position: int, why: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        program(text, ("a", "b"))
    assert (caught.value.position, caught.value.why) == (position, why)


def test_names_are_found_where_they_stand() -> None:
    assert [(one.name, one.position) for one in names_in(parse("max(a, 2) - b / a"))] == [
        ("a", 4),
        ("b", 12),
        ("a", 16),
    ]


@given(st.text("ab12.+-*/(), min", max_size=20))
def test_any_text_is_a_value_or_an_error(text: str) -> None:
    """Never another failure."""
    try:
        node = parse(text)
    except ExpressionError:
        return
    if {one.name for one in names_in(node)} <= {"a", "b"}:
        assert not math.isinf(evaluate(node, {"a": 1.0, "b": 0.0}))
