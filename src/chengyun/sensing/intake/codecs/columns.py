"""What every codec makes of a body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chengyun.kernel.errors import BadRequest, TooLarge
from chengyun.kernel.fields import storable
from chengyun.sensing.contracts import Ints, Moments, Values

LARGEST = 1_000_000  # bytes of one message
MOST = 100_000  # readings of one message


class Malformed(BadRequest):
    """A body that cannot be read; params say where: line and column, byte, or index of the reading."""


@dataclass(slots=True)
class Columns:
    """Readings as devices sent them, one list entry each. `at`: None is the moment of arrival, a number an epoch in
    seconds, milliseconds or microseconds by its size, a text ISO-8601. `unit` None: the registered one.
    """

    thing: list[str] = field(default_factory=list)
    quantity: list[str] = field(default_factory=list)
    value: list[object] = field(default_factory=list)
    at: list[object] = field(default_factory=list)
    unit: list[str | None] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.value)

    def add(self, thing: str, quantity: str, value: object, at: object, unit: str | None) -> None:
        """One reading more."""
        self.thing.append(thing)
        self.quantity.append(quantity)
        self.value.append(value)
        self.at.append(at)
        self.unit.append(unit)


@dataclass(frozen=True, slots=True)
class Packed:
    """Readings that name datastreams by id, moments in microseconds."""

    stream: Ints
    at: Moments
    value: Values

    def __len__(self) -> int:
        return len(self.stream)


def too_large(size: int) -> TooLarge:
    """Refused by name, unread."""
    return TooLarge("sensing.too_large", size=size, limit=LARGEST)


def line_and_column(text: str, place: int) -> tuple[int, int]:
    """Both from 1."""
    return text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)


def decoded(body: bytes) -> str:
    """UTF-8 text. Raises Malformed with the first byte that is none."""
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Malformed("sensing.not_utf8", byte=error.start) from error


def text_of(value: object, index: int, name: str) -> str:
    """A name in a reading. Raises Malformed for anything but a text of at most 200 characters that can be stored."""
    try:
        if isinstance(value, str) and 0 < len(value) <= 200:
            return storable(value)
    except ValueError as error:
        raise Malformed("sensing.malformed_field", index=index, field=name) from error
    raise Malformed("sensing.malformed_field", index=index, field=name)


def not_too_many(readings: Sequence[object] | Columns) -> None:
    """Raises Malformed beyond the limit."""
    if len(readings) > MOST:
        raise Malformed("sensing.too_many", count=len(readings), limit=MOST)
