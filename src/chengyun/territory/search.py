"""Place search for the hotline desk: regions, landmarks and addresses by Chinese, pinyin and initials.

In memory: all names lie in one text, a line per way of writing a name, so that one pass of `str.find` over
it answers a query; exact and prefix hits are looked for first. 400,000 places fit the 20 ms budget.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa

from chengyun.kernel.transactions import Tx
from chengyun.territory import tables
from chengyun.territory.contracts import LEVELS, Place, RegionRef
from chengyun.territory.directory import Directory, directory, shelf
from chengyun.territory.shapes import SCALE, RingSet
from chengyun.territory.store import read_rings

_RANK = {"city": 0, "district": 1, "town": 2, "landmark": 3, "village": 4, "government": 5, "committee": 6}
_POOL = 400  # hits looked at before the best ones are taken
_SHORTEST_SOUND = 5  # letters that a name written in pinyin must have before an address is cut there
_IN_SCOPE, _NEAR_KM = 0.7, 60.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be found; `region` is what it is or lies in."""

    name: str
    kind: str
    detail: str
    lon: float
    lat: float
    region: int | None
    schematic: bool


class Gazetteer:
    """All entries of a version, searchable. Sounds and names lie in texts of their own: letters take a byte."""

    def __init__(self, entries: Sequence[Entry], keys: Iterable[tuple[int, str]]) -> None:
        """`keys` are (entry number, one way of writing it); an entry may have many."""
        self.entries = entries
        folded = [(owner, fold(key)) for owner, key in keys]
        self._sounds = Lines([(owner, key) for owner, key in folded if key.isascii()])
        self._names = Lines([(owner, key) for owner, key in folded if not key.isascii()])

    def hits(self, q: str) -> dict[int, int]:
        """Entry number → 0 exact, 1 prefix, 2 inside; at most a pool of each."""
        return self._lines(q).hits(q)

    def longest_start(self, q: str) -> int:
        """How many characters of `q` some key begins with."""
        return self._lines(q).longest_start(q)

    def _lines(self, q: str) -> Lines:
        """Pinyin keeps the digits and letters of a name, so sounds answer for them too."""
        return self._sounds if q.isascii() else self._names


class Lines:
    """Many short lines as one text, each with its owner."""

    def __init__(self, lines: Sequence[tuple[int, str]]) -> None:
        self._text = "\n" + "\n".join(line for _, line in lines) + "\n"
        self._owners = [owner for owner, _ in lines]
        lengths = np.fromiter((len(line) + 1 for _, line in lines), np.int64, len(lines))
        self._starts: list[int] = (np.cumsum(lengths) - lengths + 1).tolist()

    def hits(self, q: str) -> dict[int, int]:
        """Owner → 0 exact, 1 prefix, 2 inside; at most a pool of each."""
        found: dict[int, int] = {}
        for grade, needle in enumerate((f"\n{q}\n", f"\n{q}", q)):
            before = len(found)
            for at in self._find(needle):
                found.setdefault(self._owners[bisect_right(self._starts, at + (grade < 2)) - 1], grade)
                if len(found) - before >= _POOL:
                    break
        return found

    def longest_start(self, q: str) -> int:
        """How many characters of `q` some line begins with."""
        low, high = 0, len(q)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if f"\n{q[:middle]}" in self._text else (low, middle - 1)
        return low

    def _find(self, needle: str) -> Iterator[int]:
        at = self._text.find(needle)
        while at >= 0:
            yield at
            following = self._text.find("\n", at + 1)  # one hit per line is enough
            at = self._text.find(needle, following)


def fold(text: str) -> str:
    """Lower-case, full-width to half-width, without spaces and marks between syllables."""
    plain = "".join(chr(ord(c) - 0xFEE0) if "!" <= chr(max(ord(c) - 0xFEE0, 0)) <= "~" else c for c in text)
    return "".join(c for c in plain.lower() if not c.isspace() and c not in "'’·•、,，.-")


def search(tx: Tx, q: str, near: tuple[float, float] | None, limit: int) -> list[Place]:
    """The best `limit` hits. Words separated by spaces must all fit: the last one the place itself, the
    others something above it; an address written without spaces is cut at the regions it names."""
    tree, scopes = directory(tx), frozenset(tx.actor.scopes)
    return [_place(entry, tree, scopes) for entry in _found(tx, q, near)[:limit]]


def search_regions(tx: Tx, q: str, level: str | None, limit: int) -> list[RegionRef]:
    """The best regions, of one level if given."""
    tree = directory(tx)
    levels = LEVELS if level is None else (level,)
    found = ((entry, tree.refs.get(entry.region or 0)) for entry in _found(tx, q, None))
    return [ref for entry, ref in found if ref and entry.kind == ref.level and ref.level in levels][:limit]


def _found(tx: Tx, q: str, near: tuple[float, float] | None) -> list[Entry]:
    """Everything that fits, best first."""
    tree, gazetteer = directory(tx), places(tx)
    words = [word for word in (fold(part) for part in q.split()) if word]
    if not words:
        return []
    found = _matching(gazetteer, tree, words)
    if not found:
        whole = "".join(words)
        found = gazetteer.hits(whole) or _cut(gazetteer, tree, whole)
    scopes = frozenset(tx.actor.scopes)
    best = sorted((_score(gazetteer.entries[n], grade, tree, scopes, near), n) for n, grade in found.items())
    return [gazetteer.entries[number] for _, number in best]


def _matching(gazetteer: Gazetteer, tree: Directory, words: list[str]) -> dict[int, int]:
    found = gazetteer.hits(words[-1])
    for word in words[:-1]:
        around = {gazetteer.entries[number].region for number in gazetteer.hits(word)}
        found = {n: grade for n, grade in found.items() if _within(gazetteer.entries[n], tree, around)}
    return found


def _cut(gazetteer: Gazetteer, tree: Directory, q: str) -> dict[int, int]:
    """九龙坡区石桥铺街道12号 → what fits 九龙坡区 and 石桥铺街道; what fits no name at the end is left out."""
    words: list[str] = []
    while q and (head := gazetteer.longest_start(q)) >= (_SHORTEST_SOUND if q[0].isascii() else 2):
        words.append(q[:head])
        q = q[head:]
    return _matching(gazetteer, tree, words) if words else {}


def _within(entry: Entry, tree: Directory, around: set[int | None]) -> bool:
    if entry.region is None:
        return False
    line = tree.ancestors(entry.region)
    own = entry.kind == tree.refs[entry.region].level
    return any(i in around for i in (line[1:] if own else line))


def _score(
    entry: Entry, grade: int, tree: Directory, scopes: frozenset[int], near: tuple[float, float] | None
) -> tuple[float, int, str]:
    """Smaller is better: how it matched and how big it is, nudged by the searcher's own area and distance."""
    score = grade * 4.0 + _RANK.get(entry.kind, 7)
    if _in_scope(entry, tree, scopes):
        score -= _IN_SCOPE
    if near is not None:
        score += min(_kilometres(entry, near) / _NEAR_KM, 3.0)
    return score, len(entry.name), entry.name


def _in_scope(entry: Entry, tree: Directory, scopes: frozenset[int]) -> bool:
    return bool(scopes) and entry.region is not None and not scopes.isdisjoint(tree.ancestors(entry.region))


def _kilometres(entry: Entry, near: tuple[float, float]) -> float:
    dx = (entry.lon - near[0]) * math.cos(math.radians(near[1]))
    return 111.2 * math.hypot(dx, entry.lat - near[1])


def _place(entry: Entry, tree: Directory, scopes: frozenset[int]) -> Place:
    ref: RegionRef | None = tree.refs.get(entry.region) if entry.region is not None else None
    return Place(
        entry.name, entry.kind, _detail(entry, tree), entry.lon, entry.lat, ref,
        _in_scope(entry, tree, scopes), entry.schematic,
    )  # fmt: skip


def _detail(entry: Entry, tree: Directory) -> str:
    if entry.region is None:
        return entry.detail
    chain = tree.chain(entry.region).regions
    own = entry.kind == tree.refs[entry.region].level
    above = " · ".join(ref.name for ref in (chain[1:-1] if own else chain[1:]))
    return " · ".join(part for part in (above, entry.detail) if part) or chain[0].name


def places(tx: Tx) -> Gazetteer:
    """The gazetteer of the newest version and the newest import of places."""
    tree = directory(tx)
    newest = tx.execute(sa.select(sa.func.max(tables.place.c.id))).scalar() or 0
    return shelf.get(Gazetteer, f"{tree.header.digest}/{newest}", lambda: _load(tx, tree))


def _load(tx: Tx, tree: Directory) -> Gazetteer:
    entries: list[Entry] = []
    keys: list[tuple[int, str]] = []
    for entry, sounds in (*_regions(tx, tree), *_places(tx)):
        keys += [(len(entries), key) for key in dict.fromkeys([entry.name, *sounds.split()])]
        entries.append(entry)
    return Gazetteer(entries, keys)


def _regions(tx: Tx, tree: Directory) -> Iterator[tuple[Entry, str]]:
    r = tables.region
    middles: dict[int, tuple[float, float]] = {}
    for level in ("city", "district", "town", "village"):
        middles |= _middles(read_rings(tx, tree.header.id, level=level))
    rows = tx.execute(
        sa.select(r.c.id, r.c.level, r.c.name, r.c.pinyin, r.c.initials).where(
            r.c.level != "grid", r.c.valid_to.is_(None)
        )
    )
    for row in rows:
        if row.id in middles:
            lon, lat = middles[row.id]
            entry = Entry(row.name, row.level, "", lon, lat, row.id, tree.header.schematic)
            yield entry, f"{row.pinyin} {row.initials}"


def _middles(rings: RingSet) -> dict[int, tuple[float, float]]:
    boxes = rings.boxes() if len(rings.ids) else np.zeros((0, 4), np.int64)
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2 / SCALE, (boxes[:, 1] + boxes[:, 3]) / 2 / SCALE
    return {int(i): (float(lon), float(lat)) for i, lon, lat in zip(rings.ids, x, y, strict=True)}


def _places(tx: Tx) -> Iterator[tuple[Entry, str]]:
    p = tables.place
    for row in tx.execute(sa.select(p).order_by(p.c.id)):
        entry = Entry(row.name, row.kind, row.detail, row.lon, row.lat, row.region_id, row.schematic)
        yield entry, f"{row.pinyin} {row.initials}"
