"""Mapbox Vector Tile 2.1 encoding, vectorised: all vertices of a layer become bytes in a few numpy steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from chengyun.territory.shapes import Ints, ramp

EXTENT = 4096
POINT, LINE, POLYGON = 1, 2, 3
_MOVE_ONE, _CLOSE, _LINE_TO = 9, 15, 2

Value = str | int | bool


@dataclass(slots=True)
class Layer:
    """One layer. `parts` are rings, lines or points: `xy` (n, 2) tile units, `starts` (p + 1,) into xy,
    `owner` (p,) ascending index into `ids`; a feature without a part is left out."""

    name: str
    kind: int
    ids: Sequence[int]
    properties: Sequence[Mapping[str, Value]]
    xy: Ints
    starts: Ints
    owner: Ints
    _keys: dict[str, int] = field(default_factory=dict)
    _values: dict[tuple[type, Value], int] = field(default_factory=dict)

    def encode(self) -> bytes:
        """The layer as a field of a tile; empty when it has no feature."""
        features = b"".join(self._features())
        if not features:
            return b""
        keys = b"".join(_text(3, key) for key in self._keys)
        values = b"".join(_chunk(4, _value(value)) for _, value in self._values)
        body = _text(1, self.name) + features + keys + values
        return _chunk(3, body + _key(5, 0) + varint(EXTENT) + _key(15, 0) + varint(2))

    def _features(self) -> list[bytes]:
        stream, per_part = self._commands()
        raw, sizes = varints(stream)
        ends = np.cumsum(sizes)
        part_end = ends[np.cumsum(per_part) - 1] if len(per_part) else ends[:0]
        last = np.flatnonzero(np.diff(self.owner, append=-1) != 0)
        bounds = np.concatenate([[0], part_end[last]]).tolist()
        kind = _key(3, 0) + varint(self.kind)
        found = []
        for number, feature in enumerate(self.owner[last].tolist()):
            geometry = raw[bounds[number] : bounds[number + 1]]
            tags = self._tags(self.properties[feature])
            head = _key(1, 0) + varint(self.ids[feature]) + _chunk(2, tags) + kind
            found.append(_chunk(2, head + _chunk(4, geometry)))
        return found

    def _commands(self) -> tuple[Ints, Ints]:
        """The command stream of all parts, and how many integers each part takes."""
        counts = np.diff(self.starts)
        part = np.repeat(np.arange(len(counts)), counts)
        before = np.roll(self.xy, 1, axis=0)
        first = self.starts[:-1]
        new_feature = np.diff(self.owner, prepend=-1) != 0
        before[first[new_feature]] = 0
        zigzag = _zigzag(self.xy - before)
        close, line = self.kind == POLYGON, self.kind != POINT
        per_part = 2 * counts + 1 + line + close
        at = np.cumsum(per_part) - per_part
        stream = np.empty(int(per_part.sum()), dtype=np.int64)
        stream[at] = _MOVE_ONE
        within = ramp(counts)
        slot = at[part] + 1 + 2 * within + np.where(within > 0, 1, 0)
        stream[slot], stream[slot + 1] = zigzag[:, 0], zigzag[:, 1]
        if line:
            stream[at + 3] = ((counts - 1) << 3) | _LINE_TO
        if close:
            stream[at + per_part - 1] = _CLOSE
        return stream, per_part

    def _tags(self, properties: Mapping[str, Value]) -> bytes:
        tags = bytearray()
        for key, value in properties.items():
            tags += varint(self._keys.setdefault(key, len(self._keys)))
            tags += varint(self._values.setdefault((type(value), value), len(self._values)))
        return bytes(tags)


def varint(value: int) -> bytes:
    """One unsigned integer."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def varints(values: Ints) -> tuple[bytes, Ints]:
    """Many unsigned integers below 2^35 (n,): their bytes, and the size of each (n,)."""
    sizes = np.ones(len(values), dtype=np.int64)
    for bits in (7, 14, 21, 28):
        sizes += values >= (1 << bits)
    at = np.cumsum(sizes) - sizes
    out: NDArray[np.uint8] = np.zeros(int(sizes.sum()), dtype=np.uint8)
    for step in range(int(sizes.max(initial=0))):
        rest = np.flatnonzero(sizes > step)
        more = np.where(sizes[rest] > step + 1, 0x80, 0)
        out[at[rest] + step] = ((values[rest] >> (7 * step)) & 0x7F) | more
    return out.tobytes(), sizes


def _zigzag(values: Ints) -> Ints:
    return (values << 1) ^ (values >> 63)


def _key(number: int, wire: int) -> bytes:
    return varint(number << 3 | wire)


def _chunk(number: int, body: bytes) -> bytes:
    return _key(number, 2) + varint(len(body)) + body


def _text(number: int, text: str) -> bytes:
    return _chunk(number, text.encode())


def _value(value: Value) -> bytes:
    if isinstance(value, bool):
        return _key(7, 0) + varint(int(value))
    if isinstance(value, int):
        return _key(5, 0) + varint(value)
    return _text(1, value)
