"""A row in every table of a database, made from what the catalogue says: for migrations of populated ones."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

Admin = psycopg.Connection[Any]

COLUMNS = """
SELECT a.attname, format_type(a.atttypid, NULL), a.attnotnull, a.atthasdef OR a.attidentity <> ''
FROM pg_attribute a
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
ORDER BY a.attnum
"""
REFERENCES = """
SELECT a.attname, c.confrelid::regclass::text, f.attname
FROM pg_constraint c
JOIN LATERAL unnest(c.conkey, c.confkey) k (here, there) ON true
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.here
JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = k.there
WHERE c.contype = 'f' AND c.conrelid = %s::regclass
"""
CHECKS = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass"
TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND c.relname NOT LIKE 'procrastinate%' AND c.relname <> 'alembic_version'
ORDER BY 1
"""
SAMPLES: dict[str, list[str]] = {
    "text": ["x", "a" * 64],
    "bigint": ["1", "1000000", "5000000"],
    "integer": ["1"],
    "smallint": ["1"],
    "boolean": ["true", "false"],
    "double precision": ["1", "106.5"],
    "real": ["1"],
    "numeric": ["1"],
    "date": ["2025-01-01"],
    "timestamp with time zone": ["2025-01-01T00:00:00Z", "2025-01-01T01:00:00Z"],
    "interval": ["1 hour"],
    "jsonb": ["{}", "[]"],
    "bytea": ["\\x00", "\\x" + "00" * 32],
    "box": ["(1,1),(0,0)"],
    "xid8": ["1"],
    "uuid": ["00000000-0000-0000-0000-000000000001"],
    "inet": ["127.0.0.1"],
}


@dataclass
class Shape:
    """What one table asks of a row."""

    name: str
    columns: list[tuple[str, str, bool, bool]]
    references: dict[str, tuple[str, str]]
    checks: list[str] = field(default_factory=list)

    def samples(self, column: str, kind: str) -> list[str]:
        """Values worth trying: those that a check of this column names, else samples of its type."""
        named = [
            literal
            for check in self.checks
            if re.search(rf"\b{column}\b", check)
            for literal in re.findall(r"'((?:[^']|'')+)'::text", check)
        ]
        if kind.endswith("[]"):
            return ["{1}", "{}"]
        return named + SAMPLES["text"] if kind == "text" else SAMPLES.get(kind, SAMPLES["text"])


def counts(admin: Admin) -> dict[str, int]:
    """How many rows each table has."""
    tables = [row[0] for row in admin.execute(TABLES)]
    count = "SELECT count(*) FROM {}"
    return {
        name: admin.execute(sql.SQL(count).format(sql.Identifier(name))).fetchone()[0]  # type: ignore[index]
        for name in tables
    }


def fill(admin: Admin) -> dict[str, str]:
    """Put a row into every empty table; returns the tables that refused every attempt, with the last reason."""
    # Some tables ask who writes, beyond row-level security.
    admin.execute("SELECT set_config('chengyun.system', 'seed', false)")
    admin.execute("SELECT set_config('chengyun.actor_kind', 'system', false)")
    waiting = [shape_of(admin, name) for name, count in counts(admin).items() if not count]
    failed: dict[str, str] = {}
    while waiting:
        left = []
        for shape in waiting:
            reason = put(admin, shape)
            if reason:
                failed[shape.name] = reason
                left.append(shape)
            else:
                failed.pop(shape.name, None)
        if len(left) == len(waiting):
            break
        waiting = left
    return failed


def shape_of(admin: Admin, name: str) -> Shape:
    """Read a table's shape from the catalogue."""
    return Shape(
        name,
        list(admin.execute(COLUMNS, [name])),
        {row[0]: (row[1], row[2]) for row in admin.execute(REFERENCES, [name])},
        [row[0] for row in admin.execute(CHECKS, [name])],
    )


def put(admin: Admin, shape: Shape) -> str:
    """Try the required columns, then each optional one with them; an empty string means that a row is in."""
    required = [(n, kind) for n, kind, needed, default in shape.columns if needed and not default]
    optional = [(n, kind) for n, kind, needed, default in shape.columns if not needed or default]
    reason = "no attempt"
    for extra in [[], *([one] for one in optional), *map(list, itertools.combinations(optional, 2))]:
        reason = attempt(admin, shape, [*required, *extra])
        if not reason:
            return ""
    return reason


def attempt(admin: Admin, shape: Shape, columns: list[tuple[str, str]]) -> str:
    """Try combinations of samples for these columns."""
    choices = []
    for name, kind in columns:
        if name in shape.references:
            table, key = shape.references[name]
            query = sql.SQL("SELECT {}::text FROM {} LIMIT 3").format(sql.Identifier(key), sql.SQL(table))
            choices.append([row[0] for row in admin.execute(query)])
        else:
            choices.append(shape.samples(name, kind))
    reason = "a table that it refers to is empty"
    for values in itertools.islice(itertools.product(*choices), 200):
        reason = insert(admin, shape.name, columns, list(values))
        if not reason:
            return ""
    return reason


def insert(admin: Admin, table: str, columns: list[tuple[str, str]], values: list[str]) -> str:
    """Insert one row of text values, cast to their types; returns why not, or an empty string."""
    names = sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns)
    marks = sql.SQL(", ").join(
        sql.SQL("{}::{}").format(sql.Literal(value), sql.SQL(kind))
        for value, (_, kind) in zip(values, columns, strict=True)
    )
    query = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), names, marks)
    if not columns:
        query = sql.SQL("INSERT INTO {} DEFAULT VALUES").format(sql.Identifier(table))
    try:
        with admin.transaction():
            admin.execute(query)
    except psycopg.Error as error:
        return str(error).splitlines()[0]
    return ""
