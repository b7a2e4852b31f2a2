"""Judges the rows of an import before their geometry: names, codes, what they belong to, what would end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
import sqlalchemy as sa

from chengyun.kernel.transactions import Tx
from chengyun.territory import tables
from chengyun.territory.contracts import LEVELS
from chengyun.territory.directory import Directory
from chengyun.territory.landing import Incoming
from chengyun.territory.outlines import shells
from chengyun.territory.reading import Row
from chengyun.territory.shapes import SCALE
from chengyun.territory.store import read_rings

_PARENT_DIGITS = {"town": 6, "village": 9, "grid": 12}


@dataclass(slots=True)
class Screened:
    """Rows that passed, in step with the regions they become. `above` regions made on the way (the city),
    `ended` ids that the file no longer has, `without_grids` keys of regions that no grid lies in."""

    rows: list[Row] = field(default_factory=list)
    incoming: list[Incoming] = field(default_factory=list)
    above: list[Incoming] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    without_grids: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Known:
    """Regions in force of one level: ids by key, by code and by name; a name may stand for several."""

    keys: dict[str, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    names: dict[str, list[int]] = field(default_factory=dict)

    def find(self, text: str) -> int | str:
        """The id, or why there is none."""
        one = self.keys.get(text) or self.codes.get(text)
        if one is not None:
            return one
        named = self.names.get(text, [])
        if len(named) == 1:
            return named[0]
        return (
            f"is ambiguous: {len(named)} regions are called {text}, give the code"
            if named
            else f"is unknown: {text}"
        )


def screen(tx: Tx, tree: Directory | None, level: str, read: Sequence[Row], label: str) -> Screened:
    """Everything that can be said without looking at polygons."""
    found = Screened()
    above = LEVELS[max(LEVELS.index(level) - 1, 0)]
    parents, districts, own = known(tx, above), known(tx, "district"), known(tx, level)
    seen: dict[str, Row] = {}
    for row in read:
        made = _region(row, level, tree, parents, districts, found, label)
        if isinstance(made, str):
            found.rejected.append(f"{row.shown} {made}")
        elif made.key in seen:
            found.rejected.append(f"{row.shown} has the same code or name as {seen[made.key].shown}")
        else:
            seen[made.key] = row
            found.rows.append(row)
            found.incoming.append(made)
    _judge_known(tx, tree, level, own, found)
    return found


def known(tx: Tx, level: str) -> Known:
    """The regions in force of a level."""
    r = tables.region
    found = Known()
    statement = sa.select(r.c.id, r.c.key, r.c.code, r.c.name).where(
        r.c.level == level, r.c.valid_to.is_(None)
    )
    for row in tx.execute(statement):
        found.keys[row.key] = row.id
        if row.code:
            found.codes[row.code] = row.id
        found.names.setdefault(row.name, []).append(row.id)
    return found


def _region(
    row: Row,
    level: str,
    tree: Directory | None,
    parents: Known,
    districts: Known,
    found: Screened,
    label: str,
) -> Incoming | str:
    """The region that a row stands for, or what is wrong with it."""
    name, code = row.text("name"), row.text("code") or None
    if not name:
        return "has no name"
    if code and not code.isalnum():
        return f"has a code that is none: {code}"
    if level == "city":
        return (
            Incoming(code or name, level, name, code, None, None, []) if tree is None else "is a second city"
        )
    parent = _parent(row, level, tree, parents, found, label)
    if isinstance(parent, str) and not any(region.key == parent for region in found.above):
        return parent
    centre = _centre(row, level, districts)
    if isinstance(centre, str):
        return centre
    key = code or f"{parent}/{name}"
    return Incoming(key, level, name, code, parent, centre, [])


def _parent(
    row: Row, level: str, tree: Directory | None, parents: Known, found: Screened, label: str
) -> int | str:
    """The id of the region above; the city's key while the city comes with its districts; else the fault."""
    if level == "district":
        if tree is not None:
            return tree.city
        if not found.above:
            name = row.text("city") or label
            found.above.append(Incoming(name, "city", name, None, None, None, []))
            found.notes.append(f"the city is created as {name}")
        return found.above[0].key
    text = row.text("parent") or row.text("code")[: _PARENT_DIGITS[level]]
    if not text:
        return "does not say what it belongs to (column parent)"
    answer = parents.find(text)
    return answer if isinstance(answer, int) else f"belongs to a region that {answer}"


def _centre(row: Row, level: str, districts: Known) -> int | str | None:
    text = row.text("centre")
    if level != "town" or not text:
        return None
    answer = districts.find(text)
    return answer if isinstance(answer, int) else f"is governed by a centre that {answer}"


def _judge_known(tx: Tx, tree: Directory | None, level: str, own: Known, found: Screened) -> None:
    """What the import means for regions that are there already."""
    if tree is None:
        found.without_grids = {region.key for region in found.incoming}
        return
    ids = {region.key: own.keys[region.key] for region in found.incoming if region.key in own.keys}
    for row, region in zip(found.rows, found.incoming, strict=True):
        held = ids.get(region.key)
        if held is None or not tree.descendants(held, "grid"):
            found.without_grids.add(region.key)
        if level == "town" and held is not None and tree.above[held] != (region.centre or region.parent):
            found.rejected.append(
                f"{row.shown} changes its governing centre: use territory reorganise for that"
            )
    touched = {region.parent for region in found.incoming}
    siblings = {i for i in own.keys.values() if tree.statistical.get(i) in touched}
    _end_missing(tree, level, siblings - set(ids.values()), found)


def _end_missing(tree: Directory, level: str, missing: Iterable[int], found: Screened) -> None:
    for region in sorted(missing):
        below = tree.below.get(region, ())
        if below and level != "village":
            what = f"{tree.ref(region).name} ({region}) is not in the file but still has {len(below)} regions"
            found.rejected.append(f"{what}: use territory reorganise for that")
            continue
        found.ended += [region, *below]
        if level != "grid":
            found.notes.append(f"{tree.ref(region).name} ({region}) ends: the file does not have it")


def neighbours(tx: Tx, tree: Directory, level: str, screened: Screened) -> dict[int, shapely.Geometry]:
    """Existing regions that stay and that an incoming polygon may touch, in degrees by id."""
    lowest = "grid" if level in ("village", "grid") else level
    gone = set(screened.ended) | set(_replaced(tx, level, screened))
    rings = read_rings(tx, tree.header.id, level=lowest)
    if not len(rings.ids):
        return {}
    drawn = [row.geometry for row in screened.rows if row.geometry is not None]
    west, south, east, north = shapely.total_bounds(drawn) * SCALE
    boxes = rings.boxes()
    near = (boxes[:, 0] <= east) & (boxes[:, 2] >= west) & (boxes[:, 1] <= north) & (boxes[:, 3] >= south)
    return {
        int(rings.ids[n]): shapely.transform(shapely.MultiPolygon(shells(rings, n)), lambda xy: xy / SCALE)
        for n in np.flatnonzero(near).tolist()
        if int(rings.ids[n]) not in gone
    }


def _replaced(tx: Tx, level: str, screened: Screened) -> list[int]:
    """Ids whose shape the file brings anew."""
    keys = {region.key for region in screened.incoming}
    if level == "village":
        keys = {f"{key}-001" for key in keys & screened.without_grids}
    return [i for key, i in known(tx, "grid" if level == "village" else level).keys.items() if key in keys]
