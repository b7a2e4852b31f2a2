"""What a request asks for, once it is read: expressions, query options, the way to a resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class Span:
    """A moment (`end` None) or an interval, UTC."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant."""

    value: str | int | float | bool | Span | timedelta | BaseGeometry | None


@dataclass(frozen=True, slots=True)
class Path:
    """Names from the entity on: relations, a property, then keys (text) and places (int) within its JSON."""

    parts: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function, or an operator by its word ("and", "eq", "add", …)."""

    name: str
    args: tuple[Node, ...]


Node = Literal | Path | Call


@dataclass(frozen=True, slots=True)
class Order:
    path: Path
    descending: bool


@dataclass(frozen=True, slots=True)
class Options:
    """The query options of a request, or of one $expand. `top` None: as many as a page holds."""

    filter: Node | None = None
    orderby: tuple[Order, ...] = ()
    select: tuple[str, ...] = ()
    expand: Mapping[str, Options] = field(default_factory=dict)
    top: int | None = None
    skip: int = 0
    count: bool = False
    array: bool = False  # $resultFormat=dataArray


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a resource path: a set or a relation, with the id of one entity of it."""

    name: str
    id: str | None


@dataclass(frozen=True, slots=True)
class Resource:
    """Where a path leads. `within`: the property and places in its JSON; `tail`: "$ref", "$value" or ""."""

    steps: tuple[Step, ...]
    within: tuple[str | int, ...] = ()
    tail: str = ""
