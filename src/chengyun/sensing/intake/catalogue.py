"""Every active datastream in memory, as columns: read by binary COPY, parsed by numpy, kept per revision of "things"."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import psycopg
from numpy.typing import NDArray

from chengyun.kernel.revisions import remembered
from chengyun.kernel.transactions import Tx
from chengyun.sensing.contracts import Streams

HEAD, TAIL = 19, 2  # bytes of COPY's binary form around the rows
# Texts and arrays come as hashes, so that every column has a fixed width; what each hash stands for is asked of one row.
_STREAMS = """
    SELECT id, thing_id, hashtextextended(quantity, 0), hashtextextended(unit, 0), hash_array_extended(sentinels, 0),
           low, high, interval_s, scale, shift
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
    SELECT id, region_id, quota, hashtextextended(coalesce(properties ->> 'gateway', ''), 0)
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
        things = copied(cursor, _THINGS, _THING_TYPES)
        found = _of_things(copied(cursor, _STREAMS, _STREAM_TYPES), things["id"])
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


def copied(cursor: Cursor, sql: str, types: tuple[tuple[str, str], ...]) -> Columns:
    """Rows of a query whose columns all have a fixed width and no NULL, as native columns by ascending id."""
    layout: list[tuple[str, str]] = [("_columns", ">i2")]
    for name, kind in types:
        layout += [(f"_{name}", ">i4"), (name, kind)]
    with cursor.copy(cast(Any, f"COPY ({sql}) TO STDOUT (FORMAT BINARY)")) as copy:
        content = b"".join(bytes(block) for block in copy)
    dtype = np.dtype(layout)
    rows, rest = divmod(len(content) - HEAD - TAIL, dtype.itemsize)
    if rest:
        raise ValueError("a column of the registry is NULL or wider than its type")
    found = np.frombuffer(content, dtype, rows, HEAD)
    order = np.argsort(found["id"], kind="stable")
    return {name: found[name][order].astype(kind.replace(">", "<")) for name, kind in types}


def _codes(cursor: Cursor, ids: NDArray[np.int64]) -> dict[str, int]:
    """What a thing calls itself → its place among `ids`."""
    with cursor.copy(cast(Any, f"COPY ({_CODES}) TO STDOUT (ENCODING 'UTF8')")) as copy:
        content = b"".join(bytes(block) for block in copy).decode()
    parts = content.replace("\n", "\t").split("\t")  # both are escaped within a code
    told = np.array(parts[:-1:2], np.int64) if len(parts) > 1 else ids[:0]
    places = np.minimum(np.searchsorted(ids, told), max(len(ids) - 1, 0))
    codes = [_unescaped(one) for one in parts[1::2]] if "\\" in content else parts[1::2]
    known = (
        ids[places] == told if len(ids) else told != told
    )  # one that came just now is known to the next reading
    if known.all():
        return dict(zip(codes, places.tolist(), strict=True))
    return {code: place for code, place, there in zip(codes, places.tolist(), known, strict=True) if there}


_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _unescaped(text: str) -> str:
    """What COPY's text form stands for."""
    first, *others = text.split("\\")
    found, pairs = [first], iter(others)
    for part in pairs:
        if part:
            found.append(_ESCAPES.get(part[0], part[0]) + part[1:])
        else:  # a backslash that stands for itself
            found.append("\\" + next(pairs))
    return "".join(found)


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
