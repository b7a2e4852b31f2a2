"""How the message of another system becomes a report, as data: JSON pointers into it. Pure.

text: [/content, /remark]          one pointer or several, joined by lines
title: /subject                    optional, as address, reporter_name, reporter_phone
external: /case/id                 the sender's case: later messages of the same case join its incident
category: {at: /type, map: {A1: "0102"}, otherwise: "0104"}
position: {lon: /x, lat: /y, datum: gcj02}
time: {at: /when, format: "%Y-%m-%d %H:%M:%S", zone: "+08:00"}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from math import isfinite
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, field_validator

from chengyun.kernel.errors import FieldError, Invalid
from chengyun.kernel.fields import Body, Text, storable
from chengyun.territory import gcj02

LONGEST_TEXT = 4000
_ZONE = re.compile(r"([+-])(\d\d):(\d\d)")
_ABSENT = object()


def _pointer(text: str) -> str:
    if text and not text.startswith("/"):
        raise ValueError("a JSON pointer begins with /")
    if re.search(r"~(?![01])", text):
        raise ValueError("in a JSON pointer ~ is written ~0")
    return text


Pointer = Annotated[Text, Field(max_length=200), AfterValidator(_pointer)]


class CategoryMap(Body):
    """The sender's word → our code; `otherwise` where it is absent or not in the map. Neither: not classified."""

    at: Pointer
    map: dict[Text, Text] = Field(max_length=500)
    otherwise: Text | None = None


class PositionMap(Body):
    """Degrees, as numbers or text. `datum` is said, never guessed: gcj02 is converted to WGS-84."""

    lon: Pointer
    lat: Pointer
    datum: Literal["wgs84", "gcj02"]


class TimeMap(Body):
    """`format`: iso, epoch_s, epoch_ms, or a pattern of strptime; `zone` for times that name none."""

    at: Pointer
    format: Text = Field(default="iso", max_length=60)
    zone: Text = "+08:00"

    @field_validator("zone")
    @classmethod
    def _offset(cls, value: str) -> str:
        if _ZONE.fullmatch(value) is None:
            raise ValueError("a zone is written +08:00")
        return value


class SourceMapping(Body):
    """The whole mapping of a source."""

    text: list[Pointer] = Field(min_length=1, max_length=10)
    position: PositionMap
    category: CategoryMap | None = None
    time: TimeMap | None = None
    title: Pointer | None = None
    address: Pointer | None = None
    external: Pointer | None = None
    reporter_name: Pointer | None = None
    reporter_phone: Pointer | None = None

    @field_validator("text", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


SHAPE: TypeAdapter[SourceMapping] = TypeAdapter(SourceMapping)


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a message says, in our terms: WGS-84 degrees, aware time."""

    text: str
    lon: float
    lat: float
    category: str | None
    occurred_at: datetime | None
    title: str | None
    address: str
    external: str | None
    reporter_name: str | None
    reporter_phone: str | None


def read_mapping(written: str) -> dict[str, Any]:
    """A mapping from YAML or JSON text, checked. Raises Invalid with one field per fault."""
    try:
        raw = yaml.safe_load(written)
    except yaml.YAMLError as error:
        raise Invalid([FieldError("mapping", "exchange.mapping", {"why": _first_line(error)})]) from error
    try:
        found: dict[str, Any] = SHAPE.validate_python(raw).model_dump(mode="json", exclude_none=True)
    except ValidationError as error:
        raise Invalid(
            [
                FieldError(
                    ".".join(["mapping", *map(str, one["loc"])]), "exchange.mapping", {"why": one["msg"]}
                )
                for one in error.errors()
            ]
        ) from error
    return found


def _first_line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}" if mark else "YAML"


def at(message: Any, pointer: str) -> Any:
    """The value at a JSON pointer (RFC 6901); `_ABSENT` where there is none."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(message, dict) and key in message:
            message = message[key]
        elif isinstance(message, list) and key.isascii() and key.isdigit() and int(key) < len(message):
            message = message[int(key)]
        else:
            return _ABSENT
    return message


def apply(mapping: Mapping[str, Any], message: Any) -> Mapped:
    """The report that a message is. Raises Invalid naming every pointer whose value cannot be used."""
    return _Reading(SHAPE.validate_python(mapping), message).mapped()


class _Reading:
    """One message read by one mapping; faults are collected by pointer."""

    def __init__(self, mapping: SourceMapping, message: Any) -> None:
        self.mapping, self.message = mapping, message
        self.faults: dict[str, FieldError] = {}

    def mapped(self) -> Mapped:
        m = self.mapping
        lon, lat = self._position(m.position)
        read = Mapped(
            text=self._text(m.text),
            lon=lon,
            lat=lat,
            category=self._category(m.category) if m.category else None,
            occurred_at=self._read(m.time.at, self._time(m.time)) if m.time else None,
            title=self._optional(m.title, 200),
            address=self._optional(m.address, 200) or "",
            external=self._optional(m.external, 200),
            reporter_name=self._optional(m.reporter_name, 200),
            reporter_phone=self._optional(m.reporter_phone, 20),
        )
        if self.faults:
            raise Invalid(self.faults.values())
        return read

    def _read(self, pointer: str, use: Callable[[Any], Any], *, optional: bool = True) -> Any:
        """The value at a pointer as `use` makes it; what cannot be used is noted."""
        value = at(self.message, pointer)
        if value is _ABSENT or value is None or value == "":
            if not optional:
                self._fault(pointer, "exchange.absent")
            return None
        try:
            return use(value)
        except (ValueError, TypeError, OverflowError) as error:
            code = str(error) if str(error).startswith("exchange.") else "field.invalid"
            self._fault(pointer, code, value=str(value)[:50])
            return None

    def _fault(self, pointer: str, code: str, **params: Any) -> None:
        self.faults.setdefault(pointer, FieldError(pointer, code, params))

    def _text(self, pointers: list[str]) -> str:
        parts = [self._read(pointer, _plain) for pointer in pointers]
        joined = "\n".join(part for part in parts if part)[:LONGEST_TEXT]
        if len(joined) < 2 and not any(pointer in self.faults for pointer in pointers):
            self._fault(pointers[0], "exchange.absent")
        return joined

    def _optional(self, pointer: str | None, longest: int) -> str | None:
        if pointer is None:
            return None
        found: str | None = self._read(pointer, lambda value: _plain(value)[:longest])
        return found or None

    def _category(self, mapping: CategoryMap) -> str | None:
        value = self._read(mapping.at, _plain)
        code = mapping.map.get(value or "", mapping.otherwise)
        if code is None and value:
            self._fault(mapping.at, "exchange.unmapped", value=value[:50])
        return code

    def _position(self, mapping: PositionMap) -> tuple[float, float]:
        lon = self._read(mapping.lon, lambda value: _degrees(value, 180.0), optional=False)
        lat = self._read(mapping.lat, lambda value: _degrees(value, 90.0), optional=False)
        if lon is None or lat is None:
            return 0.0, 0.0
        if mapping.datum == "gcj02":
            east, north = gcj02.to_wgs84(lon, lat)
            return float(east), float(north)
        return lon, lat

    def _time(self, mapping: TimeMap) -> Callable[[Any], datetime]:
        def read(value: Any) -> datetime:
            try:
                return _moment(value, mapping)
            except (ValueError, TypeError, OverflowError, OSError) as error:
                raise ValueError("exchange.not_a_time") from error

        return read


def _plain(value: Any) -> str:
    """Text, or a number as text; nothing else is anybody's words."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(value)
    return storable(str(value)).strip()


def _degrees(value: Any, most: float) -> float:
    if isinstance(value, bool):
        raise ValueError(value)
    degrees = float(value)
    if not isfinite(degrees) or abs(degrees) > most:
        raise ValueError(value)
    return degrees


def _moment(value: Any, mapping: TimeMap) -> datetime:
    if mapping.format in ("epoch_s", "epoch_ms"):
        seconds = float(value) / (1000 if mapping.format == "epoch_ms" else 1)
        return datetime.fromtimestamp(seconds, UTC)
    if mapping.format == "iso":
        found = datetime.fromisoformat(value)
    else:
        found = datetime.strptime(value, mapping.format)  # noqa: DTZ007  its zone is set next
    return found if found.tzinfo else found.replace(tzinfo=_zone(mapping.zone))


def _zone(written: str) -> timezone:
    sign, hours, minutes = _ZONE.fullmatch(written).groups()  # type: ignore[union-attr]
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset)
