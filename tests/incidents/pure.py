"""A city of a handful of regions without a database: for tests of the pure parts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from chengyun.incidents.contracts import UnitBrief
from chengyun.incidents.deadlines import Book
from chengyun.incidents.dispatch.opening import Ground
from chengyun.incidents.history_bulk import Draft, Telling, World
from chengyun.incidents.life import Doer
from chengyun.kernel.calendar import Calendar
from tests.incidents.support import RULES

CITY, JLP, BANAN, SQP, HUAXI, ZZP, GRID = 1, 2, 3, 4, 5, 6, 7
NAMES = {
    CITY: "重庆市",
    JLP: "九龙坡区",
    BANAN: "巴南区",
    SQP: "石桥铺街道",
    HUAXI: "花溪街道",
    ZZP: "某社区",
}
KINDS = {
    CITY: ("city", ("centre", "city-management")),
    JLP: ("district", ("centre", "city-management", "housing")),
    BANAN: ("district", ("centre", "city-management", "housing")),
    SQP: ("town", ("centre", "enforcement-team", "sanitation")),
    HUAXI: ("town", ("centre", "enforcement-team", "sanitation")),
    ZZP: ("village", ("community",)),
}
UNITS = {
    (kind, region): UnitBrief(1_000_000 + region * 10 + number, f"{NAMES[region]}{kind}", kind, level)
    for region, (level, kinds) in KINDS.items()
    for number, kind in enumerate(kinds)
}
LINES = {CITY: (1,), JLP: (2, 1), BANAN: (3, 1), SQP: (4, 2, 1), HUAXI: (5, 3, 1)}
START = datetime(2025, 6, 3, 1, 0, tzinfo=UTC)
CALENDAR = Calendar.load()


def unit(kind: str, region: int) -> int:
    return UNITS[kind, region].id


def world(rules: Any = RULES) -> World:
    return World(
        book=Book(1, rules, CALENDAR),
        units=UNITS,
        unit_names={one.id: one.name for one in UNITS.values()},
        region_names=NAMES,
        lines=LINES,
        first=dict.fromkeys(("incident", "order", "deadline", "report", "number"), 1),
    )


def doer(home: int | None = SQP, id: int = 1, unit: int | None = None, kind: str = "person") -> Doer:
    return Doer(kind, id, f"第{id}人", None, unit, home)


def draft(category: str = "0102", at: datetime = START, rules: Any = RULES) -> Draft:
    levels = {"city": CITY, "district": JLP, "town": SQP, "village": ZZP, "grid": GRID}
    ground = Ground(levels, "石桥铺街道", "九龙坡区 · 石桥铺街道", 1)
    return Draft(world(rules), Telling(at, doer(), ground, 106.4, 29.5, "路边一堆垃圾", "centre", category))


class Tour:
    """A draft that moves on by minutes, checking after each move where it stands."""

    def __init__(self, category: str = "0102") -> None:
        self.draft, self.at = draft(category), START
        self.seen = ["report"]

    def go(
        self, name: str, expected: str, order: int | None = None, who: Doer | None = None, /, **given: Any
    ) -> Tour:
        """`expected`: state of the incident, and after a slash that of the work order."""
        self.at += timedelta(minutes=1)
        self.draft.make(name, self.at, who or doer(), order=order, **given)
        self.seen.append(name)
        state = self.draft.state if order is None else f"{self.draft.state}/{self.draft.order(order).state}"
        assert state == expected, (name, state, expected)
        return self

    def to_dispatched(self) -> Tour:
        self.go("accept", "accepted").go("verify", "verified").go("file", "filed")
        return self.go("dispatch", "dispatched")

    def to_handled(self) -> Tour:
        self.to_dispatched()
        for order in range(len(self.draft.life.orders)):
            self.go("acknowledge", "handling/acknowledged", order, worker())
        last = len(self.draft.life.orders) - 1
        for order in range(last + 1):
            state = "handled" if order == last else "handling"
            self.go("report_back", f"{state}/done", order, worker(), outcome="已清理", measures={})
        return self


def worker(id: int = 50) -> Doer:
    return doer(SQP, id, unit("enforcement-team", SQP))


def later(**delta: float) -> str:
    return (START + timedelta(**delta)).isoformat()


def tours() -> list[Tour]:
    """Together they make every move of the table that a person can make, and end where they should."""
    a = Tour().to_handled()
    a.go("check_fail", "handling", text="没干净").go(
        "report_back", "handled/done", 0, worker(), outcome="好了", measures={}
    )
    a.go("check_pass", "checked").go("close", "closed", outcome="已办结").go(
        "rate", "rated", stars=5, solved=True
    )
    a.go("reopen", "filed").go("note", "filed").go("urge", "filed").go("alert_ack", "filed")
    b = Tour().go("classify", "reported", level="red").go("add_report", "reported").go("decline", "voided")
    c = Tour().go("accept", "accepted").go("void", "voided")
    d = Tour().go("accept", "accepted").go("transfer", "transferring", to_centre=HUAXI)
    d.go("transfer_refuse", "accepted").go("transfer", "transferring", to_centre=HUAXI)
    d.go("transfer_accept", "accepted", None, doer(HUAXI)).go("escalate", "accepted", to_centre=BANAN)
    d.go("assign_down", "accepted", to_centre=HUAXI)
    d.go("supervise", "accepted", None, doer(BANAN)).go("supervise_reply", "accepted")
    d.go("supervise_refuse", "accepted", None, doer(BANAN)).go("supervise_reply", "accepted")
    d.go("supervise_accept", "accepted", None, doer(BANAN))
    d.go("suspend_request", "accepted", until=later(days=3)).go("suspend_reject", "accepted")
    d.go("suspend_request", "accepted", until=later(days=3))
    d.go("suspend_approve", "suspended", until=later(days=3)).go("resume", "accepted")
    h = Tour().go("accept", "accepted").go("merge_into", "merged", incident=9, number="9")
    h.go("unmerge", "accepted", incident=9, number="9")
    h.go("split_off", "accepted", reports=[], residents=[], incident=8, number="8")
    e = (
        Tour()
        .to_dispatched()
        .go("add_order", "dispatched", orders=[{"role": "assist", "unit": unit("housing", JLP)}])
    )
    e.go("withdraw", "dispatched/withdrawn", 3).go("acknowledge", "handling/acknowledged", 0, worker())
    e.go("start", "handling/handling", 0, worker()).go("progress", "handling/handling", 0, worker())
    e.go(
        "call_in", "handling/handling", 0, worker(), orders=[{"role": "assist", "unit": unit("housing", JLP)}]
    )
    e.go("assign_person", "handling/handling", 0, worker(), person=9, name="网格员")
    e.go("defer_request", "handling/handling", 0, worker(), until=later(days=2))
    e.go("defer_reject", "handling/handling", 0).go(
        "defer_request", "handling/handling", 0, worker(), until=later(days=2)
    )
    e.go("defer_approve", "handling/handling", 0, until=later(days=2)).go("release", "handling/released", 1)
    f = Tour().to_dispatched().go("return", "filed/returned", 0, worker()).go("dispatch", "dispatched")
    f.go("return", "filed/returned", 3, worker()).go("dispatch", "dispatched")
    f.go("return", "arbitrating/returned", 4, worker())
    chosen = [{"role": "lead", "unit": unit("city-management", JLP)}]
    f.go("arbitrate", "dispatched", None, doer(JLP), orders=chosen, rule="arbitration")
    i = Tour().go("accept", "accepted")
    i.go("seek_arbitration", "arbitrating", arbiter=JLP, **{"from": "accepted"})
    g = Tour()
    for turn in range(3):
        g.go("transfer", "transferring", to_centre=HUAXI)
        g.go("transfer_refuse", "arbitrating" if turn == 2 else "reported", None, doer(HUAXI))
    g.go("arbitrate", "filed", None, doer(CITY), to_centre=HUAXI)
    return [a, b, c, d, e, f, g, h, i]
