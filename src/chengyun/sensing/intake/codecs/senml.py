"""SenML in JSON (RFC 8428). A resolved name is THING/QUANTITY or THING:QUANTITY; without a separator it is a quantity.

Base fields and sums are resolved as the RFC has it; texts, booleans and data are no readings and are rejected as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chengyun.sensing.intake.codecs.columns import Columns, Malformed, not_too_many, text_of
from chengyun.sensing.intake.codecs.plain import loads

VERSION = 10
GREATEST = 1e300
RELATIVE = 2**28  # seconds: below it a time is relative to the moment of arrival
KNOWN = frozenset(["bn", "bt", "bu", "bv", "bs", "bver", "n", "u", "v", "vs", "vb", "vd", "s", "t", "ut"])
NUMBERS = ("bt", "bv", "t")
# SenML's names (RFC 8428, 8798) of units that UCUM calls otherwise.
UNITS = {
    "%RH": "%", "/": "1", "count": "{count}", "lat": "deg", "lon": "deg", "beat/min": "{beats}/min",
    "beats": "{beats}", "EL": "%", "S/m": "S/m", "%EL": "%", "dBm": "dB[mW]", "dBW": "dB[W]", "l": "L", "l/s": "L/s",
}  # fmt: skip


@dataclass(slots=True)
class _Base:
    name: str = ""
    time: float = 0.0
    unit: str | None = None
    value: float = 0.0


def decode(body: bytes, thing: str) -> Columns:
    """Raises Malformed with the index of the record."""
    records = loads(body)
    if not isinstance(records, list):
        raise Malformed("sensing.malformed_reading", index=0)
    not_too_many(records)
    found, base = Columns(), _Base()
    for index, record in enumerate(records):
        _checked(record, index)
        _rebased(base, record, index)
        if any(name in record for name in ("v", "vs", "vb", "vd", "s")):
            _add(found, base, record, index, thing)
    return found


def _checked(record: Any, index: int) -> None:
    if not isinstance(record, dict):
        raise Malformed("sensing.malformed_reading", index=index)
    for name in record:
        if name not in KNOWN and name.endswith("_"):  # must be understood (section 4.4)
            raise Malformed("sensing.malformed_field", index=index, field=name)
    if record.get("bver", VERSION) != VERSION:
        raise Malformed("sensing.malformed_field", index=index, field="bver")
    for name in NUMBERS:
        if not _number(record.get(name, 0)):
            raise Malformed("sensing.malformed_field", index=index, field=name)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= GREATEST


def _rebased(base: _Base, record: dict[str, Any], index: int) -> None:
    if "bn" in record:
        base.name = text_of(record["bn"], index, "bn")
    if "bu" in record:
        base.unit = text_of(record["bu"], index, "bu")
    base.time = record.get("bt", base.time)
    base.value = record.get("bv", base.value)


def _add(found: Columns, base: _Base, record: dict[str, Any], index: int, thing: str) -> None:
    name = base.name + (text_of(record["n"], index, "n") if "n" in record else "")
    cut = max(name.rfind("/"), name.rfind(":"))
    code, quantity = (thing, name) if cut < 0 else (name[:cut], name[cut + 1 :])
    unit = text_of(record["u"], index, "u") if "u" in record else base.unit
    value = record.get("v")
    if base.value and value is not None and _number(value):
        value = base.value + value
    time = base.time + record.get("t", 0)
    at: object = Since(time) if abs(time) < RELATIVE else time
    found.add(
        text_of(code, index, "n"), text_of(quantity, index, "n"), value, at, UNITS.get(unit or "", unit)
    )


@dataclass(frozen=True, slots=True)
class Since:
    """Seconds relative to the moment of arrival."""

    seconds: float
