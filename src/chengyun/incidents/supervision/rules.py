"""When an incident stands on the board, as data, and the words for it: pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources

from chengyun.incidents.supervision.contracts import Tab
from chengyun.kernel.calendar import Calendar, Clock, Limit

TIMES = "times"
LONGEST = timedelta(days=60)  # nothing lies still longer without having been told of many times
_MINUTE = timedelta(minutes=1)
_LEVELS = {
    "red": ("红", "red"),
    "orange": ("橙", "orange"),
    "yellow": ("黄", "yellow"),
    "blue": ("蓝", "blue"),
}
_CLOCKS = {"urgent": ("小时", "h"), "working_hours": ("个工作小时", " working hours")}
STAGES = {
    "accept": ("受理", "accepting"),
    "verify": ("核实", "verifying"),
    "file": ("立案", "filing"),
    "dispatch": ("分拨", "dispatching"),
    "take_over": ("接收移送", "taking over"),
    "arbitrate": ("裁定", "arbitrating"),
    "acknowledge": ("签收", "acknowledging"),
    "handle": ("处置", "handling"),
    "check": ("核查", "checking"),
    "close": ("结案", "closing"),
    "supervision": ("答复督办", "answering the supervision"),
}


@dataclass(frozen=True, slots=True)
class Threshold:
    """One line of thresholds.csv: from `amount` on, by a clock or in times."""

    tab: Tab
    level: str  # of the incident, "*" any
    amount: float
    clock: str  # times | a kernel clock

    @property
    def limit(self) -> Limit:
        return Limit(self.amount, Clock(self.clock))


def parse(table: str) -> tuple[Threshold, ...]:
    """The lines of a table of thresholds. ValueError for a tab or a clock that does not exist."""
    found = []
    for row in csv.DictReader(io.StringIO(table)):
        one = Threshold(Tab(row["tab"]), row["level"], float(row["amount"]), row["clock"])
        if one.clock != TIMES:
            Clock(one.clock)
        found.append(one)
    return tuple(found)


_DATA = resources.files("chengyun.incidents") / "supervision" / "data"
THRESHOLDS = parse((_DATA / "thresholds.csv").read_text(encoding="utf-8"))
SILENCE: Mapping[str, Threshold] = {one.level: one for one in THRESHOLDS if one.tab is Tab.FORGOTTEN}


def times_of(tab: Tab) -> int:
    """From how often on."""
    return next(int(one.amount) for one in THRESHOLDS if one.tab is tab)


def cutoff(calendar: Calendar, now: datetime, limit: Limit) -> datetime:
    """The latest moment (to the minute) from which on `limit` has been used up at `now`."""
    early, late = now - LONGEST, now
    while late - early > _MINUTE:
        middle = early + (late - early) / 2
        if calendar.spent(middle, now, limit) >= limit.amount:
            early = middle
        else:
            late = middle
    return early


# words


def long(delta: timedelta, english: bool) -> str:
    """A length of time in words, to the minute below a day and to the hour above."""
    minutes = max(int(delta.total_seconds() // 60), 0)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if english:
        parts = [(days, "d"), (hours, "h"), (0 if days else rest, "min")]
        return " ".join(f"{n} {unit}" for n, unit in parts if n) or "0 min"
    parts = [(days, " 天"), (hours, " 小时"), (0 if days else rest, " 分")]
    return " ".join(f"{n}{unit}" for n, unit in parts if n) or "不到 1 分"


def stage_words(stage: str, english: bool) -> str:
    return STAGES.get(stage, (stage, stage))[english]


def explanation(tab: Tab, english: bool) -> str:
    """When an incident stands on a tab, in words."""
    if tab is Tab.FORGOTTEN:
        parts = [
            f"{_LEVELS[level][english]} {one.amount:g}{'' if english else ' '}{_CLOCKS[one.clock][english]}"
            for level, one in SILENCE.items()
        ]
        if english:
            return f"somebody's turn, or acknowledged, and no step since: {', '.join(parts)}"
        return f"轮到某单位办理或已签收，此后没有任何动作达到：{'、'.join(parts)}"
    zh, en = {
        Tab.OVERDUE: ("任一时限已过", "a limit has passed"),
        Tab.BOUNCING: (
            f"退单和拒收移送合计 {times_of(Tab.BOUNCING)} 次以上",
            f"returned or refused {times_of(Tab.BOUNCING)} times or more",
        ),
        Tab.REDONE: ("结案后重开，或核查不通过返工", "reopened, or failed its check"),
        Tab.URGED: (
            f"反映人催办 {times_of(Tab.URGED)} 次以上",
            f"urged by its reporters {times_of(Tab.URGED)} times or more",
        ),
        Tab.SUPERVISED: ("有督办待答复或待认可", "an answer is owed, or waits for a verdict"),
    }[tab]
    return en if english else zh
