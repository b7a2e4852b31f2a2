"""From tokens to an expression, by precedence: or, and, not, comparison, sum, product."""

from __future__ import annotations

from collections.abc import Callable

import shapely
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from chengyun.kernel.errors import BadRequest
from chengyun.sensing.sensorthings.grammar import Call, Literal, Node, Order, Path
from chengyun.sensing.sensorthings.lexing import Token, tokens
from chengyun.sensing.sensorthings.moments import period, span

COMPARE = ("eq", "ne", "lt", "le", "gt", "ge")
WORDS = {"true": True, "false": False, "null": None}
LONGEST = 10_000
DEEPEST = 60


def parse_filter(text: str) -> Node:
    """The expression of a $filter. Raises BadRequest("sta.syntax")."""
    return _Parser(text).whole()


def parse_order(text: str) -> tuple[Order, ...]:
    """The parts of an $orderby. Raises BadRequest("sta.syntax")."""
    found = []
    for part in text.split(","):
        name, _, direction = part.strip().partition(" ")
        if direction.strip() not in ("", "asc", "desc") or not name:
            raise BadRequest("sta.syntax", at=part, text=text[:200])
        found.append(Order(path_of(name), direction.strip() == "desc"))
    return tuple(found)


def path_of(text: str) -> Path:
    """ "a/b[1]/c" as parts."""
    parts: list[str | int] = []
    for part in text.split("/"):
        name, *places = part.replace("]", "").split("[")
        if not name or not all(place.isdecimal() for place in places):
            raise BadRequest("sta.syntax", at=part, text=text[:200])
        parts += [name, *map(int, places)]
    return Path(tuple(parts))


class _Parser:
    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise BadRequest("sta.syntax", at=text[:20], text="…")
        self.text = text
        self.left: list[Token] = [*tokens(text)][::-1]
        self.depth = 0

    def whole(self) -> Node:
        found = self.either()
        if self.left:
            raise self.wrong()
        return found

    def wrong(self) -> BadRequest:
        at = self.text[self.left[-1].at :][:20] if self.left else "…"
        return BadRequest("sta.syntax", at=at, text=self.text[:200])

    def word(self, *wanted: str) -> str | None:
        """Take the next token if it is one of these words or marks."""
        if self.left and self.left[-1].kind in ("name", "mark") and self.left[-1].text in wanted:
            return self.left.pop().text
        return None

    def chain(self, part: Callable[[], Node], *words: str) -> Node:
        found = part()
        while (name := self.word(*words)) is not None:
            found = Call(name, (found, part()))
        return found

    def either(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.wrong()
        found = self.chain(self.both, "or")
        self.depth -= 1
        return found

    def both(self) -> Node:
        return self.chain(self.negated, "and")

    def negated(self) -> Node:
        times = 0
        while self.word("not"):
            times += 1
        found = self.compared()
        return Call("not", (found,)) if times % 2 else found

    def compared(self) -> Node:
        return self.chain(self.total, *COMPARE)

    def total(self) -> Node:
        return self.chain(self.product, "add", "sub")

    def product(self) -> Node:
        return self.chain(self.single, "mul", "div", "mod")

    def single(self) -> Node:
        if not self.left:
            raise self.wrong()
        if self.word("("):
            found = self.either()
            self.closed()
            return found
        token = self.left.pop()
        if token.kind == "name" and token.text not in WORDS:
            return self.call(token.text) if self.word("(") else path_of(token.text)
        try:
            return Literal(constant(token))
        except (ValueError, OverflowError, GEOSException) as error:
            raise BadRequest("sta.syntax", at=token.text[:40], text=self.text[:200]) from error

    def call(self, name: str) -> Node:
        args: list[Node] = []
        if self.word(")"):
            return Call(name, ())
        args.append(self.either())
        while self.word(","):
            args.append(self.either())
        self.closed()
        return Call(name, tuple(args))

    def closed(self) -> None:
        if not self.word(")"):
            raise self.wrong()


_READ: dict[str, Callable[[str], object]] = {
    "text": lambda text: text[1:-1].replace("''", "'"),
    "number": lambda text: int(text) if text.lstrip("+-").isdecimal() else float(text),
    "moment": span,
    "interval": span,
    "duration": lambda text: period(text[9:-1]),
    "shape": lambda text: shapely.from_wkt(text[10:-1]),
    "name": lambda text: WORDS[text],
}


def constant(token: Token) -> str | int | float | bool | BaseGeometry | None:
    """What a token stands for. Raises ValueError."""
    reader = _READ.get(token.kind)
    if reader is None:
        raise ValueError(token.text)
    return reader(token.text)
