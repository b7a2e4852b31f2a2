"""The plain table of moves (data/moves.csv) and what hangs on states: pure.

Every move of an incident and of a work order is one line there: from which states, to which (the first is the
usual one, none: it stays), who may make it, with which permission, and what it asks for ("?": optional). When a
move may be made is only there; what it does beyond its change of state is in `effects`.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from importlib import resources

from chengyun.incidents.contracts import OrderState, Stage, State

S = State
MAX_RETURNS = 3  # the third return, or refusal of a transfer, goes to arbitration


def _periods() -> dict[str, timedelta]:
    """Name → length, of the periods that reporters are given (`data/periods.csv`)."""
    table = (resources.files("chengyun.incidents") / "data" / "periods.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(table))
    return {row["name"]: timedelta(**{row["unit"]: float(row["amount"])}) for row in rows}


PERIODS = _periods()
REOPEN_DAYS = PERIODS["reopen"].days


class Who(StrEnum):
    """Who may make a move, beside holding its permission."""

    ANYBODY = "anybody"  # who may read the incident
    ANYBODY_OR_REPORTER = "anybody_or_reporter"
    OWNER = "owner"  # the centre that owns the incident
    DESK = "desk"  # the centre whose turn it is: target of a transfer, arbiter, checker above
    ABOVE = "above"  # the owner or a centre above it
    SUPERVISOR = "supervisor"  # the centre that asked for an answer, or one above that
    CHECKER = "checker"  # owner or desk, but nobody who handled it
    APPROVER = "approver"  # owner, desk or above, but not who asked
    HANDLER = "handler"  # the unit of the work order, or the person it was given to
    INVOLVED = "involved"  # the owner or any unit with a work order
    REPORTER = "reporter"  # who reported it
    OWNER_OR_REPORTER = "owner_or_reporter"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One line. `to`: the states it may lead to, first the usual one; empty stays.

    `within`: for a move of a work order, the states of the incident in which it may be made.
    """

    on: str  # incident | order
    name: str
    source: tuple[str, ...]
    to: tuple[str, ...]
    who: Who
    permission: str | None
    needs: tuple[str, ...]
    within: tuple[State, ...]
    zh: str
    en: str

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(need for need in self.needs if not need.endswith("?"))


NEED_KINDS: dict[str, str] = {
    "reason": "text",
    "note": "text",
    "outcome": "text",
    "category": "category",
    "level": "level",
    "units": "units",
    "to_centre": "region",
    "until": "time",
    "into": "incident",
    "reports": "reports",
    "place": "place",
    "attachments": "photos",
    "person": "person",
    "unit": "unit",
    "measures": "number",
    "stars": "number",
    "solved": "choice",
}
BEFORE = "before"
_DONE = (S.CLOSED, S.RATED, S.VOIDED, S.MERGED)
_GROUPS = {
    "early": "reported accepted verified filed",
    "work": "dispatched handling",
    "live": "filed dispatched handling arbitrating transferring",  # where work orders may be open
    "open": " ".join(state for state in S if state not in _DONE),
    "busy": " ".join(state for state in S if state not in (*_DONE, S.SUSPENDED)),
    "waits": "accepted verified filed dispatched handling",
    "any": " ".join(S),
}


def _states(cell: str) -> tuple[str, ...]:
    return tuple(" ".join(_GROUPS.get(word, word) for word in cell.split()).split())


def _row(cells: dict[str, str]) -> MoveRow:
    """One line of the table; ValueError for a state, a person or a need that does not exist."""
    kind: type[State] | type[OrderState] = State if cells["on"] == "incident" else OrderState
    source, to, needs = _states(cells["from"]), _states(cells["to"]), tuple(cells["needs"].split())
    for state in (*source, *to):
        if state != BEFORE:
            kind(state)
    for need in needs:
        if need.rstrip("?") not in NEED_KINDS:
            raise ValueError(f"{cells['move']}: unknown need {need}")
    within = tuple(S(state) for state in _states(cells["within"]))
    permission = cells["permission"] or None
    who = Who(cells["who"])
    return MoveRow(
        cells["on"], cells["move"], source, to, who, permission, needs, within, cells["zh"], cells["en"]
    )


def parse(table: str) -> tuple[MoveRow, ...]:
    """The lines of a table of moves (CSV with the columns of `data/moves.csv`)."""
    return tuple(_row(cells) for cells in csv.DictReader(io.StringIO(table)))


TABLE = parse((resources.files("chengyun.incidents") / "data" / "moves.csv").read_text(encoding="utf-8"))
MOVES: dict[str, MoveRow] = {row.name: row for row in TABLE if row.on == "incident"}
ORDER_MOVE: dict[str, MoveRow] = {row.name: row for row in TABLE if row.on == "order"}
SENSITIVE = frozenset(
    {
        "void",
        "decline",
        "suspend_approve",
        "arbitrate",
        "reopen",
        "defer_approve",
        "release",
        "merge_into",
        "unmerge",
        "split_off",
    }
)
# Steps that press or tell but carry nothing on: after them it lies as still as before.
PRESSING = frozenset(
    [
        "lamp_yellow",
        "overdue",
        "escalated",
        "reminded",
        "urge",
        "supervise",
        "supervise_accept",
        "supervise_refuse",
        "add_report",
        "take_in",
        "let_go",
        "recount",
        "alert_ack",
        "moved_region",
    ]
)

# The next step that one would take, per state: proposed on the screen.
NEXT: dict[State, str] = {
    S.REPORTED: "accept",
    S.ACCEPTED: "verify",
    S.VERIFIED: "file",
    S.FILED: "dispatch",
    S.HANDLED: "check_pass",
    S.CHECKED: "close",
    S.TRANSFERRING: "transfer_accept",
    S.ARBITRATING: "arbitrate",
    S.SUSPENDED: "resume",
    S.CLOSED: "rate",
}
NEXT_OF_ORDER: dict[str, str] = {"issued": "acknowledge", "acknowledged": "start", "handling": "report_back"}
# The stage that runs against a limit while the incident stands in a state.
STAGE_OF: dict[str, Stage] = {
    S.REPORTED: Stage.ACCEPT,
    S.ACCEPTED: Stage.VERIFY,
    S.VERIFIED: Stage.FILE,
    S.FILED: Stage.DISPATCH,
    S.TRANSFERRING: Stage.TAKE_OVER,
    S.ARBITRATING: Stage.ARBITRATE,
    S.HANDLED: Stage.CHECK,
    S.CHECKED: Stage.CLOSE,
}
STATE_NAMES: dict[State, tuple[str, str]] = {
    S.REPORTED: ("待受理", "to accept"),
    S.ACCEPTED: ("待核实", "to verify"),
    S.VERIFIED: ("待立案", "to file"),
    S.FILED: ("待分拨", "to dispatch"),
    S.DISPATCHED: ("待签收", "dispatched"),
    S.HANDLING: ("处置中", "being handled"),
    S.HANDLED: ("待核查", "to check"),
    S.CHECKED: ("待结案", "to close"),
    S.CLOSED: ("已结案", "closed"),
    S.RATED: ("已评价", "rated"),
    S.VOIDED: ("已作废", "void"),
    S.TRANSFERRING: ("移送中", "in transfer"),
    S.ARBITRATING: ("待裁定", "to arbitrate"),
    S.SUSPENDED: ("已挂账", "suspended"),
    S.MERGED: ("已合并", "merged"),
}


@dataclass(frozen=True, slots=True)
class Stand:
    """How an actor stands to an incident (and to one of its work orders), all that `stands` needs to know."""

    system: bool = False
    owner: bool = False  # its home is the owner centre
    desk: bool = False  # its home is the centre whose turn it is
    above: bool = False  # its home is a centre above the owner
    supervisor: bool = False  # its home is the centre that supervises it, or above that
    handler: bool = False  # of the work order in question
    involved: bool = False  # handler of any work order
    handled: bool = False  # has worked on it in person
    asked: bool = False  # asked for what waits for approval
    reporter: bool = False
    link: bool = False  # holds nothing but the secret link of a report


def stands(who: Who, at: Stand) -> bool:
    """Whether someone who stands so to the incident is the one that a line of the table names."""
    return {
        Who.ANYBODY: True,
        Who.ANYBODY_OR_REPORTER: True,
        Who.OWNER: at.owner or at.system,
        Who.DESK: at.desk or at.system,
        Who.ABOVE: at.owner or at.above,
        Who.SUPERVISOR: at.supervisor,
        Who.CHECKER: (at.owner or at.desk) and not at.handled,
        Who.APPROVER: (at.owner or at.desk or at.above) and not at.asked,
        Who.HANDLER: at.handler,
        Who.INVOLVED: at.owner or at.involved,
        Who.REPORTER: at.reporter,
        Who.OWNER_OR_REPORTER: at.owner or at.reporter,
        Who.SYSTEM: at.system,
    }[who]


def missing(row: MoveRow, given: dict[str, object]) -> list[str]:
    """The needs that a move asks for and that were not given."""
    return [need for need in row.required if given.get(need) in (None, "", (), {})]


def plain_table() -> list[dict[str, object]]:
    """The table as rows for documents and screens."""
    return [
        {
            "on": row.on,
            "move": row.name,
            "from": list(row.source),
            "to": list(row.to),
            "who": row.who.value,
            "permission": row.permission,
            "needs": list(row.needs),
            "zh": row.zh,
            "en": row.en,
        }
        for row in TABLE
    ]
