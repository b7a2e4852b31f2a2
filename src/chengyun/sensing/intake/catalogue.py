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
_NUMBERED = (
    "SELECT {name}, row_number() OVER (ORDER BY {name}) - 1 AS n FROM (SELECT DISTINCT {name} FROM {table}) d"
)
_QUANTITIES = _NUMBERED.format(name="code", table="sensing_quantity")
_UNITS = _NUMBERED.format(name="unit", table="sensing_datastream")
_SENTINELS = _NUMBERED.format(name="sentinels", table="sensing_datastream")
_GATEWAY = "coalesce(properties ->> 'gateway', '')"
_GATEWAYS = (
    f"SELECT gateway, row_number() OVER (ORDER BY gateway) AS n"
    f" FROM (SELECT DISTINCT {_GATEWAY} AS gateway FROM sensing_thing) d WHERE gateway <> ''"
)
_STREAMS = f"""
    SELECT d.id, d.thing_id, t.region_id, q.n::int4, u.n::int4, s.n::int4, d.low, d.high, d.interval_s, d.scale, d.shift
    FROM sensing_datastream d
    JOIN sensing_thing t ON t.id = d.thing_id AND t.active
    JOIN ({_QUANTITIES}) q ON q.code = d.quantity
    JOIN ({_UNITS}) u ON u.unit = d.unit
    JOIN ({_SENTINELS}) s ON s.sentinels = d.sentinels
    ORDER BY d.id
    """
_THINGS = f"""
    SELECT t.id, t.quota, coalesce(g.n, 0)::int4 FROM sensing_thing t
    LEFT JOIN ({_GATEWAYS}) g ON g.gateway = coalesce(t.properties ->> 'gateway', '')
    WHERE t.active ORDER BY t.id
    """
_CODES = "SELECT code FROM sensing_thing WHERE active ORDER BY id"
_STREAM_TYPES = (
    ("id", ">i4"),
    ("thing", ">i8"),
    ("region", ">i8"),
    ("quantity", ">i4"),
    ("unit", ">i4"),
    ("sentinel", ">i4"),
    ("low", ">f8"),
    ("high", ">f8"),
    ("interval_s", ">f8"),
    ("scale", ">f8"),
    ("shift", ">f8"),
)
_THING_TYPES = (("id", ">i8"), ("quota", ">i4"), ("gateway", ">i4"))
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
        found = _copied(cursor, _STREAMS, _STREAM_TYPES)
        things = _copied(cursor, _THINGS, _THING_TYPES)
        codes = _texts(cursor, _CODES)
        names = {name: _column(cursor, sql) for name, sql in _LISTS.items()}
    columns = {name: found[name].astype(kind.replace(">", "<")) for name, kind in _STREAM_TYPES}
    ids = things["id"].astype("<i8")
    owner = np.searchsorted(ids, columns["thing"]).astype(np.int32)
    parts, part_of = _parts(names["quantities"])
    keys = owner.astype(np.int64) * len(parts) + part_of[columns["quantity"]]
    order = np.argsort(keys, kind="stable")
    return Streams(
        **columns,
        owner=owner,
        quantities=tuple(names["quantities"]),
        units=tuple(names["units"]),
        sentinels=_padded(names["sentinels"]),
        thing_ids=ids,
        quota=things["quota"].astype("<i4"),
        gateway=things["gateway"].astype("<i4"),
        gateways={name: place for place, name in enumerate(names["gateways"], 1)},
        things=dict(zip(codes, range(len(codes)), strict=True)),
        parts=parts,
        keys=keys[order],
        rows=order.astype(np.int32),
    )


_LISTS = {
    "quantities": f"SELECT code FROM ({_QUANTITIES}) q ORDER BY n",
    "units": f"SELECT unit FROM ({_UNITS}) u ORDER BY n",
    "sentinels": f"SELECT sentinels FROM ({_SENTINELS}) s ORDER BY n",
    "gateways": f"SELECT gateway FROM ({_GATEWAYS}) g ORDER BY n",
}


def _column(cursor: Cursor, sql: str) -> list[Any]:
    return [row[0] for row in cursor.execute(cast(Any, sql))]


def _copied(cursor: Cursor, sql: str, types: tuple[tuple[str, str], ...]) -> NDArray[Any]:
    """Rows of a query whose columns all have a fixed width and no NULL, as a structured array."""
    layout: list[tuple[str, str]] = [("_columns", ">i2")]
    for name, kind in types:
        layout += [(f"_{name}", ">i4"), (name, kind)]
    with cursor.copy(cast(Any, f"COPY ({sql}) TO STDOUT (FORMAT BINARY)")) as copy:
        content = b"".join(bytes(block) for block in copy)
    dtype = np.dtype(layout)
    rows, rest = divmod(len(content) - HEAD - TAIL, dtype.itemsize)
    if rest:
        raise ValueError("a column of the registry is NULL or wider than its type")
    return np.frombuffer(content, dtype, rows, HEAD)


def _texts(cursor: Cursor, sql: str) -> list[str]:
    """One column of texts without line breaks, a million of them in a fraction of a second."""
    with cursor.copy(cast(Any, f"COPY ({sql}) TO STDOUT (ENCODING 'UTF8')")) as copy:
        content = b"".join(bytes(block) for block in copy).decode()
    found = content.split("\n")[:-1]
    return [_unescaped(one) for one in found] if "\\" in content else found


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
