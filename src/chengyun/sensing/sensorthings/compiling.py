"""Expressions as SQL over the sources. A comparison that goes through relations holds where any related entity fits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from chengyun.kernel.errors import BadRequest
from chengyun.kernel.transactions import Tx
from chengyun.sensing.sensorthings import functions, shapes
from chengyun.sensing.sensorthings.grammar import Call, Literal, Node, Order, Path
from chengyun.sensing.sensorthings.model import SETS, TIMES, EntitySet, Property, relation_named
from chengyun.sensing.sensorthings.relating import LEADS
from chengyun.sensing.sensorthings.sources import SOURCES
from chengyun.sensing.sensorthings.values import ARITHMETIC as SUMS
from chengyun.sensing.sensorthings.values import (
    MOMENT,
    OPERATORS,
    Value,
    arithmetic,
    as_text,
    as_truth,
    column,
    compare,
    literal,
)

Columns = sa.ColumnCollection[str, Any]
Column = sa.ColumnElement[Any]
IDS = ("id", "@iot.id")


@dataclass(slots=True)
class Joined:
    """The related entities that one comparison speaks of, by the relations that lead to them."""

    columns: dict[tuple[str, ...], Columns] = field(default_factory=dict)
    tables: list[sa.Subquery] = field(default_factory=list)
    links: list[Column] = field(default_factory=list)
    many: bool = False


class Compiler:
    """Expressions about one set, whose columns are given."""

    def __init__(self, tx: Tx, owner: str, columns: Columns) -> None:
        self.tx, self.owner, self.columns = tx, SETS[owner], columns

    def filter(self, node: Node) -> Column:
        """The condition of a $filter. Raises BadRequest."""
        if isinstance(node, Call) and node.name in ("and", "or"):
            joined = sa.and_ if node.name == "and" else sa.or_
            return joined(*(self.filter(part) for part in node.args))
        if isinstance(node, Call) and node.name == "not":
            return sa.not_(self.filter(node.args[0]))
        if shapes.about_shape(node):
            return self.shaped(node)
        joins = Joined()
        return self.anywhere(as_truth(self.value(node, joins)), joins)

    def anywhere(self, condition: Column, joins: Joined) -> Column:
        """That there are related entities, one within the other, for which the condition holds."""
        for table, link in zip(reversed(joins.tables), reversed(joins.links), strict=True):
            found = sa.select(sa.literal(1)).select_from(table).where(link, condition)
            condition = found.correlate_except(table).exists()
        return condition

    def shaped(self, node: Node) -> Column:
        """A geometric test: the ids of those shapes that pass it."""
        path, test = shapes.test_of(node)
        joins = Joined()
        owner, columns, rest = self.reached(path, joins)
        known = owner.properties.get(str(rest[0])) if len(rest) == 1 else None
        if known is None or known.type != "geo":
            raise BadRequest("sta.name", set=owner.name, name="/".join(map(str, rest)))
        every = SOURCES[owner.name](self.tx.actor).subquery()
        query: sa.Select[Any] = sa.select(every.c.id, every.c[str(rest[0])].label("shape"))
        rows = ((row.id, row.shape) for row in self.tx.execute(query))
        ids = shapes.matching(test, rows)
        return self.anywhere(columns["id"] == sa.any_(sa.literal(ids, sa.ARRAY(sa.BigInteger))), joins)

    def value(self, node: Node, joins: Joined) -> Value:
        match node:
            case Literal():
                return literal(node)
            case Path():
                return self.path(node, joins)
            case Call(name=name, args=args):
                return self.call(name, [self.value(arg, joins) for arg in args])

    def call(self, name: str, args: list[Value]) -> Value:
        if name in OPERATORS:
            return compare(name, *args)
        if name in SUMS:
            return arithmetic(name, *args)
        if name in ("and", "or"):
            joined = sa.and_ if name == "and" else sa.or_
            return Value("truth", joined(*map(as_truth, args)))
        if name == "not":
            return Value("truth", sa.not_(as_truth(args[0])))
        return functions.call(name, args, column("time", sa.literal(self.tx.now, MOMENT)))

    def path(self, path: Path, joins: Joined) -> Value:
        """Raises BadRequest("sta.name")."""
        owner, columns, rest = self.reached(path, joins)
        name = str(rest[0]) if rest else ""
        if name in IDS and len(rest) == 1:
            return Value("key" if owner.name == "Observations" else "number", columns["id"])
        known = owner.properties.get(name)
        if known is None or (len(rest) > 1 and known.type in ("text", *TIMES)):
            raise BadRequest("sta.name", set=owner.name, name="/".join(map(str, rest))[:100])
        return _property(known, name, columns, rest[1:])

    def reached(self, path: Path, joins: Joined) -> tuple[EntitySet, Columns, tuple[str | int, ...]]:
        """The entity that a path's relations lead to, and what is left of the path."""
        owner, columns, rest = self.owner, self.columns, path.parts
        way: tuple[str, ...] = ()
        while rest and isinstance(rest[0], str) and (found := relation_named(owner, rest[0])):
            name, relation = found
            way = (*way, name)
            if way not in joins.columns:
                key, leads = LEADS[owner.name, name]
                table = SOURCES[relation.target](self.tx.actor).subquery()
                joins.tables.append(table)
                joins.links.append(leads(columns[key], table.c))
                joins.columns[way] = table.c
            joins.many |= relation.many
            owner, columns, rest = SETS[relation.target], joins.columns[way], rest[1:]
        return owner, columns, rest

    def order(self, order: Order) -> list[Column]:
        """The columns of one part of an $orderby. Raises BadRequest, also for a way through a collection."""
        joins = Joined()
        value = self.path(order.path, joins)
        if joins.many:
            raise BadRequest("sta.query", option="$orderby", why="/".join(map(str, order.path.parts)))
        return [self.directed(part, joins, order.descending) for part in _sortable(value)]

    def directed(self, part: Column, joins: Joined, descending: bool) -> Column:
        if joins.tables:
            found = sa.select(part).select_from(*joins.tables).where(*joins.links)
            part = found.correlate_except(*joins.tables).scalar_subquery()
        return part.desc() if descending else part.asc()


def _property(known: Property, name: str, columns: Columns, within: tuple[str | int, ...]) -> Value:
    if known.type in TIMES:
        return column("time", columns[name], columns[f"{name}_end"] if known.type != "instant" else None)
    if known.type == "text":
        return Value("text", columns[name])
    found: Column = columns[name]
    if within:
        keys = sa.cast(sa.literal([str(part) for part in within], sa.ARRAY(sa.Text)), sa.ARRAY(sa.Text))
        found = found.op("#>", return_type=JSONB())(keys)
    return Value("json", found)


def _sortable(value: Value) -> list[Column]:
    """Numbers within JSON by their size, then the rest by its text."""
    if value.kind == "json":
        number = sa.case((sa.func.jsonb_typeof(value.sql) == "number", sa.cast(as_text(value), sa.Numeric)))
        return [number, sa.collate(as_text(value), "C")]
    return [sa.collate(value.sql, "C") if value.kind in ("text", "key") else value.sql]
