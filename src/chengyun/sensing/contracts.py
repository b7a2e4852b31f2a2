"""What others may see of sensing: kinds, things, datastreams, and readings as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntFlag, StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Moments = NDArray[np.int64]  # microseconds since 1970-01-01 UTC
Values = NDArray[np.float64]

PACKED = np.dtype([("stream", "<i4"), ("at", "<i8"), ("value", "<f8")])


class Flag(IntFlag):
    """Marks of a stored observation."""

    NONE = 0
    LATE = 1  # older than what was known of its datastream
    TOO_LATE = 2  # older than any window that is kept: stored only
    STUCK = 4  # an old value under a fresh stamp


class Reason(StrEnum):
    """Why a reading was not taken in."""

    UNKNOWN_THING = "unknown_thing"
    UNKNOWN_STREAM = "unknown_stream"
    WRONG_UNIT = "wrong_unit"
    NOT_A_NUMBER = "not_a_number"
    INFINITE = "infinite"
    BAD_MOMENT = "bad_moment"
    FUTURE = "future"
    SENTINEL = "sentinel"
    OUT_OF_RANGE = "out_of_range"
    QUOTA = "quota"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Quantity:
    """What one datastream of a kind measures. `unit` is UCUM; `code` is KIND.QUANTITY and unique."""

    code: str
    kind: str
    name_zh: str
    name_en: str
    unit: str
    low: float
    high: float
    interval_s: float  # expected between two readings
    sentinels: tuple[float, ...] = ()  # values that mean "no value"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing, as `things.yaml` of a scenario declares it. What is unusual for one of them is an alarm of
    `anomaly_level` (0: none, 1 blue to 4 red); each of its datastreams may ring so often a month in the long run.
    `anomaly_close`: they are watched closely, by a dearer model.
    """

    code: str
    name_zh: str
    name_en: str
    domain: str
    quantities: tuple[Quantity, ...]
    anomaly_level: int = 1
    anomalies_a_month: float = 0.1
    anomaly_close: bool = False


@dataclass(frozen=True, slots=True)
class Datastream:
    """One measured quantity of a thing. value = raw × scale + shift; interval in seconds."""

    id: int
    thing: int
    quantity: str
    unit: str
    low: float
    high: float
    sentinels: tuple[float, ...]
    interval_s: float
    scale: float
    shift: float
    calibrated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Thing:
    """A device. Position WGS-84 degrees; `region` the grid it stands in; `code` is what it calls itself."""

    id: int
    code: str
    kind: str
    name: str
    owner: int | None
    region: int
    lon: float
    lat: float
    address: str
    properties: Mapping[str, Any]
    active: bool
    simulated: bool
    quota: int  # readings per minute
    has_secret: bool
    streams: tuple[Datastream, ...]


@dataclass(frozen=True, slots=True)
class Readings:
    """Readings as columns of equal length: datastream ids, event time, calibrated value."""

    stream: Ints
    at: Moments
    value: Values

    def __len__(self) -> int:
        return len(self.stream)

    def pack(self) -> bytes:
        """20 bytes each, little-endian, for `sensing_batch.body`."""
        packed = np.empty(len(self.stream), PACKED)
        packed["stream"], packed["at"], packed["value"] = self.stream, self.at, self.value
        return packed.tobytes()

    @classmethod
    def unpack(cls, body: bytes) -> Readings:
        """The inverse of `pack`."""
        packed = np.frombuffer(body, PACKED)
        return cls(
            np.ascontiguousarray(packed["stream"]),
            np.ascontiguousarray(packed["at"]),
            np.ascontiguousarray(packed["value"]),
        )


@dataclass(frozen=True, slots=True)
class Raw:
    """A reading as a device sent it, before anything is known of it. `at` None: the moment of arrival;
    `quantity` as the device calls it; `unit` None: the registered one.
    """

    thing: str
    quantity: str
    value: object
    at: object = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A reading that was not taken in: its place in what was sent, and why."""

    index: int
    thing: str
    quantity: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a request: `batch` is the log's row, None when nothing was left to store."""

    accepted: int
    rejected: tuple[Rejected, ...]
    batch: int | None


@dataclass(frozen=True, slots=True)
class Streams:
    """Every active datastream as columns, in the order of ids; kept in memory per revision of the registry.

    `region` is the grid; `quantity`, `unit`, `owner` and `sentinel` are indexes into `quantities`, `units`, `thing_ids`
    and `sentinels`. Things stand in the order of ids in `thing_ids`, `quota` and `gateway`.
    """

    id: Ints
    thing: Moments  # id of the thing
    owner: Ints  # the thing's place in `thing_ids`
    region: NDArray[np.int64]
    quantity: Ints
    unit: Ints
    sentinel: Ints
    low: Values
    high: Values
    interval_s: Values
    scale: Values
    shift: Values
    quantities: tuple[str, ...]
    units: tuple[str, ...]
    sentinels: Values  # (sets, values), filled up with NaN
    thing_ids: NDArray[np.int64]
    quota: Ints  # readings per minute
    gateway: Ints  # index into `gateways`; 0: speaks for itself
    gateways: Mapping[str, int]
    things: Mapping[str, int]  # what a thing calls itself → its place
    parts: Mapping[str, int]  # last part of a quantity's code → its number
    keys: NDArray[np.int64]  # place of the thing × len(parts) + number of the part, ascending
    rows: Ints  # the datastream of each key

    @classmethod
    def plain(
        cls,
        ids: Ints,
        region: NDArray[np.int64],
        quantity: Ints,
        quantities: tuple[str, ...],
        interval_s: Values,
    ) -> Streams:
        """Of things of their own, as far as computing needs to know them: without codes, ranges and quotas."""
        n, zeros = len(ids), np.zeros(len(ids))
        nothing, own = np.zeros(n, np.int32), np.arange(n, dtype=np.int32)
        units, none = ("1",), np.empty((0, 0))
        return cls(
            ids, ids.astype(np.int64), own, region, quantity, nothing, nothing, zeros, zeros, interval_s, zeros + 1, zeros,
            quantities, units, none, ids.astype(np.int64), nothing, nothing, {}, {}, {}, np.empty(0, np.int64), nothing,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.id)

    def of_ids(self, ids: Ints) -> NDArray[np.int64]:
        """Row of each datastream id; -1 where there is none."""
        return _found(self.id, ids)

    def of_codes(self, places: NDArray[np.int64], parts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Row of (place of a thing, number of a quantity's last part); -1 where there is none or either is -1."""
        wanted = np.where((places < 0) | (parts < 0), -1, places * len(self.parts) + parts)
        at = _found(self.keys, wanted)
        return np.where(at < 0, -1, self.rows[at] if len(self.rows) else -1)


def _found(ascending: NDArray[Any], wanted: NDArray[Any]) -> NDArray[np.int64]:
    """Place of each wanted number; -1 where it is missing."""
    if not len(ascending):
        return np.full(len(wanted), -1, np.int64)
    at = np.minimum(np.searchsorted(ascending, wanted), len(ascending) - 1)
    return np.where(ascending[at] == wanted, at, -1)
