"""What is taken in and what is answered: numbers by file or API, and how fresh each register is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from chengyun.kernel.errors import register_messages


@dataclass(frozen=True, slots=True)
class GivenNumber:
    """A line as it came; texts as typed, a value may be a number. `region` is a code of the territory."""

    register: str
    region: str
    period: str
    value: object
    source: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a register in a region for a period, which is named by its first day."""

    register: str
    region: int
    period: date
    value: float
    source: str
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class NumberFault:
    """What is wrong in a line: its number (the heads are line 1 of a file; from 1 over the API), the field, the words."""

    line: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class NumbersTaken:
    """How many lines there were, how many numbers are new, changed or the same as before; `faults` of a dry run."""

    rows: int
    added: int
    changed: int
    unchanged: int
    faults: Sequence[NumberFault]
    stored: bool


@dataclass(frozen=True, slots=True)
class RegisterView:
    """What may come for a register, and how fresh it is within the reader's jurisdiction.

    `owner` is a kind of unit; `newest` the latest period there is, `at` when its last number came, `numbers` how
    many there are; None and 0 where there is none.
    """

    register: str
    sign: str
    name: str
    unit: str
    owner: str
    source: str
    period: str
    lowest: str
    low: float | None
    high: float | None
    newest: date | None
    at: datetime | None
    numbers: int


register_messages(
    {
        "numbers.register": ("没有名为 {value} 的登记项。", "There is no register called {value}."),
        "numbers.region": (
            "您的辖区内没有代码为 {value} 的区划。",
            "Your jurisdiction has no region with code {value}.",
        ),
        "numbers.level": (
            "登记项 {register} 只到{lowest}级。",
            "Register {register} goes down to {lowest} only.",
        ),
        "numbers.period": (
            "期间应写成 2026、2026-03 或 2026-03-31，且不晚于今天；这里是 {value}。",
            "A period is 2026, 2026-03 or 2026-03-31 and not after today; this is {value}.",
        ),
        "numbers.value": ("{value} 不是数。", "{value} is no number."),
        "numbers.range": (
            "{value} 超出有效范围 {low} 至 {high}。",
            "{value} lies outside the valid range {low} to {high}.",
        ),
        "numbers.twice": ("与第 {line} 行重复。", "The same as line {line}."),
        "numbers.column": ("缺少列：{columns}。", "Columns are missing: {columns}."),
        "numbers.rows": (
            "一次 1 至 {most} 行，这里有 {found} 行。",
            "From 1 to {most} lines at a time; there are {found}.",
        ),
        "numbers.refused": (
            "有 {count} 处错误，未写入任何数据。",
            "{count} mistakes; nothing was stored.",
        ),
        "numbers.too_large": ("文件超过 {most} MB。", "The file is larger than {most} MB."),
    }
)
