"""The region tree of one version in memory: who is under whom, by governance. Read-only and shared.

Loaded once per process and version; `territory_version.digest` identifies the content, so that databases
with equal content (tests from one template) share it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

import sqlalchemy as sa

from chengyun.kernel.errors import NotFound, Unavailable
from chengyun.kernel.revisions import remembered
from chengyun.kernel.transactions import Tx
from chengyun.territory import tables
from chengyun.territory.contracts import LEVELS, Chain, RegionRef

T = TypeVar("T")
_KEEP = 3


@dataclass(frozen=True, slots=True)
class Header:
    """The row of a version."""

    id: int
    label: str
    valid_from: date
    source: str
    attribution: str
    schematic: bool
    digest: str


@dataclass(frozen=True, slots=True)
class Directory:
    """Regions in force, and `past` ones by id for what is remembered of them. `above` by governance (grid → village → town → governing centre → city),
    `statistical` the GB parent, `below` children by governance in the order of their codes."""

    header: Header
    refs: Mapping[int, RegionRef]
    above: Mapping[int, int]
    statistical: Mapping[int, int]
    below: Mapping[int, tuple[int, ...]]
    past: Mapping[int, RegionRef]
    city: int
    chains: dict[int, Chain] = field(default_factory=dict)  # of those asked for

    def ref(self, region_id: int) -> RegionRef:
        """A region, also one that has ended. Raises NotFound("territory.unknown_region")."""
        found = self.refs.get(region_id) or self.past.get(region_id)
        if found is None:
            raise NotFound("territory.unknown_region", id=region_id)
        return found

    def ancestors(self, region_id: int) -> tuple[int, ...]:
        """Ids from the region itself up to the city."""
        line = [self.ref(region_id).id]
        while (up := self.above.get(line[-1])) is not None:
            line.append(up)
        return tuple(line)

    def chain(self, region_id: int) -> Chain:
        """The region with all that govern it."""
        known = self.chains.get(region_id)
        if known is None:
            found = {ref.level: ref for ref in map(self.ref, self.ancestors(region_id))}
            known = self.chains[region_id] = Chain(**found)
        return known

    def descendants(self, region_id: int, level: str) -> list[int]:
        """Ids of all regions of `level` under a region (itself if it is of that level)."""
        layer = [self.ref(region_id).id]
        while layer and LEVELS.index(self.ref(layer[0]).level) < LEVELS.index(level):
            layer = [child for up in layer for child in self.below.get(up, ())]
        return [i for i in layer if self.ref(i).level == level]


class Shelf:
    """Values by digest, made once even when several threads ask; the least recently used go first."""

    def __init__(self, keep: int = _KEEP) -> None:
        self._keep = keep
        self._lock = threading.RLock()
        self._values: OrderedDict[tuple[str, str], object] = OrderedDict()

    def get(self, kind: type[T], digest: str, make: Callable[[], T]) -> T:
        """The value of type `kind` for `digest`, made by `make` if it is not there."""
        key = (kind.__name__, digest)
        value = self._values.get(key)
        if isinstance(value, kind):
            return value
        with self._lock:
            value = self._values.get(key)
            if not isinstance(value, kind):
                value = make()
                self._values[key] = value
            self._values.move_to_end(key)
            while sum(name == key[0] for name, _ in self._values) > self._keep:
                del self._values[next(k for k in self._values if k[0] == key[0])]
            return value


shelf = Shelf()


def header(tx: Tx, version: int | None = None) -> Header:
    """The newest version, or the one asked for. Raises Unavailable("territory.empty") when none is loaded."""
    if version is not None:
        return _read_header(tx, version)
    return remembered(tx, "territory", "header", lambda: _read_header(tx, None))


def _read_header(tx: Tx, version: int | None) -> Header:
    v = tables.version
    statement = sa.select(v).order_by(v.c.id.desc()).limit(1)
    if version is not None:
        statement = statement.where(v.c.id == version)
    row = tx.execute(statement).one_or_none()
    if row is None and version is not None:
        raise NotFound("territory.unknown_version", version=version)
    if row is None:
        raise Unavailable("territory.empty")
    return Header(row.id, row.label, row.valid_from, row.source, row.attribution, row.schematic, row.digest)


def directory(tx: Tx) -> Directory:
    """The tree of the newest version, from memory where it is known."""
    head = header(tx)
    return shelf.get(Directory, head.digest, lambda: _load(tx, head))


def _load(tx: Tx, head: Header) -> Directory:
    r, g = tables.region, tables.governance
    rows = tx.execute(
        sa.select(r.c.id, r.c.level, r.c.name, r.c.code, r.c.parent_id, r.c.valid_to).order_by(
            r.c.code.asc().nulls_last(), r.c.id
        )
    ).all()
    every = {row.id: RegionRef(row.id, row.level, row.name, row.code) for row in rows}
    past = {row.id: every[row.id] for row in rows if row.valid_to is not None}
    refs = {i: ref for i, ref in every.items() if i not in past}
    statistical = {row.id: row.parent_id for row in rows if row.parent_id is not None}
    governed = tx.execute(sa.select(g.c.region_id, g.c.centre_id).where(g.c.valid_to.is_(None))).all()
    above = {**statistical, **{row.region_id: row.centre_id for row in governed}}
    city = next(row.id for row in rows if row.level == "city")
    return Directory(head, refs, above, statistical, _inverse(above, refs), past, city)


def _inverse(above: Mapping[int, int], order: Iterable[int]) -> dict[int, tuple[int, ...]]:
    below: dict[int, list[int]] = {}
    for region in order:
        if (up := above.get(region)) is not None:
            below.setdefault(up, []).append(region)
    return {up: tuple(children) for up, children in below.items()}
