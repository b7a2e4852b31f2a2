"""What a thing and its datastreams must be like, pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from chengyun.kernel.errors import FieldError
from chengyun.sensing.contracts import Kind, Quantity
from chengyun.sensing.registry.contracts import NewThing, StreamEdit, StreamSetting, ThingEdit

CODE = re.compile(
    r"[0-9A-Za-z][0-9A-Za-z._:-]{0,99}"
)  # a level of an MQTT topic, a word of a URL, never a formula
PART = re.compile(r"[a-z][a-z0-9_-]{0,39}(\.[a-z][a-z0-9_-]{0,39})?")
NAME_MAX, ADDRESS_MAX, UNIT_MAX, SENTINELS_MAX = 100, 200, 40, 20
QUOTA_MAX, QUOTA_MIN, SLACK = 1_000_000, 60, 10
INTERVAL_MAX_S = 366 * 86_400.0
ANOMALIES_MAX = 1_000.0


def quota_of(kind: Kind) -> int:
    """Readings a minute that a thing of this kind may send: ten times what is expected, so that it may catch up."""
    expected = sum(60 / quantity.interval_s for quantity in kind.quantities)
    return min(max(QUOTA_MIN, math.ceil(expected * SLACK)), QUOTA_MAX)


def part_of(quantity: str) -> str:
    """What a device calls it: the code's last part."""
    return quantity.rpartition(".")[2]


def resolved(setting: StreamSetting, quantity: Quantity) -> StreamEdit:
    """A datastream with everything that its setting leaves to the quantity."""

    def given(name: str, otherwise: float) -> float:
        value = getattr(setting, name)
        return otherwise if value is None else float(value)

    return StreamEdit(
        unit=setting.unit or quantity.unit,
        low=given("low", quantity.low),
        high=given("high", quantity.high),
        sentinels=quantity.sentinels if setting.sentinels is None else setting.sentinels,
        interval_s=given("interval_s", quantity.interval_s),
        scale=given("scale", 1.0),
        shift=given("shift", 0.0),
        calibrated_at=setting.calibrated_at,
    )


def faults_of_thing(new: NewThing, kinds: Mapping[str, Kind]) -> Iterator[FieldError]:
    """Every wrong field of a new thing, its place apart."""
    if not CODE.fullmatch(new.code):
        yield FieldError("code", "thing.code")
    yield from _faults_of_texts(new.name, new.address)
    if new.quota is not None:
        yield from _faults_of_quota(new.quota)
    kind = kinds.get(new.kind)
    if kind is None:
        yield FieldError("kind", "thing.kind_unknown", {"kind": new.kind})
        return
    parts = {part_of(quantity.code): quantity for quantity in kind.quantities}
    seen: set[str] = set()
    for place, setting in enumerate(new.streams):
        path = f"streams.{place}"
        if setting.quantity not in parts or setting.quantity in seen:
            code = "thing.stream_twice" if setting.quantity in seen else "thing.stream_unknown"
            yield FieldError(f"{path}.quantity", code, {"name": setting.quantity, "known": "、".join(parts)})
            continue
        seen.add(setting.quantity)
        quantity = parts[setting.quantity]
        for wrong in faults_of_stream(resolved(setting, quantity), quantity):
            yield FieldError(f"{path}.{wrong.path}", wrong.code, wrong.params)


def faults_of_edit(edit: ThingEdit) -> Iterator[FieldError]:
    """Every wrong field of a change, its place apart."""
    yield from _faults_of_texts(edit.name, edit.address)
    yield from _faults_of_quota(edit.quota)


def _faults_of_texts(name: str, address: str) -> Iterator[FieldError]:
    if not 1 <= len(name.strip()) <= NAME_MAX:
        yield FieldError("name", "thing.name", {"most": NAME_MAX})
    if len(address) > ADDRESS_MAX:
        yield FieldError("address", "thing.address", {"most": ADDRESS_MAX})


def _faults_of_quota(quota: int) -> Iterator[FieldError]:
    if not 1 <= quota <= QUOTA_MAX:
        yield FieldError("quota", "thing.quota", {"most": QUOTA_MAX})


def faults_of_stream(edit: StreamEdit, quantity: Quantity) -> Iterator[FieldError]:
    """Every wrong field of a datastream."""
    numbers = {"low": edit.low, "high": edit.high, "scale": edit.scale, "shift": edit.shift}
    for name, value in numbers.items():
        if not math.isfinite(value):
            yield FieldError(name, "stream.number")
    if not edit.low < edit.high:
        yield FieldError("high", "stream.range")
    if not 0 < edit.interval_s <= INTERVAL_MAX_S:
        yield FieldError("interval_s", "stream.interval")
    yield from _faults_of_conversion(edit, quantity)
    if len(edit.sentinels) > SENTINELS_MAX or not all(map(math.isfinite, edit.sentinels)):
        yield FieldError("sentinels", "stream.sentinels", {"most": SENTINELS_MAX})


def _faults_of_conversion(edit: StreamEdit, quantity: Quantity) -> Iterator[FieldError]:
    """Values of one quantity are compared: a device with another unit must be converted."""
    if edit.scale == 0:
        yield FieldError("scale", "stream.scale")
    if not 1 <= len(edit.unit) <= UNIT_MAX:
        yield FieldError("unit", "stream.unit")
    elif edit.unit != quantity.unit and (edit.scale, edit.shift) == (1.0, 0.0):
        yield FieldError("unit", "stream.unit_uncalibrated", {"unit": quantity.unit})


def faults_of_kind(kind: Kind) -> Iterator[FieldError]:
    """Every wrong field of a kind as a scenario declares it."""
    if not PART.fullmatch(kind.code):
        yield FieldError(kind.code, "kind.code")
    if not kind.quantities:
        yield FieldError(kind.code, "kind.empty")
    if not (0 <= kind.anomaly_level <= 4 and 0 < kind.anomalies_a_month <= ANOMALIES_MAX):
        yield FieldError(kind.code, "kind.anomaly", {"most": ANOMALIES_MAX})
    codes = [quantity.code for quantity in kind.quantities]
    for quantity in kind.quantities:
        if quantity.kind != kind.code or quantity.code != f"{kind.code}.{part_of(quantity.code)}":
            yield FieldError(quantity.code, "kind.quantity_code", {"kind": kind.code})
        if codes.count(quantity.code) > 1:
            yield FieldError(quantity.code, "thing.stream_twice", {"name": quantity.code})
        for wrong in faults_of_stream(resolved(StreamSetting(quantity.code), quantity), quantity):
            yield FieldError(f"{quantity.code}.{wrong.path}", wrong.code, wrong.params)
