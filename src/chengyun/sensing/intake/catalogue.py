"""Every active datastream in memory, as columns: read by binary COPY, parsed by numpy, kept per revision of "things"."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import psycopg
from numpy.typing import NDArray

from chengyun.kernel.revisions import remembered
from chengyun.kernel.transactions import Tx
from chengyun.sensing.contracts import Streams

HEAD, ARRAY_HEAD = 19, 20  # bytes of the binary forms of COPY and of an array before what they hold
# Texts and arrays come as hashes, so that every column has a fixed width; what each hash stands for is asked of one row.
_STREAMS = """
    SELECT id, thing_id AS thing, hashtextextended(quantity, 0) AS quantity, hashtextextended(unit, 0) AS unit,
           hash_array_extended(sentinels, 0) AS sentinel, low, high, interval_s, scale, shift
    FROM sensing_datastream
    """
_STREAM_TYPES = (
    ("id", ">i4"),
    ("thing", ">i8"),
    ("quantity", ">i8"),
    ("unit", ">i8"),
    ("sentinel", ">i8"),
    ("low", ">f8"),
    ("high", ">f8"),
    ("interval_s", ">f8"),
    ("scale", ">f8"),
    ("shift", ">f8"),
)
_THINGS = """
    SELECT id, region_id AS region, quota,
           hashtextextended(coalesce(properties ->> 'gateway', ''), 0) AS gateway
    FROM sensing_thing WHERE active
    """
_THING_TYPES = (("id", ">i8"), ("region", ">i8"), ("quota", ">i4"), ("gateway", ">i8"))
_CODES = "SELECT id, code FROM sensing_thing WHERE active"
_NUMBERS = ("low", "high", "interval_s", "scale", "shift")
Columns = dict[str, NDArray[Any]]
Cursor = psycopg.Cursor[Any]


def streams(tx: Tx) -> Streams:
    """All active datastreams, whatever the actor may see: for taking readings in and for the engine, not for people."""
    return remembered(tx, "things", "sensing.streams", lambda: _read(tx))


def cursor_of(tx: Tx) -> Cursor:
    """The driver's own cursor in this transaction."""
    driver = cast("psycopg.Connection[Any]", tx.conn.connection.driver_connection)
    return driver.cursor()


def _read(tx: Tx) -> Streams:
    with tx.under("sensing"), cursor_of(tx) as cursor:
        things = gathered(cursor, _THINGS, _THING_TYPES)
        found = _of_things(gathered(cursor, _STREAMS, _STREAM_TYPES), things["id"])
        codes = _codes(cursor, things["id"])
        quantities, quantity = _texts(
            cursor, "sensing_datastream", "quantity", found["quantity"], found["id"]
        )
        units, unit = _texts(cursor, "sensing_datastream", "unit", found["unit"], found["id"])
        sets, sentinel = _texts(cursor, "sensing_datastream", "sentinels", found["sentinel"], found["id"])
        told = "coalesce(properties ->> 'gateway', '')"
        gateways, gateway = _texts(cursor, "sensing_thing", told, things["gateway"], things["id"])
    owner = np.searchsorted(things["id"], found["thing"])
    parts, part_of = _parts(quantities)
    keys = owner * len(parts) + part_of[quantity]
    order = np.argsort(keys, kind="stable")
    return Streams(
        id=found["id"],
        thing=found["thing"],
        owner=owner.astype(np.int32),
        region=things["region"][owner],
        quantity=quantity,
        unit=unit,
        sentinel=sentinel,
        **{name: found[name] for name in _NUMBERS},
        quantities=tuple(quantities),
        units=tuple(units),
        sentinels=_padded(sets),
        thing_ids=things["id"],
        quota=things["quota"],
        gateway=np.array([0 if not name else place for place, name in enumerate(gateways, 1)], np.int32)[
            gateway
        ],
        gateways={name: place for place, name in enumerate(gateways, 1) if name},
        things=codes,
        parts=parts,
        keys=keys[order],
        rows=order.astype(np.int32),
    )


def _of_things(streams: Columns, things: NDArray[np.int64]) -> Columns:
    """Datastreams of active things only."""
    kept = np.isin(streams["thing"], things)
    return streams if kept.all() else {name: column[kept] for name, column in streams.items()}


def _texts(
    cursor: Cursor, table: str, column: str, hashes: NDArray[np.int64], ids: NDArray[Any]
) -> tuple[list[Any], NDArray[np.int32]]:
    """The different contents of a column, and the place of each row's among them; one row of each is read."""
    _, first, place = np.unique(hashes, return_index=True, return_inverse=True)
    wanted = ids[first].tolist()
    sql = f"SELECT id, {column} FROM {table} WHERE id = ANY(%s)"
    known = dict(cursor.execute(cast(Any, sql), [wanted]).fetchall())
    return [known[one] for one in wanted], place.astype(np.int32)


def gathered(cursor: Cursor, sql: str, types: tuple[tuple[str, str], ...]) -> Columns:
    """Columns of fixed width without NULL, as native columns by ascending id. PostgreSQL gathers each into one array:
    a row for each thing would be a step of Python for each.
    """
    cells = _arrays(cursor, sql, [f"array_agg({name})" for name, _ in types])
    found = {name: _column(cell, kind) for cell, (name, kind) in zip(cells, types, strict=True)}
    order = np.argsort(found["id"], kind="stable")
    return {name: column[order] for name, column in found.items()}


def _arrays(cursor: Cursor, sql: str, wanted: list[str]) -> list[bytes]:
    """The binary form of one row of aggregates; b"" for NULL."""
    statement = f"COPY (SELECT {', '.join(wanted)} FROM ({sql}) t) TO STDOUT (FORMAT BINARY)"
    with cursor.copy(cast(Any, statement)) as copy:
        content = b"".join(bytes(block) for block in copy)
    cells, place = [], HEAD + 2
    for _ in wanted:
        size = max(int.from_bytes(content[place : place + 4], "big", signed=True), 0)
        cells.append(content[place + 4 : place + 4 + size])
        place += 4 + size
    return cells


def _column(cell: bytes, kind: str) -> NDArray[Any]:
    """An array of PostgreSQL. Raises ValueError where an element is NULL or wider than its type."""
    element = np.dtype([("_", ">i4"), ("value", kind)])
    n, rest = divmod(max(len(cell) - ARRAY_HEAD, 0), element.itemsize)
    if rest:
        raise ValueError("a column of the registry is NULL or wider than its type")
    return np.frombuffer(cell, element, n, ARRAY_HEAD if n else 0)["value"].astype(kind.replace(">", "<"))


def _codes(cursor: Cursor, ids: NDArray[np.int64]) -> dict[str, int]:
    """What a thing calls itself → its place among `ids`. No code has a line's end within."""
    told_ids, text = _arrays(
        cursor, _CODES, ["array_agg(id)", "convert_to(string_agg(code, E'\\n'), 'UTF8')"]
    )
    told = _column(told_ids, ">i8")
    codes = text.decode().split("\n") if len(told) else []
    places = np.minimum(np.searchsorted(ids, told), max(len(ids) - 1, 0))
    known = (
        ids[places] == told if len(ids) else told != told
    )  # one that came just now: the next reading has it
    if known.all():
        return dict(zip(codes, places.tolist(), strict=True))
    return {code: place for code, place, there in zip(codes, places.tolist(), known, strict=True) if there}


def _parts(quantities: list[str]) -> tuple[dict[str, int], NDArray[np.int64]]:
    """Last parts of quantities, numbered, and the number of each quantity."""
    parts: dict[str, int] = {}
    numbers = [parts.setdefault(code.rpartition(".")[2], len(parts)) for code in quantities]
    return parts, np.array(numbers, np.int64)


def _padded(sets: list[list[float]]) -> NDArray[np.float64]:
    """One line per set of sentinels, filled up with NaN, which equals nothing."""
    width = max((len(one) for one in sets), default=0)
    found = np.full((len(sets), width), np.nan)
    for place, one in enumerate(sets):
        found[place, : len(one)] = one
    return found
