r"""Influx line protocol: MEASUREMENT[,TAG=VALUE…] FIELD=VALUE[,FIELD=VALUE…] [NANOSECONDS], one line each.

The thing is the tag `thing`, without it the measurement; a field is a quantity. Blanks, commas and equals signs in
names are escaped by \, texts stand in double quotes. Lines that begin with # are comments.
"""

from __future__ import annotations

import re

from chengyun.sensing.intake.codecs.columns import Columns, Malformed, decoded, not_too_many, text_of

NAME = r"(?:\\.|[^\\,= \n])+"
VALUE = r'(?:"(?:\\.|[^"\\])*"|[^",= ]+)'
LINE = re.compile(
    rf"(?P<name>(?:\\.|[^\\, ])+)(?P<tags>(?:,{NAME}={NAME})*) +(?P<fields>{NAME}={VALUE}(?:,{NAME}={VALUE})*)"
    r"(?: +(?P<at>-?\d{1,19}))? *"
)
PAIR = re.compile(rf",?(?P<key>{NAME})=(?P<value>{VALUE})")
TAG = re.compile(rf",(?P<key>{NAME})=(?P<value>{NAME})")
ESCAPED = re.compile(r"\\([,= ])")
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
WHOLE = re.compile(r"[+-]?\d+[iu]")


def decode(body: bytes, thing: str) -> Columns:
    """Raises Malformed with the line."""
    found = Columns()
    for number, line in enumerate(decoded(body).split("\n"), 1):
        stripped = line.strip("\r\t ")
        if stripped and not stripped.startswith("#"):
            _read(found, stripped, number, thing)
    not_too_many(found)
    return found


def _read(found: Columns, line: str, number: int, thing: str) -> None:
    matched = LINE.fullmatch(line)
    if matched is None:
        partly = LINE.match(line)
        raise Malformed("sensing.malformed_line", line=number, column=(partly.end() if partly else 0) + 1)
    tags = {_plain(tag["key"]): _plain(tag["value"]) for tag in TAG.finditer(matched["tags"])}
    code = text_of(tags.get("thing") or thing or _plain(matched["name"]), len(found), "thing")
    at = None if matched["at"] is None else Microseconds(int(matched["at"]) // 1000)
    for pair in PAIR.finditer(matched["fields"]):
        quantity = text_of(_plain(pair["key"]), len(found), "quantity")
        found.add(code, quantity, _value(pair["value"]), at, tags.get("unit"))


class Microseconds(int):
    """An epoch whose unit is known, however small it is."""


def _plain(name: str) -> str:
    return ESCAPED.sub(r"\1", name)


def _value(text: str) -> object:
    """A number, else the text, which screening rejects."""
    if NUMBER.fullmatch(text):
        return float(text)
    return float(text[:-1]) if WHOLE.fullmatch(text) else text
