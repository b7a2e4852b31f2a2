"""The table of things: read with every fault, written back in the same form.

A line is a thing. What one of its datastreams has that its quantity has not stands in the last columns, with the
datastream's name: on the thing's own line, or on further lines with the same code, whose other cells are empty or equal.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chengyun.identity import service as identity
from chengyun.kernel.errors import AppError, FieldError, Invalid
from chengyun.kernel.sheets import day_of, rows_of, written
from chengyun.kernel.transactions import Tx
from chengyun.sensing.contracts import Kind
from chengyun.sensing.registry import adding
from chengyun.sensing.registry.contracts import NewThing, StreamSetting
from chengyun.sensing.registry.rules import part_of
from chengyun.territory import service as territory

MOST_LINES, MOST_BYTES, UNPACKED = 100_000, 30_000_000, 300_000_000
# Column → its heads, lower case; the first two are those of the template in Chinese and English.
HEADS: dict[str, tuple[str, ...]] = {
    "code": ("设备编号", "code", "编号", "device"),
    "name": ("名称", "name", "设备名称"),
    "kind": ("设备类型", "kind", "类型", "type"),
    "owner": ("权属单位", "owner", "单位编码", "owner unit"),
    "lon": ("经度", "longitude", "lon"),
    "lat": ("纬度", "latitude", "lat"),
    "datum": ("坐标系", "datum"),
    "address": ("地址", "address"),
    "quota": ("每分钟限额", "quota per minute", "quota"),
    "quantity": ("测点", "datastream"),
    "unit": ("计量单位", "unit"),
    "low": ("量程下限", "low"),
    "high": ("量程上限", "high"),
    "interval_s": ("上报间隔（秒）", "interval (s)", "上报间隔(秒)", "interval"),
    "scale": ("校准系数", "scale"),
    "shift": ("校准偏移", "shift"),
    "calibrated_at": ("校准日期", "calibrated"),
}
WIDTHS = (20, 26, 18, 26, 12, 12, 10, 30, 12, 16, 12, 10, 10, 14, 10, 10, 14)
NEEDED = ("code", "name", "kind", "lon", "lat")
OF_THING = ("name", "kind", "owner", "lon", "lat", "datum", "address", "quota")
NUMBERS = ("low", "high", "interval_s", "scale", "shift")
OF_STREAM = ("unit", *NUMBERS, "calibrated_at")
DATUMS: dict[str, territory.Datum] = {
    "": "wgs84", "wgs84": "wgs84", "wgs-84": "wgs84", "cgcs2000": "wgs84", "gcj02": "gcj02", "gcj-02": "gcj02",
    "bd09": "bd09", "bd-09": "bd09",
}  # fmt: skip
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
Line = tuple[int, dict[str, str]]
Told = tuple[int, str, FieldError]  # line, column, what is wrong


@dataclass(slots=True)
class Lines:
    """What a table says: things, where each of their fields stands, and what could not be read."""

    things: list[NewThing] = field(default_factory=list)
    faults: list[Told] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=dict)  # line → what it calls its thing
    first: list[int] = field(default_factory=list)  # line of each thing
    streams: list[list[int]] = field(default_factory=list)  # lines of each thing's settings

    def where(self, place: int, path: str) -> tuple[int, str]:
        """Line and column of a field of thing number `place`."""
        parts = path.split(".")
        if parts[0] == "streams":
            return self.streams[place][int(parts[1])], parts[2]
        return self.first[place], path


class Names:
    """What the cells name, each looked up once."""

    def __init__(self, tx: Tx, kinds: Mapping[str, Kind]) -> None:
        self._tx = tx
        self._kinds = {
            name: kind.code for kind in kinds.values() for name in (kind.name_en, kind.name_zh, kind.code)
        }
        self._units = identity.units_by_name(tx)
        self._owners: dict[tuple[str, int | None], int | AppError] = {}

    def kind(self, told: str) -> str:
        """The code; what is no kind stays as it was told, for the check to name."""
        return self._kinds.get(told, told)

    def owner(self, told: str, grid: int) -> int | None:
        """The unit's id. Raises Invalid, NotFound."""
        if not told:
            return None
        key = told, grid if grid >= 0 else None
        if key not in self._owners:
            try:
                self._owners[key] = identity.unit_named(self._tx, self._units, *key).id
            except AppError as error:
                self._owners[key] = error
        found = self._owners[key]
        if isinstance(found, AppError):
            raise found
        return found


def titles(language: str) -> dict[str, str]:
    """The heads of the template by column."""
    return {key: names[language == "en"] for key, names in HEADS.items()}


def lines_of(content: bytes) -> tuple[list[Line], list[str]]:
    """Lines with their number in the file, by column; and the heads of columns that nothing is made of."""
    rows = rows_of(content, UNPACKED)
    heads = [head.strip().lower() for head in rows[0]] if rows else []
    known = {place: key for place, head in enumerate(heads) for key, names in HEADS.items() if head in names}
    missing = [key for key in NEEDED if key not in known.values()]
    if missing:
        raise _wrong("import.no_column", columns="、".join(HEADS[key][0] for key in missing))
    lines = [
        (number, {key: row[place] for place, key in known.items() if place < len(row)})
        for number, row in enumerate(rows[1:], start=2)
        if any(row)
    ]
    if not lines or len(lines) > MOST_LINES:
        raise _wrong("import.rows", most=MOST_LINES, found=len(lines))
    return lines, [head for place, head in enumerate(rows[0]) if head.strip() and place not in known]


def _wrong(code: str, **params: object) -> Invalid:
    return Invalid([FieldError("file", code, params)])


def read(tx: Tx, lines: Sequence[Line], kinds: Mapping[str, Kind]) -> Lines:
    """Everything that the lines say, and everything that is wrong with how they say it."""
    reader = _Reader(Names(tx, kinds), kinds)
    groups = _groups(lines)
    places = _places([group[0] for group in groups], reader)
    grids = adding.grids_of(tx, places)
    for group, (lon, lat), grid in zip(groups, places, grids, strict=True):
        number, line = group[0]
        kind = reader.names.kind(line.get("kind", ""))
        reader.found.first.append(number)
        reader.found.codes |= dict.fromkeys((one for one, _ in group), line.get("code", ""))
        reader.found.things.append(
            NewThing(
                code=line.get("code", ""), kind=kind, name=line.get("name", ""), lon=lon, lat=lat,
                owner=reader.owner(number, line, grid), address=line.get("address", ""),
                quota=reader.quota(number, line), streams=reader.settings(group, kind),
            )
        )  # fmt: skip
    return reader.found


def _groups(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines of one code together; a line without a code stands for itself."""
    groups: list[list[Line]] = []
    known: dict[str, list[Line]] = {}
    for number, line in lines:
        code = line.get("code", "")
        if code and code in known:
            known[code].append((number, line))
        else:
            known[code] = [(number, line)]
            groups.append(known[code])
    return groups


def _places(lines: Sequence[Line], reader: _Reader) -> list[tuple[float, float]]:
    """WGS-84 degrees of each line; what cannot be read is no number."""
    nowhere = float("nan")
    told = np.full((len(lines), 2), nowhere)
    datums: dict[territory.Datum, list[int]] = {}
    for place, (number, line) in enumerate(lines):
        spot = [reader.number(number, line, column, needed=True) for column in ("lon", "lat")]
        datum = DATUMS.get(line.get("datum", "").lower())
        if datum is None:
            reader.wrong(number, "datum", "thing.datum", found=line["datum"])
        elif None not in spot:
            told[place] = spot
            datums.setdefault(datum, []).append(place)
    for datum, places in datums.items():
        told[places] = territory.many_to_wgs84(told[places], datum)
    return [(lon, lat) for lon, lat in told.tolist()]


class _Reader:
    """Reads cells, and keeps what is wrong with them."""

    def __init__(self, names: Names, kinds: Mapping[str, Kind]) -> None:
        self.names, self.found = names, Lines()
        self._parts = {code: [part_of(one.code) for one in kind.quantities] for code, kind in kinds.items()}

    def wrong(self, number: int, column: str, code: str, /, **params: object) -> None:
        """Line `number` has a fault in `column`."""
        self.found.faults.append((number, column, FieldError(column, code, params)))

    def number(
        self, number: int, line: Mapping[str, str], column: str, *, needed: bool = False
    ) -> float | None:
        """The number of a cell; None where it is empty, or is none."""
        told = line.get(column, "")
        if not told and not needed:
            return None
        value = float(told) if NUMBER.fullmatch(told) else math.inf
        if math.isfinite(value):
            return value
        self.wrong(number, column, "thing.number", found=told)
        return None

    def quota(self, number: int, line: Mapping[str, str]) -> int | None:
        """A whole number of readings; None: by the kind."""
        value = self.number(number, line, "quota")
        if value is None or value.is_integer():
            return None if value is None else int(value)
        self.wrong(number, "quota", "thing.number", found=line["quota"])
        return None

    def owner(self, number: int, line: Mapping[str, str], grid: int) -> int | None:
        try:
            return self.names.owner(line.get("owner", ""), grid)
        except Invalid as error:
            self.wrong(number, "owner", error.fields[0].code, **error.fields[0].params)
        except AppError as error:
            self.wrong(number, "owner", error.code, **error.params)
        return None

    def settings(self, group: Sequence[Line], kind: str) -> tuple[StreamSetting, ...]:
        """What the lines of one thing set of its datastreams."""
        settings, lines = [], []
        for place, (number, line) in enumerate(group):
            if place:
                self._same(number, line, group[0][1])
            setting = self._setting(number, line, self._parts.get(kind, []))
            if setting is not None:
                settings.append(setting)
                lines.append(number)
            elif place:
                self.wrong(number, "code", "thing.code_twice", code=line["code"])
        self.found.streams.append(lines)
        return tuple(settings)

    def _same(self, number: int, line: Mapping[str, str], first: Mapping[str, str]) -> None:
        for column in OF_THING:
            told = line.get(column, "")
            if told and told != first.get(column, ""):
                self.wrong(number, column, "thing.two_values", first=first.get(column, ""))

    def _setting(self, number: int, line: Mapping[str, str], parts: Sequence[str]) -> StreamSetting | None:
        """A kind that measures one thing needs no name for it."""
        told = [column for column in OF_STREAM if line.get(column)]
        quantity = line.get("quantity", "") or (parts[0] if told and len(parts) == 1 else "")
        if not quantity:
            if told:
                self.wrong(number, "quantity", "thing.stream_missing", known="、".join(parts))
            return None
        calibrated = day_of(line["calibrated_at"]) if line.get("calibrated_at") else None
        if calibrated is None and line.get("calibrated_at"):
            self.wrong(number, "calibrated_at", "import.day", found=line["calibrated_at"])
        numbers: dict[str, Any] = {column: self.number(number, line, column) for column in NUMBERS}
        return StreamSetting(quantity, unit=line.get("unit") or None, calibrated_at=calibrated, **numbers)


def template(language: str, kinds: Iterable[Kind]) -> bytes:
    """An empty table with its heads, and the kinds that may stand in it on a second sheet."""
    return table(language, kinds, [])


def table(language: str, kinds: Iterable[Kind], rows: Sequence[Mapping[str, str]]) -> bytes:
    """Things by column, as they can be read again."""
    english = language == "en"
    body = [list(titles(language).values()), *([row.get(key, "") for key in HEADS] for row in rows)]
    notes = [
        ["Type", "Name", "Datastream", "Name", "Unit"]
        if english
        else ["设备类型", "名称", "测点", "名称", "计量单位"]
    ]
    for kind in kinds:
        for one in kind.quantities:
            names = (kind.name_en, one.name_en) if english else (kind.name_zh, one.name_zh)
            notes.append([kind.code, names[0], part_of(one.code), names[1], one.unit])
    pages = ("Things", "Types") if english else ("感知设备", "设备类型")
    return written(((pages[0], body, WIDTHS), (pages[1], notes, (18, 20, 18, 20, 12))))
