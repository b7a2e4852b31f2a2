"""Compact binary, for gateways: a header of 24 bytes, then three columns, little-endian, nothing between them.

| bytes   | type     | meaning |
|---------|----------|---------|
| 0–3     | text     | CYRB |
| 4–5     | uint16   | version: 1 |
| 6–7     | uint16   | 0 |
| 8–11    | uint32   | n: readings |
| 12–15   | uint32   | 0 |
| 16–23   | int64    | base: microseconds since 1970-01-01 UTC |
| 24…     | int32[n] | datastream ids |
| 24+4n…  | int32[n] | moments: milliseconds after the base (or before it) |
| 24+8n…  | float64[n] | values, uncalibrated |
"""

from __future__ import annotations

import numpy as np

from chengyun.sensing.contracts import Ints, Moments, Values
from chengyun.sensing.intake.codecs.columns import Malformed, Packed, not_too_many

MAGIC, VERSION = b"CYRB", 1
HEAD = np.dtype(
    [("magic", "S4"), ("version", "<u2"), ("_", "<u2"), ("n", "<u4"), ("__", "<u4"), ("base", "<i8")]
)
EACH = 16  # bytes of a reading
FARTHEST = 2**53  # microseconds: 285 years; a base beyond it is no moment


def decode(body: bytes, thing: str) -> Packed:
    """Raises Malformed with the byte at which the body is wrong."""
    if len(body) < HEAD.itemsize:
        raise Malformed("sensing.malformed_compact", byte=len(body))
    head = np.frombuffer(body, HEAD, 1)[0]
    if head["magic"] != MAGIC:
        raise Malformed("sensing.malformed_compact", byte=0)
    if head["version"] != VERSION:
        raise Malformed("sensing.malformed_compact", byte=4)
    n, start = int(head["n"]), HEAD.itemsize
    if len(body) != start + EACH * n:
        raise Malformed("sensing.malformed_compact", byte=min(len(body), start + EACH * n))
    if abs(int(head["base"])) > FARTHEST:
        raise Malformed("sensing.malformed_compact", byte=16)
    not_too_many(range(n))
    stream = np.frombuffer(body, "<i4", n, start)
    offset = np.frombuffer(body, "<i4", n, start + 4 * n).astype(np.int64)
    return Packed(stream, head["base"] + offset * 1000, np.frombuffer(body, "<f8", n, start + 8 * n))


def encode(stream: Ints, at: Moments, value: Values) -> bytes:
    """The inverse, for gateways, simulators and tests; moments are cut to milliseconds."""
    base = int(at.min()) if len(at) else 0
    head = np.zeros(1, HEAD)
    head["magic"], head["version"], head["n"], head["base"] = MAGIC, VERSION, len(stream), base
    offset = ((at - base) // 1000).astype("<i4")
    columns = (stream.astype("<i4"), offset, value.astype("<f8"))
    return head.tobytes() + b"".join(column.tobytes() for column in columns)
