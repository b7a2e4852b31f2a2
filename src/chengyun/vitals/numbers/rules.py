"""Reading a number's line: columns of a table, periods, values. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from chengyun.kernel.errors import FieldError, Invalid
from chengyun.vitals.numbers.contracts import GivenNumber

MOST_ROWS, MOST_BYTES = 50_000, 10_000_000
# Column → its heads, lower case; the first two are those of the template in Chinese and English.
HEADS: dict[str, tuple[str, ...]] = {
    "register": ("登记项", "register", "指标编码", "编码"),
    "region": ("区划代码", "region", "region code", "区划"),
    "period": ("期间", "period", "日期", "时间"),
    "value": ("数值", "value", "值"),
    "source": ("来源", "source", "数据来源"),
}
_NEEDED = ("register", "region", "period", "value")


class Fault(ValueError):
    """What is wrong with a field: the message's code and what fills it."""

    def __init__(self, field: str, code: str, **params: object) -> None:
        super().__init__(field, code, params)
        self.field, self.code, self.params = field, code, params


def lines_of(rows: Sequence[Sequence[str]]) -> list[tuple[int, GivenNumber]]:
    """The lines of a table with their number in the file. Raises Invalid where columns are missing."""
    heads = [head.strip().lower() for head in rows[0]] if rows else []
    places = {key: at for at, head in enumerate(heads) for key, names in HEADS.items() if head in names}
    missing = [HEADS[key][0] for key in _NEEDED if key not in places]
    if missing:
        raise Invalid([FieldError("file", "numbers.column", {"columns": "、".join(missing)})])
    found = []
    for number, row in enumerate(rows[1:], start=2):
        if any(row):
            cells = {key: row[at].strip() for key, at in places.items() if at < len(row)}
            found.append((number, GivenNumber(**{key: cells.get(key, "") for key in HEADS})))
    return found


def period_of(text: str, kind: str, today: date) -> date:
    """The first day of a period: of the year, the month or the day itself, as `kind` asks. Raises Fault."""
    parts = text.strip().replace("/", "-").split("-")
    try:
        year, month, day = (int(part) for part in [*parts, "1", "1"][:3])
        found = date(year, month, day)
    except ValueError:
        raise Fault("period", "numbers.period", value=text) from None
    if len(parts) > 3 or found.year < 1949 or found > today:
        raise Fault("period", "numbers.period", value=text)
    return (
        found.replace(month=1, day=1)
        if kind == "year"
        else found.replace(day=1)
        if kind == "month"
        else found
    )


def value_of(told: object, low: float | None, high: float | None) -> float:
    """The number within its valid range. Raises Fault."""
    text = str(told).replace(",", "").strip()
    try:
        found = float(text)
    except ValueError:
        raise Fault("value", "numbers.value", value=told) from None
    if isinstance(told, bool) or not math.isfinite(found):
        raise Fault("value", "numbers.value", value=told)
    if (low is not None and found < low) or (high is not None and found > high):
        shown = {"low": "−∞" if low is None else f"{low:g}", "high": "∞" if high is None else f"{high:g}"}
        raise Fault("value", "numbers.range", value=f"{found:g}", **shown)
    return found
