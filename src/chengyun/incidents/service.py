"""The door of incidents: what other features may call.

`report` and `move` are the two ways in; what a caller reads comes from `queue`, `counts` and, over HTTP, the rest.
"""

from __future__ import annotations

from chengyun.incidents import rulebook, texts  # noqa: F401  registers the texts
from chengyun.incidents.bodies import ReportBody, ReporterIn
from chengyun.incidents.clock.recounting import recount, shifts
from chengyun.incidents.clock.sweeper import sweep
from chengyun.incidents.contracts import Rulebook
from chengyun.incidents.deadlines import Book
from chengyun.incidents.dispatch.proposing import proposal_of
from chengyun.incidents.inputs import Move, Reporter, ReportIn
from chengyun.incidents.intake.taking import opened_contact, report
from chengyun.incidents.moving import store
from chengyun.incidents.moving.moves import move, move_as_reporter, move_order, note_by_origin, pin
from chengyun.incidents.moving.standing import allowed, allowed_of_order
from chengyun.incidents.reading.filters import Filters
from chengyun.incidents.reading.gauges import COUNTS, Gauge, gauges, medians
from chengyun.incidents.reading.placing import Placed, Pressing, by_hour, placed, pressing
from chengyun.incidents.reading.queries import by_ids, counts, queue
from chengyun.incidents.reorganise import register
from chengyun.incidents.reporter.outward import (
    Outward,
    OutwardStep,
    Wanted,
    followed,
    outward,
    outward_by_id,
    outward_one,
    outward_steps,
    reopen_by_link,
    reopen_by_source,
)
from chengyun.incidents.reporting.gathering import Gathering
from chengyun.incidents.reporting.once import Sent, report_once
from chengyun.incidents.trial.comparing import compare
from chengyun.incidents.trial.trying import try_out
from chengyun.incidents.views import Proposal
from chengyun.incidents.vital import Vital, vital
from chengyun.kernel.clock import current_calendar
from chengyun.kernel.transactions import Tx

__all__ = [
    "COUNTS", "Book", "Filters", "Gathering", "Gauge", "Move", "Outward", "OutwardStep", "Placed", "Pressing", "ReportBody", "ReportIn", "Reporter", "ReporterIn", "Sent",
    "Vital", "Wanted", "acknowledge_alert", "allowed", "allowed_of_order", "book_of", "by_hour", "by_ids", "compare", "counts",
    "current_rulebook", "followed", "gauges", "install_rulebook", "medians", "move", "move_as_reporter", "move_order", "note_by_origin", "opened_contact",
    "outward", "outward_by_id", "outward_one", "outward_steps", "pin", "placed", "pressing", "propose", "queue", "recount", "register",
    "reopen_by_link", "reopen_by_source", "report", "report_once", "shifts", "sweep", "try_out", "vital",
]  # fmt: skip


def propose(tx: Tx, incident_id: int) -> Proposal:
    """The dispatch that the rules propose now, before anybody agrees. Raises NotFound."""
    incident = store.load(tx, incident_id).life.incident
    return proposal_of(tx, incident, rulebook.book(tx, incident.rulebook_id or 0))


def acknowledge_alert(tx: Tx, incident_id: int) -> None:
    """The caller's centre has heard: it stops ringing there."""
    move(tx, incident_id, [Move("alert_ack")])


def install_rulebook(tx: Tx, content: Rulebook) -> int:
    """Make `content` the rulebook that new incidents are opened under; the id of its version."""
    return rulebook.install(tx, content)


def current_rulebook(tx: Tx) -> tuple[int, Rulebook]:
    """The version that new incidents are opened under. Raises Unavailable before the first."""
    return rulebook.current(tx)


def book_of(tx: Tx, content: Rulebook) -> Book:
    """A rulebook that is not installed, with the calendar in force: to try out what it would do."""
    return Book(None, content, current_calendar(tx))
