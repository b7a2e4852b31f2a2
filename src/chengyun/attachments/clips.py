"""Clips: their hidden metadata (place, device, titles) blanked in place, byte offsets kept, pictures untouched.

MP4: boxes that carry metadata become `free` boxes of zeros; a track that is neither picture nor sound (a GPS log)
goes with them. WebM: tags, attachments and titles become Void elements.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from chengyun.attachments.photos import damaged

_CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf", b"edts"})
_HIDDEN = frozenset({b"udta", b"meta", b"uuid", b"Xtra", b"skip"})
_KEPT_TRACKS = frozenset({b"vide", b"soun"})
_ZEROS = bytes(65536)


@dataclass(frozen=True, slots=True)
class Clip:
    """Width and height in pixels, where the file says."""

    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int  # of the header
    body: int
    end: int


def clean(path: Path, kind: str) -> Clip:
    """Blank the metadata of the file itself. Raises Invalid("attachments.damaged") for what is no whole clip."""
    wash: Callable[[BinaryIO, int], Clip] = _wash_mp4 if kind == "mp4" else _wash_webm
    with path.open("r+b") as file:
        size = file.seek(0, 2)
        try:
            return wash(file, size)
        except (struct.error, IndexError) as error:
            raise damaged() from error


# --- MP4 -----------------------------------------------------------------------------------------------------


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[_Box]:
    while start < end:
        file.seek(start)
        size, kind = struct.unpack(">I4s", file.read(8))
        body = start + 8
        if size == 1:
            size = struct.unpack(">Q", file.read(8))[0]
            body += 8
        stop = end if size == 0 else start + size
        if stop > end or stop < body:
            raise damaged()
        yield _Box(kind, start, body, stop)
        start = stop


def _wash_mp4(file: BinaryIO, size: int) -> Clip:
    found = {box.kind for box in _boxes(file, 0, size)}
    if b"moov" not in found or not found & {b"mdat", b"moof"}:
        raise damaged()
    shape = _Shape()
    for box in _boxes(file, 0, size):
        _wash_box(file, box, shape)
    return Clip(shape.width, shape.height)


@dataclass(slots=True)
class _Shape:
    width: int | None = None
    height: int | None = None


def _wash_box(file: BinaryIO, box: _Box, shape: _Shape) -> None:
    if box.kind in _HIDDEN:
        _free(file, box)
    elif box.kind == b"trak" and _handler(file, box) not in _KEPT_TRACKS:
        _blank_samples(file, box)
        _free(file, box)
    elif box.kind == b"tkhd":
        _measure(file, box, shape)
    elif box.kind in _CONTAINERS:
        for inner in _boxes(file, box.body, box.end):
            _wash_box(file, inner, shape)


def _free(file: BinaryIO, box: _Box) -> None:
    file.seek(box.start + 4)
    file.write(b"free")
    _blank(file, box.body, box.end)


def _blank(file: BinaryIO, start: int, end: int) -> None:
    file.seek(start)
    left = end - start
    while left > 0:
        left -= file.write(_ZEROS[: min(left, len(_ZEROS))])


def _measure(file: BinaryIO, box: _Box, shape: _Shape) -> None:
    """The picture's size stands at the end of a track's header, as two 16.16 numbers; sound has zeros."""
    file.seek(box.end - 8)
    width, height = struct.unpack(">II", file.read(8))
    if width >> 16 and height >> 16:
        shape.width, shape.height = width >> 16, height >> 16


def _descend(file: BinaryIO, box: _Box, *path: bytes) -> _Box | None:
    for kind in path:
        inner = next((found for found in _boxes(file, box.body, box.end) if found.kind == kind), None)
        if inner is None:
            return None
        box = inner
    return box


def _handler(file: BinaryIO, track: _Box) -> bytes:
    box = _descend(file, track, b"mdia", b"hdlr")
    if box is None:
        return b""
    file.seek(box.body + 8)
    return file.read(4)


def _numbers(file: BinaryIO, box: _Box | None, header: int, form: str) -> list[tuple[int, ...]]:
    """The rows of a sample table: `header` bytes, then a count, then rows of `form`."""
    if box is None:
        return []
    file.seek(box.body + header)
    count = struct.unpack(">I", file.read(4))[0]
    width = struct.calcsize(form)
    if box.body + header + 4 + count * width > box.end:
        raise damaged()
    return list(struct.iter_unpack(form, file.read(count * width)))


def _blank_samples(file: BinaryIO, track: _Box) -> None:
    """Zero what a track that goes away has in the file: every chunk of it, sample by sample."""
    table = _descend(file, track, b"mdia", b"minf", b"stbl")
    if table is None:
        return
    offsets = _numbers(file, _descend(file, table, b"stco"), 4, ">I")
    offsets = offsets or _numbers(file, _descend(file, table, b"co64"), 4, ">Q")
    runs = _numbers(file, _descend(file, table, b"stsc"), 4, ">III")
    sizes = _sample_sizes(file, _descend(file, table, b"stsz"))
    end = file.seek(0, 2)
    for chunk, (offset,) in enumerate(offsets, start=1):
        samples = next((run[1] for run in reversed(runs) if run[0] <= chunk), 0)
        length = sum(size for _, size in zip(range(samples), sizes, strict=False))
        _blank(file, min(offset, end), min(offset + length, end))


def _sample_sizes(file: BinaryIO, box: _Box | None) -> Iterator[int]:
    if box is None:
        return
    file.seek(box.body + 4)
    same, count = struct.unpack(">II", file.read(8))
    if same:
        yield from (same for _ in range(count))
        return
    yield from [row[0] for row in _numbers(file, box, 8, ">I")]


# --- WebM ----------------------------------------------------------------------------------------------------

_SEGMENT, _CLUSTER, _TRACKS, _INFO = 0x18538067, 0x1F43B675, 0x1654AE6B, 0x1549A966
_TAGS, _ATTACHMENTS = 0x1254C367, 0x1941A469
_TRACK, _VIDEO = 0xAE, 0xE0
_WIDTH, _HEIGHT = 0xB0, 0xBA
# Title, date, writing and muxing application, file names, SegmentUID; of a track its name.
_INFO_HIDDEN = frozenset({0x7BA9, 0x4461, 0x7384, 0x73A4})
_TRACK_NAME = 0x536E
_VOID = 0xEC


@dataclass(frozen=True, slots=True)
class _Element:
    id: int
    start: int
    body: int
    end: int
    open: bool  # its size is not known: it lasts until its siblings begin


def _elements(file: BinaryIO, start: int, end: int) -> Iterator[_Element]:
    while start < end:
        file.seek(start)
        head = file.read(12)
        id_length = _vint_length(head[0], 4)
        size_length = _vint_length(head[id_length], 8)
        mask = (1 << (7 * size_length)) - 1
        size = int.from_bytes(head[id_length : id_length + size_length], "big") & mask
        if len(head) < id_length + size_length:
            raise damaged()
        body = start + id_length + size_length
        unknown = size == mask
        stop = end if unknown else body + size
        if stop > end:
            raise damaged()
        yield _Element(int.from_bytes(head[:id_length], "big"), start, body, stop, unknown)
        start = stop


def _vint_length(first: int, most: int) -> int:
    length = 9 - first.bit_length()
    if not 1 <= length <= most:
        raise damaged()
    return length


def _wash_webm(file: BinaryIO, size: int) -> Clip:
    segment = next((found for found in _elements(file, 0, size) if found.id == _SEGMENT), None)
    if segment is None:
        raise damaged()
    shape, seen = _Shape(), set[int]()
    _wash_segment(file, segment.body, segment.end, shape, seen)
    if not {_TRACKS, _CLUSTER} <= seen:
        raise damaged()
    return Clip(shape.width, shape.height)


def _wash_segment(file: BinaryIO, start: int, end: int, shape: _Shape, seen: set[int]) -> None:
    for element in _elements(file, start, end):
        seen.add(element.id)
        if element.id in (_TAGS, _ATTACHMENTS):
            _void(file, element)
        elif element.id == _INFO:
            _void_inside(file, element, _INFO_HIDDEN)
        elif element.id == _TRACKS:
            _wash_tracks(file, element, shape)
        elif element.open:  # a live recording's cluster: its blocks and all that follows lie side by side
            _wash_segment(file, element.body, element.end, shape, seen)


def _wash_tracks(file: BinaryIO, tracks: _Element, shape: _Shape) -> None:
    for track in _elements(file, tracks.body, tracks.end):
        if track.id != _TRACK:
            continue
        _void_inside(file, track, frozenset({_TRACK_NAME}))
        for part in _elements(file, track.body, track.end):
            if part.id == _VIDEO:
                sizes = {found.id: _number(file, found) for found in _elements(file, part.body, part.end)}
                shape.width, shape.height = sizes.get(_WIDTH), sizes.get(_HEIGHT)


def _number(file: BinaryIO, element: _Element) -> int:
    file.seek(element.body)
    return int.from_bytes(file.read(min(8, element.end - element.body)), "big")


def _void_inside(file: BinaryIO, parent: _Element, ids: frozenset[int]) -> None:
    for element in list(_elements(file, parent.body, parent.end)):
        if element.id in ids:
            _void(file, element)


def _void(file: BinaryIO, element: _Element) -> None:
    """Turn an element into a Void of the same length; the shortest ones (2–8 bytes) take a size of one byte."""
    length = element.end - element.start
    if length >= 9:
        header = bytes([_VOID, 0x01]) + (length - 9).to_bytes(7, "big")
    else:
        header = bytes([_VOID, 0x80 | (length - 2)])
    file.seek(element.start)
    file.write(header)
    _blank(file, element.start + len(header), element.end)
