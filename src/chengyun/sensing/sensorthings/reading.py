"""Reading: from a path and its options to entities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from chengyun.kernel.errors import BadRequest, NotFound
from chengyun.kernel.transactions import Tx
from chengyun.sensing.sensorthings import shaping
from chengyun.sensing.sensorthings.compiling import Column, Columns, Compiler
from chengyun.sensing.sensorthings.grammar import Call, Node, Options, Path, Resource, Step
from chengyun.sensing.sensorthings.model import SETS, relation_named
from chengyun.sensing.sensorthings.options import LARGEST
from chengyun.sensing.sensorthings.relating import LEADS, place_named
from chengyun.sensing.sensorthings.shaping import Row
from chengyun.sensing.sensorthings.sources import SOURCES, observations

PAGE = 100
RECENT = timedelta(days=1)  # of readings that came otherwise, unless $filter names a time
Where = Callable[[Columns], Sequence[Column]]
EVERY: Where = lambda _columns: ()  # noqa: E731
BIGGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a set; `more`: there are further ones; `total` where it was asked for."""

    owner: str
    rows: list[Row]
    more: bool = False
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a path leads to: a page of a set, or one entity."""

    page: Page
    single: bool


class Reader:
    """Reads in one transaction, as its actor may. `base` is the address of the service root."""

    def __init__(self, tx: Tx, base: str) -> None:
        self.tx, self.base = tx, base

    def resource(self, resource: Resource, options: Options) -> Found:
        """Follow the steps of a path. Raises NotFound where one of them leads to nothing."""
        row: Row | None = None
        owner = ""
        *before, last = resource.steps
        for step in before:
            owner, row = self.step(owner, row, step)
        target, where = self.towards(owner, row, last)
        kind = SETS[owner].relations[last.name] if owner else None
        if last.id is not None or (kind is not None and not kind.many):
            return Found(Page(target, [self.one(target, where, last)]), True)
        return Found(self.page(target, where, options), False)

    def step(self, owner: str, row: Row | None, step: Step) -> tuple[str, Row]:
        target, where = self.towards(owner, row, step)
        return target, self.one(target, where, step)

    def towards(self, owner: str, row: Row | None, step: Step) -> tuple[str, Where]:
        """The set of a step, and the condition on it."""
        wanted = by_id(step.id) if step.id is not None else EVERY
        if row is None:
            return step.name, wanted
        key, leads = LEADS[owner, step.name]
        value = sa.literal(row[key], sa.BigInteger)
        return SETS[owner].relations[step.name].target, lambda c: [leads(value, c), *wanted(c)]

    def one(self, owner: str, where: Where, step: Step) -> Row:
        """Raises NotFound, always the same for what does not exist and what one may not see."""
        found = self.page(owner, where, Options(top=1), whole=True).rows
        if not found:
            raise NotFound("sta.no_entity", set=owner, id=step.id or step.name)
        return found[0]

    def by_id(self, owner: str, ident: object) -> Row | None:
        """One entity, or None."""
        rows = self.page(owner, by_id(str(ident)), Options(top=1), whole=True).rows
        return rows[0] if rows else None

    def source(self, owner: str, options: Options, whole: bool) -> sa.Select[Any]:
        if owner != "Observations":
            return SOURCES[owner](self.tx.actor)
        unbounded = whole or (options.filter is not None and names_time(options.filter))
        return observations(self.tx.actor, None if unbounded else self.tx.now - RECENT)

    def page(self, owner: str, where: Where, options: Options, *, whole: bool = False) -> Page:
        """One page of a set. `whole`: readings of any age."""
        table = self.source(owner, options, whole).subquery()
        top = min(PAGE if options.top is None else options.top, LARGEST)
        query = self.chosen(sa.select(*table.c), owner, table.c, where, options)
        paged = self.ordered(query, owner, table.c, options).offset(options.skip).limit(top + 1)
        rows: list[Row] = [row for row in self.tx.execute(paged).mappings()]
        total = None
        if options.count:
            counted = self.chosen(
                sa.select(sa.func.count()).select_from(table), owner, table.c, where, options
            )
            total = int(self.tx.execute(counted).scalar_one())
        return Page(owner, rows[:top], len(rows) > top > 0, total)

    def chosen(
        self, query: sa.Select[Any], owner: str, columns: Columns, where: Where, options: Options
    ) -> sa.Select[Any]:
        query = query.where(*where(columns))
        if options.filter is not None:
            query = query.where(Compiler(self.tx, owner, columns).filter(options.filter))
        return query

    def ordered(
        self, query: sa.Select[Any], owner: str, columns: Columns, options: Options
    ) -> sa.Select[Any]:
        """As asked for, then by ids so that pages are stable."""
        compiler = Compiler(self.tx, owner, columns)
        parts = [part for order in options.orderby for part in compiler.order(order)]
        if owner == "Observations":
            parts += [columns["_row"].asc().nulls_last(), columns["phenomenonTime"]]
        return query.order_by(*parts, columns["id"])

    def entities(self, page: Page, options: Options) -> list[dict[str, Any]]:
        """Rows as JSON, with what is expanded."""
        check_select(page.owner, options.select)
        expanded: list[dict[str, Any]] = [{} for _ in page.rows]
        for name, own in options.expand.items():
            for held, more in zip(expanded, self.expand(page, name, own), strict=True):
                held |= more
        return [
            shaping.entity(self.base, page.owner, row, options.select, more)
            for row, more in zip(page.rows, expanded, strict=True)
        ]

    def expand(self, page: Page, asked: str, options: Options) -> list[dict[str, Any]]:
        """What stands in each row in place of one relation."""
        found = relation_named(SETS[page.owner], asked)
        if found is None:
            raise BadRequest("sta.name", set=page.owner, name=asked[:100])
        name, relation = found
        key, _ = LEADS[page.owner, name]
        groups = self.related(page, name, options)
        return [
            self.expansion(
                name,
                relation.many,
                groups.get(row[key], []),
                options,
                shaping.self_link(self.base, page.owner, row),
            )
            for row in page.rows
        ]

    def related(self, page: Page, name: str, options: Options) -> dict[Any, list[tuple[Row, dict[str, Any]]]]:
        """Key → its related entities, at most one more than asked for, each with its JSON."""
        key, leads = LEADS[page.owner, name]
        target = SETS[page.owner].relations[name].target
        keys = sorted({row[key] for row in page.rows if row[key] is not None})
        if not keys:
            return {}
        named = sa.select(sa.func.unnest(sa.literal(keys, sa.ARRAY(sa.BigInteger))).label("key")).subquery()
        table = self.source(target, options, not SETS[page.owner].relations[name].many).subquery()
        own = sa.select(*table.c, *([sa.func.count().over().label("_total")] if options.count else []))
        own = self.chosen(own, target, table.c, lambda c: [leads(named.c.key, c)], options)
        own = self.ordered(own, target, table.c, options).offset(options.skip).limit(top_of(options) + 1)
        held = own.correlate(named).lateral()
        query = sa.select(named.c.key.label("_key"), *held.c).select_from(named.join(held, sa.true()))
        rows: list[Row] = [row for row in self.tx.execute(query).mappings()]
        shown = self.entities(Page(target, rows), options)
        found: dict[Any, list[tuple[Row, dict[str, Any]]]] = {}
        for row, told in zip(rows, shown, strict=True):
            found.setdefault(row["_key"], []).append((row, told))
        return found

    def expansion(
        self, name: str, many: bool, rows: list[tuple[Row, dict[str, Any]]], options: Options, link: str
    ) -> dict[str, Any]:
        if not many:
            return {name: rows[0][1] if rows else None}
        top = top_of(options)
        found: dict[str, Any] = {}
        if options.count:
            found[f"{name}@iot.count"] = rows[0][0]["_total"] if rows else 0
        found[name] = [told for _, told in rows[:top]]
        if len(rows) > top > 0:
            found[f"{name}@iot.nextLink"] = f"{link}/{name}?$top={top}&$skip={options.skip + top}"
        return found


def top_of(options: Options) -> int:
    """How many related entities are shown for each."""
    return min(PAGE if options.top is None else options.top, LARGEST)


def by_id(ident: str) -> Where:
    """The entity of an id, as it stands in an address."""
    stream, dash, moment = ident.partition("-")
    if dash:
        return lambda c: _reading(c, stream, moment)
    if not ident.isdecimal() or int(ident) > BIGGEST:
        return lambda _columns: [sa.false()]
    number = int(ident)
    return lambda c: [_named(c, sa.literal(number, sa.BigInteger))]


def _named(columns: Columns, number: Column) -> Column:
    if "_own" in columns:
        return place_named(number, columns)
    column: Column = columns["_row" if "_row" in columns else "id"]
    return column == number


def _reading(columns: Columns, stream: str, moment: str) -> list[Column]:
    """A reading by its datastream and moment (microseconds)."""
    if "_row" not in columns or not (stream.isdecimal() and moment.isdecimal() and len(stream + moment) < 30):
        return [sa.false()]
    try:
        at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(moment))
    except OverflowError:
        return [sa.false()]
    return [
        columns["_row"].is_(None),
        columns["_stream"] == sa.literal(int(stream), sa.BigInteger),
        columns["phenomenonTime"] == at,
    ]


def names_time(node: Node) -> bool:
    """Whether an expression restricts the time of Observations."""
    if isinstance(node, Path):
        return node.parts[-1] in ("phenomenonTime", "resultTime")
    return isinstance(node, Call) and any(map(names_time, node.args))


def check_select(owner: str, names: Sequence[str]) -> None:
    """Raises BadRequest for a name that the set does not have."""
    known = {*SETS[owner].properties, *SETS[owner].relations, *shaping.IDS, "@iot.selfLink"}
    for name in names:
        if name not in known:
            raise BadRequest("sta.name", set=owner, name=name[:100])
