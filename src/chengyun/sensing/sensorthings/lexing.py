"""Expressions of $filter and $orderby as tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chengyun.kernel.errors import BadRequest

MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
PERIOD = r"P(?=[\dT])(?:[\d.]+[YMWD])*(?:T(?:[\d.]+[HMS])+)?"
_TOKEN = re.compile(
    rf"""
    (?P<space>\s+)
  | (?P<interval>{MOMENT}/(?:{MOMENT}|{PERIOD}))
  | (?P<moment>{MOMENT}|\d{{4}}-\d\d-\d\d)
  | (?P<duration>duration'{PERIOD}')
  | (?P<shape>geography'[^']*')
  | (?P<text>'(?:[^']|'')*')
  | (?P<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<name>@?[^\W\d][\w.]*(?:\[\d+\])*(?:/@?[\w.:\-]+(?:\[\d+\])*)*)
  | (?P<mark>[(),])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is the name of a group above."""

    kind: str
    text: str
    at: int


def tokens(text: str) -> Iterator[Token]:
    """The tokens of an expression. Raises BadRequest at the first place that is none."""
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise BadRequest("sta.syntax", at=text[at : at + 20], text=text[:200])
        if found.lastgroup != "space":
            yield Token(found.lastgroup, found.group(), at)
        at = found.end()
