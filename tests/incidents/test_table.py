"""The plain table: an expectation written the other way round, and proof that no line of it may change."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from importlib import resources

import pytest

from chengyun.incidents import effects, rules
from chengyun.incidents.contracts import OrderState, State
from chengyun.incidents.rules import MOVES, ORDER_MOVE, TABLE, MoveRow, parse
from chengyun.kernel.errors import Conflict
from tests.incidents.pure import tours

SYSTEM = "lamp_yellow overdue escalated reminded"
ALWAYS = "note alert_ack let_go"
OPEN = f"{ALWAYS} add_report moved_region recount take_in"
BUSY = f"{OPEN} supervise supervise_reply supervise_accept supervise_refuse urge {SYSTEM}"
JOINS = "merge_into split_off"
EARLY = f"{BUSY} {JOINS} classify void transfer escalate"
SUSPEND = "suspend_request suspend_approve suspend_reject"
# What may be made in each state: the table is written by move, this by state.
BY_STATE = {
    "reported": f"{EARLY} accept decline split_from",
    "accepted": f"{EARLY} verify assign_down seek_arbitration {SUSPEND}",
    "verified": f"{EARLY} file assign_down seek_arbitration {SUSPEND}",
    "filed": f"{EARLY} dispatch assign_down seek_arbitration {SUSPEND}",
    "dispatched": f"{BUSY} {JOINS} add_order {SUSPEND}",
    "handling": f"{BUSY} {JOINS} add_order check_pass check_fail void {SUSPEND}",
    "handled": f"{BUSY} check_pass check_fail",
    "checked": f"{BUSY} close",
    "closed": f"{ALWAYS} rate reopen",
    "rated": f"{ALWAYS} rate reopen",
    "voided": ALWAYS,
    "merged": f"{ALWAYS} unmerge moved_region",
    "transferring": f"{BUSY} transfer_accept transfer_refuse",
    "arbitrating": f"{BUSY} arbitrate",
    "suspended": f"{OPEN} resume",
}
DEFER = "defer_request defer_approve defer_reject"
BY_ORDER_STATE = {
    "issued": "acknowledge assign_person return release withdraw",
    "acknowledged": f"start progress call_in assign_person report_back return {DEFER} release",
    "handling": f"progress call_in assign_person report_back {DEFER} release",
    "done": "",
    "returned": "",
    "released": "",
    "withdrawn": "",
}
TO = {
    "report": "reported", "accept": "accepted", "decline": "voided", "verify": "verified", "file": "filed",
    "dispatch": "dispatched", "check_pass": "checked", "check_fail": "handling", "close": "closed", "rate": "rated",
    "reopen": "filed", "void": "voided", "transfer": "transferring", "transfer_accept": "accepted",
    "transfer_refuse": "before arbitrating", "escalate": "accepted", "assign_down": "accepted",
    "seek_arbitration": "arbitrating", "arbitrate": "dispatched filed", "suspend_approve": "suspended",
    "resume": "before", "merge_into": "merged", "unmerge": "before",
    "acknowledge": "acknowledged", "start": "handling", "report_back": "done", "return": "returned",
    "release": "released", "withdraw": "withdrawn",
}  # fmt: skip
WHO = {
    "owner": "accept decline classify verify file dispatch add_order close void transfer escalate assign_down resume"
    " release withdraw split_off",
    "desk": "transfer_accept transfer_refuse arbitrate",
    "above": "supervise seek_arbitration merge_into unmerge",
    "supervisor": "supervise_accept supervise_refuse",
    "checker": "check_pass check_fail",
    "approver": "suspend_approve suspend_reject defer_approve defer_reject",
    "involved": "suspend_request supervise_reply",
    "handler": "acknowledge start progress call_in assign_person report_back return defer_request",
    "reporter": "rate",
    "owner_or_reporter": "reopen",
    "anybody_or_reporter": "urge",
    "anybody": "report add_report note alert_ack",
    "system": f"{SYSTEM} moved_region recount take_in let_go split_from",
}
PERMISSION = {
    "incident.report": "report add_report",
    "incident.accept": "accept decline classify transfer_accept transfer_refuse alert_ack",
    "incident.verify": "verify",
    "incident.file": "file",
    "incident.dispatch": "dispatch add_order assign_down release withdraw",
    "incident.check": "check_pass check_fail",
    "incident.close": "close",
    "incident.reopen": "reopen",
    "incident.merge": "merge_into unmerge split_off",
    "incident.void": "void",
    "incident.transfer": "transfer",
    "incident.escalate": "escalate",
    "incident.arbitrate": "arbitrate",
    "incident.suspend": "suspend_request resume",
    "incident.approve": "suspend_approve suspend_reject defer_approve defer_reject",
    "incident.supervise": "supervise supervise_accept supervise_refuse seek_arbitration",
    "incident.read": "supervise_reply note",
    "incident.urge": "urge",
    "workorder.handle": WHO["handler"],
}
NEEDS = {
    "reason": "decline check_fail reopen void transfer transfer_refuse escalate arbitrate suspend_request"
    " suspend_reject seek_arbitration supervise_refuse call_in return defer_request defer_reject release withdraw"
    " unmerge split_off",
    "reason?": "classify add_order merge_into",
    "note": "supervise supervise_reply note progress",
    "note?": "accept verify file dispatch check_pass rate transfer_accept assign_down suspend_approve resume urge"
    " supervise_accept"
    " acknowledge start assign_person defer_approve",
    "category?": "accept classify verify split_off",
    "into": "merge_into",
    "reports": "split_off",
    "place?": "split_off",
    "level?": "accept classify verify",
    "attachments?": "verify check_pass check_fail note start progress report_back",
    "units": "add_order",
    "units?": "dispatch arbitrate",
    "to_centre": "transfer assign_down",
    "to_centre?": "arbitrate",
    "until": "suspend_request defer_request",
    "until?": "suspend_approve supervise supervise_refuse defer_approve",
    "outcome": "report_back",
    "outcome?": "close",
    "measures?": "report_back",
    "stars": "rate",
    "solved": "rate",
    "unit": "call_in",
    "person": "assign_person",
}
WITHIN = {name: "filed dispatched handling arbitrating transferring" for name in ORDER_MOVE} | {
    "call_in": "dispatched handling"
}


def faults(table: tuple[MoveRow, ...]) -> list[str]:
    """Where a table differs from what is expected above."""
    found = []
    for on, expected in (("incident", BY_STATE), ("order", BY_ORDER_STATE)):
        for state, names in expected.items():
            given = {row.name for row in table if row.on == on and state in row.source}
            found += [f"{state}: {name}" for name in given ^ set(names.split())]
    for row in table:
        wanted = (
            (" ".join(row.to), TO.get(row.name, "")),
            (row.name in WHO[row.who].split(), True),
            ({row.permission} - {None}, {p for p, names in PERMISSION.items() if row.name in names.split()}),
            (set(row.needs), {need for need, names in NEEDS.items() if row.name in names.split()}),
            (" ".join(row.within), WITHIN.get(row.name, "") if row.on == "order" else ""),
        )
        found += [f"{row.name}: {given} is not {right}" for given, right in wanted if given != right]
    names = {row.name for row in table}
    every = {name for listed in WHO.values() for name in listed.split()}
    return found + sorted(names ^ every) + [name for name in names if sum(r.name == name for r in table) > 1]


def test_the_table_is_as_expected() -> None:
    assert faults(TABLE) == []
    assert set(BY_STATE) == set(State)
    assert set(BY_ORDER_STATE) == set(OrderState)


def source() -> list[dict[str, str]]:
    text = (resources.files("chengyun.incidents") / "data" / "moves.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def mutations(line: dict[str, str]) -> Iterator[dict[str, str] | None]:
    """Ways to get a line wrong: without it, or with a column changed."""
    yield None
    first = line["from"].split()
    spoilt = {
        "from": " ".join(first[1:]) if first else "closed",
        "to": "" if line["to"] else ("voided" if line["on"] == "incident" else "done"),
        "who": "anybody" if line["who"] != "anybody" else "owner",
        "permission": "" if line["permission"] else "incident.close",
        "needs": f"{line['needs']} units".strip() if "units" not in line["needs"] else "",
        "within": "closed",
    }
    for column, value in spoilt.items():
        yield {**line, column: value}


def as_table(lines: list[dict[str, str]]) -> tuple[MoveRow, ...]:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(lines[0]))
    writer.writeheader()
    writer.writerows(lines)
    return parse(out.getvalue())


@pytest.mark.parametrize("number", range(len(TABLE)), ids=[f"{row.on}-{row.name}" for row in TABLE])
def test_every_change_of_a_line_is_noticed(number: int) -> None:
    lines = source()
    for changed in mutations(lines[number]):
        others = lines[:number] + ([changed] if changed else []) + lines[number + 1 :]
        assert faults(as_table(others)), changed


def test_the_tours_make_every_move_of_people() -> None:
    made = {name for tour in tours() for name in tour.seen}
    assert made == {row.name for row in TABLE if row.who != "system"}


BEHAVING = [row for row in TABLE if row.who != "system" and row.name != "report"]


@pytest.mark.parametrize("row", BEHAVING, ids=[row.name for row in BEHAVING])
def test_a_life_without_a_line_does_not_go_its_way(row: MoveRow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever takes a line out, or its states away, meets a tour that does not arrive."""
    moves = MOVES if row.on == "incident" else ORDER_MOVE
    monkeypatch.delitem(moves, row.name)
    with pytest.raises(KeyError):
        tours()
    crippled = MoveRow(
        row.on, row.name, (), row.to, row.who, row.permission, row.needs, row.within, row.zh, row.en
    )
    monkeypatch.setitem(moves, row.name, crippled)
    with pytest.raises(Conflict):
        tours()
    assert effects.MOVES is rules.MOVES


def test_an_unknown_word_in_the_table_is_refused() -> None:
    line = source()[2]
    for column, value in (("from", "nowhere"), ("who", "nobody"), ("needs", "luck")):
        with pytest.raises((ValueError, KeyError)):
            as_table([{**line, column: value}])
