"""The language of a sign's expression: + - * / ( ) numbers, min, max, abs over names; nothing else.

It is total: a division by zero, an overflow or an input without value is no value (NaN).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([^\W\d]\w*)|([-+*/(),]))"
)
_FUNCTIONS = {"min": (2, 8), "max": (2, 8), "abs": (1, 1)}  # fewest and most arguments
DEEPEST = 32  # brackets within brackets, and numbers that wait on the stack

CONSTANT, OPERAND, ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATE, LEAST, GREATEST, MAGNITUDE = range(10)
_CODES = {
    "+": ADD,
    "-": SUBTRACT,
    "*": MULTIPLY,
    "/": DIVIDE,
    "neg": NEGATE,
    "min": LEAST,
    "max": GREATEST,
    "abs": MAGNITUDE,
}


class ExpressionError(ValueError):
    """`position` counts characters from 0; `why`: unexpected, unfinished, function, arguments, name, deep."""

    def __init__(self, text: str, position: int, why: str) -> None:
        super().__init__(f"{why} at {position} in {text!r}")
        self.text, self.position, self.why = text, position, why


@dataclass(frozen=True, slots=True)
class Number:
    """A literal."""

    value: float
    position: int


@dataclass(frozen=True, slots=True)
class Name:
    """`x`, or the name of an input."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """An operator (+ - * / neg) or function (min max abs) and what it is applied to."""

    what: str
    of: tuple[Node, ...]
    position: int


Node = Number | Name | Call


@dataclass(frozen=True, slots=True)
class Program:
    """Postfix: `codes[i]` with `values[i]`, which is the number of CONSTANT and the place of OPERAND."""

    codes: tuple[int, ...]
    values: tuple[float, ...]


def parse(text: str) -> Node:
    """The tree of `text`. Raises ExpressionError."""
    reader = _Reader(text)
    node = reader.sum(0)
    if reader.kind:
        raise reader.wrong("unexpected")
    return node


def names_in(node: Node) -> Iterator[Name]:
    """Every mention of a name."""
    if isinstance(node, Name):
        yield node
    elif isinstance(node, Call):
        for part in node.of:
            yield from names_in(part)


def evaluate(node: Node, values: Mapping[str, float]) -> float:
    """The value, NaN where there is none. Plain, for the oracle and for explanations."""
    if any(math.isnan(values[name.name]) for name in names_in(node)):
        return math.nan
    found = _evaluate(node, values)
    return found if math.isfinite(found) else math.nan


def program(text: str, operands: Sequence[str]) -> Program:
    """`text` for the kernel's stack. Raises ExpressionError, also where a name is none of `operands`."""
    codes: list[int] = []
    values: list[float] = []
    _emit(parse(text), text, operands, codes, values)
    if _depth(codes) > DEEPEST:
        raise ExpressionError(text, 0, "deep")
    return Program(tuple(codes), tuple(values))


def _evaluate(node: Node, values: Mapping[str, float]) -> float:
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Name):
        return values[node.name]
    parts = [_evaluate(part, values) for part in node.of]
    if any(math.isnan(part) for part in parts):
        return math.nan
    return _apply(node.what, parts)


def _apply(what: str, parts: list[float]) -> float:
    first = parts[0]
    match what:
        case "neg":
            return -first
        case "abs":
            return abs(first)
        case "min":
            return min(parts)
        case "max":
            return max(parts)
        case "+":
            return first + parts[1]
        case "-":
            return first - parts[1]
        case "*":
            return first * parts[1]
    return first / parts[1] if parts[1] != 0 else math.nan


def _emit(node: Node, text: str, operands: Sequence[str], codes: list[int], values: list[float]) -> None:
    if isinstance(node, Call):
        for place, part in enumerate(node.of):
            _emit(part, text, operands, codes, values)
            if place or len(node.of) == 1:  # min(a, b, c) is min(min(a, b), c)
                codes.append(_CODES[node.what])
                values.append(0.0)
    elif isinstance(node, Number):
        codes.append(CONSTANT)
        values.append(node.value)
    elif node.name in operands:
        codes.append(OPERAND)
        values.append(float(operands.index(node.name)))
    else:
        raise ExpressionError(text, node.position, "name")


def _depth(codes: Sequence[int]) -> int:
    now = most = 0
    for code in codes:
        now += 1 if code in (CONSTANT, OPERAND) else 0 if code in (NEGATE, MAGNITUDE) else -1
        most = max(most, now)
    return most


class _Reader:
    """Recursive descent; `kind` is "number", "name", the sign itself, or "" at the end."""

    def __init__(self, text: str) -> None:
        self.text, self.kind, self.word, self.position, self._next = text, "", "", 0, 0
        self.step()

    def step(self) -> None:
        """Go to the next token."""
        rest = self.text[self._next :]
        self.position = self._next + len(rest) - len(rest.lstrip())
        if not rest.strip():
            self.kind, self.word = "", ""
            return
        found = _TOKEN.match(self.text, self._next)
        if found is None:
            raise self.wrong("unexpected")
        number, name, sign = found.groups()
        self.word = number or name or sign
        self.kind = "number" if number else "name" if name else sign
        self._next = found.end()

    def wrong(self, why: str) -> ExpressionError:
        return ExpressionError(self.text, self.position, why)

    def sum(self, deep: int) -> Node:
        """Terms with + and -."""
        left = self.product(deep)
        while self.kind in ("+", "-"):
            what, position = self.kind, self.position
            self.step()
            left = Call(what, (left, self.product(deep)), position)
        return left

    def product(self, deep: int) -> Node:
        """Factors with * and /."""
        left = self.factor(deep)
        while self.kind in ("*", "/"):
            what, position = self.kind, self.position
            self.step()
            left = Call(what, (left, self.factor(deep)), position)
        return left

    def factor(self, deep: int) -> Node:
        """A number, a name, a call, something in brackets, or one of these with a minus before it."""
        if deep > DEEPEST:
            raise self.wrong("deep")
        position, kind, word = self.position, self.kind, self.word
        if not kind:
            raise self.wrong("unfinished")
        if kind not in ("number", "name", "(", "-"):
            raise self.wrong("unexpected")
        self.step()
        if kind == "number":
            return Number(float(word), position)
        if kind == "-":
            return Call("neg", (self.factor(deep + 1),), position)
        if kind == "(":
            return self._closed(self.sum(deep + 1))
        return self._call(word, position, deep) if self.kind == "(" else Name(word, position)

    def _closed(self, node: Node) -> Node:
        if self.kind != ")":
            raise self.wrong("unexpected" if self.kind else "unfinished")
        self.step()
        return node

    def _call(self, word: str, position: int, deep: int) -> Node:
        if word not in _FUNCTIONS:
            raise ExpressionError(self.text, position, "function")
        self.step()
        parts = [self.sum(deep + 1)]
        while self.kind == ",":
            self.step()
            parts.append(self.sum(deep + 1))
        fewest, most = _FUNCTIONS[word]
        if not fewest <= len(parts) <= most:
            raise ExpressionError(self.text, position, "arguments")
        return self._closed(Call(word, tuple(parts), position))
