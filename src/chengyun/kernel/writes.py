"""Rows that a transaction adds: kept until it reads or commits, then written by one statement for all tables.

One round trip and one plan instead of one per table: of a report with its dispatch, which adds rows to eight
tables, nothing else costs as much. Inserts only, so the order among tables does not matter; foreign keys are
checked when the statement ends. Within a table the rows keep their order.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import orjson
import sqlalchemy as sa

Columns = tuple[str, ...]
Groups = tuple[tuple[str, Columns], ...]


class Writes:
    """What waits to be written in one transaction."""

    __slots__ = ("_channels", "_rows")

    def __init__(self) -> None:
        self._rows: dict[tuple[str, Columns], list[Any]] = {}
        self._channels: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._rows or self._channels)

    def add(self, table: sa.Table, rows: Sequence[Any], columns: Columns | None = None) -> None:
        """`rows`: mappings, or dataclasses that have at least `columns` as fields, all with the same ones."""
        if rows:
            names = columns or tuple(rows[0])
            self._rows.setdefault((table.name, names), []).extend(rows)

    def notify(self, channel: str) -> None:
        """Wake whoever listens on `channel` when the transaction commits."""
        self._channels.add(channel)

    def join(self, other: Writes) -> None:
        """Write what waits in `other` too."""
        for group, rows in other._rows.items():
            self._rows.setdefault(group, []).extend(rows)
        self._channels |= other._channels

    def take(self) -> tuple[str, dict[str, str]]:
        """The statement (driver's SQL) with its parameters; nothing waits afterwards."""
        groups = tuple(self._rows)
        given = orjson.dumps(list(self._rows.values()), default=_plain).decode()
        sql = statement(groups, tuple(sorted(self._channels)))
        self._rows, self._channels = {}, set()
        return sql, {"given": given}


def document(content: object) -> orjson.Fragment:
    """Free JSON as a row holds it; ValueError for what is none, a NaN above all."""
    return orjson.Fragment(json.dumps(content, ensure_ascii=False, allow_nan=False, default=str))


@cache
def statement(groups: Groups, channels: Columns) -> str:
    """One INSERT per group of rows, all in one statement. Names come from tables, never from callers' input."""
    parts = ["given AS (SELECT CAST(%(given)s AS jsonb) AS rows)"]
    for place, (table, columns) in enumerate(groups):
        names = ", ".join(columns)
        parts.append(
            f"w{place} AS (INSERT INTO {table} ({names}) SELECT {names}"
            f" FROM given, jsonb_populate_recordset(CAST(NULL AS {table}), given.rows -> {place}))"
        )
    told = ", ".join(f"pg_notify('{channel}', '')" for channel in channels) or "1"
    return f"WITH {', '.join(parts)} SELECT {told}"


def _plain(value: object) -> object:
    """What JSON has no form of, in the form that PostgreSQL reads."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)
