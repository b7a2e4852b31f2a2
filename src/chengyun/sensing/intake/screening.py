"""Static screening: what the registry alone says of readings. Pure, on columns.

Reasons have an order: the first that applies is told. A reading counts once its value is calibrated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chengyun.sensing.contracts import Moments, Readings, Reason, Streams, Values
from chengyun.sensing.intake.codecs import Columns, Packed
from chengyun.sensing.intake.moments import moments

AHEAD_US = 300_000_000  # a device's clock may be so far ahead
OLDEST_US = 10 * 366 * 86_400_000_000  # before that a clock was never set
REASONS = tuple(Reason)
CODE = {reason: place for place, reason in enumerate(REASONS, 1)}  # 0: accepted
Rows = NDArray[np.int64]
Codes = NDArray[np.int8]


@dataclass(slots=True)
class Screened:
    """A message after screening: per reading its datastream's row and its thing's place (-1: unknown), moment,
    calibrated value, and the code of why it was rejected (0: it was not).
    """

    row: Rows
    owner: Rows
    at: Moments
    value: Values
    code: Codes
    named: Sequence[tuple[str, str]] | None  # (thing, quantity) as told; None: told by id
    ids: NDArray[np.int32] | None = None  # as told, where told by id

    @property
    def accepted(self) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.code == 0
        return found

    def reject(self, where: NDArray[np.bool_], reason: Reason) -> None:
        """For those that nothing else was found against."""
        self.code[where & (self.code == 0)] = CODE[reason]

    def readings(self, known: Streams, among: NDArray[np.bool_] | None = None) -> Readings:
        """Those that were accepted (`among` some)."""
        keep = self.accepted if among is None else self.accepted & among
        return Readings(known.id[self.row[keep]], self.at[keep], self.value[keep])

    def rejected(self) -> Iterator[tuple[int, str, str, Reason]]:
        """Index, thing, quantity as told, and why."""
        for index in np.flatnonzero(self.code).tolist():
            if self.named is not None:
                thing, quantity = self.named[index]
            else:
                thing, quantity = "", str(self.ids[index]) if self.ids is not None else ""
            yield index, thing, quantity, REASONS[self.code[index] - 1]


def screen(told: Columns | Packed, known: Streams, now: int) -> Screened:
    """`now` is the moment of arrival in microseconds. Who may send for whom is not asked here."""
    found = _located_ids(told, known) if isinstance(told, Packed) else _located_codes(told, known, now)
    _check_values(found)
    _check_moments(found, now)
    _calibrate(found, known)
    return found


def _located_ids(told: Packed, known: Streams) -> Screened:
    row = known.of_ids(told.stream)
    owner = np.where(row < 0, -1, known.owner[row] if len(known) else -1).astype(np.int64)
    found = Screened(row, owner, told.at, told.value.copy(), np.zeros(len(told), np.int8), None, told.stream)
    found.reject(row < 0, Reason.UNKNOWN_STREAM)
    return found


def _located_codes(told: Columns, known: Streams, now: int) -> Screened:
    places, parts = known.things, known.parts
    owner = np.array([places.get(code, -1) for code in told.thing], np.int64)
    part = np.array([parts.get(name, -1) for name in told.quantity], np.int64)
    row = known.of_codes(owner, part)
    value, wrong = _numbers(told.value)
    code = np.zeros(len(told), np.int8)
    named = list(zip(told.thing, told.quantity, strict=True))
    found = Screened(row, owner, moments(told.at, now), value, code, named)
    found.reject(owner < 0, Reason.UNKNOWN_THING)
    found.reject(row < 0, Reason.UNKNOWN_STREAM)
    found.reject(_wrong_units(told, row, known), Reason.WRONG_UNIT)
    found.reject(wrong, Reason.NOT_A_NUMBER)
    return found


def _numbers(told: list[object]) -> tuple[Values, NDArray[np.bool_]]:
    """Values, and which of them are none: texts, truth values, nothing."""
    if {type(one) for one in told} <= {int, float}:
        try:
            return np.array(told, np.float64), np.zeros(len(told), np.bool_)
        except OverflowError:  # an integer beyond every float: one by one
            pass
    read = [_number(one) for one in told]
    return np.array([value for value, _ in read], np.float64), np.array([bad for _, bad in read], np.bool_)


def _number(told: object) -> tuple[float, bool]:
    if isinstance(told, str) and told.strip().lower() in _WORDS:
        return _WORDS[told.strip().lower()], False
    if isinstance(told, bool) or not isinstance(told, (int, float)):
        return 0.0, True
    try:
        return float(told), False
    except OverflowError:
        return np.inf, False


_INFINITE = {"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"}
_WORDS = {"nan": np.nan, **dict.fromkeys(_INFINITE, np.inf)}


def _wrong_units(told: Columns, row: Rows, known: Streams) -> NDArray[np.bool_]:
    if not any(told.unit):
        return np.zeros(len(told), np.bool_)
    units = known.units
    right = (
        one is None or (r >= 0 and units[known.unit[r]] == one) for one, r in zip(told.unit, row, strict=True)
    )
    return ~np.fromiter(right, np.bool_, len(told))


def _check_values(found: Screened) -> None:
    found.reject(np.isnan(found.value), Reason.NOT_A_NUMBER)
    found.reject(np.isinf(found.value), Reason.INFINITE)


def _check_moments(found: Screened, now: int) -> None:
    found.reject(found.at < now - OLDEST_US, Reason.BAD_MOMENT)
    found.reject(found.at > now + AHEAD_US, Reason.FUTURE)


def _calibrate(found: Screened, known: Streams) -> None:
    """Sentinels are what the device sends; the valid range is that of the calibrated value."""
    if not len(known):
        return
    row = np.maximum(found.row, 0)
    if known.sentinels.shape[1]:
        same = (found.value[:, None] == known.sentinels[known.sentinel[row]]).any(axis=1)
        found.reject(same, Reason.SENTINEL)
    with np.errstate(over="ignore", invalid="ignore"):
        found.value = found.value * known.scale[row] + known.shift[row]
    inside = (found.value >= known.low[row]) & (found.value <= known.high[row])
    found.reject(~inside, Reason.OUT_OF_RANGE)
