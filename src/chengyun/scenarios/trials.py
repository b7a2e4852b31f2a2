"""The try-out on screen: a report that nobody told, by the rules in force or by a draft. Nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chengyun.incidents import service as incidents
from chengyun.incidents.contracts import Stage
from chengyun.incidents.trial.trying import Trial
from chengyun.kernel.transactions import Tx
from chengyun.scenarios import drafting, holidays
from chengyun.scenarios.contracts_rules import READ
from chengyun.scenarios.holidays import CalendarDayCount


@dataclass(frozen=True, slots=True)
class TrialView:
    """The trial, which rules it was made by, and how its limit of handling counts, day by day."""

    trial: Trial
    digest: str
    draft: bool
    days: list[CalendarDayCount]


def try_out(
    tx: Tx, given: incidents.ReportIn, at: datetime | None = None, scenario: str | None = None
) -> TrialView:
    """Where a report would go; `scenario` names the one whose draft counts instead of what is in force.

    Raises NotFound where there is no such draft, Invalid as a real report would.
    """
    tx.actor.require(READ)
    content = drafting.rulebook_of(tx, scenario) if scenario else incidents.current_rulebook(tx)[1]
    trial = incidents.try_out(tx, incidents.book_of(tx, content), given, at)
    handle = next((one for one in trial.deadlines if one.stage is Stage.HANDLE), trial.deadlines[0])
    working = handle.clock in ("working_hours", "working_days")
    days = holidays.explain(tx, handle.started, handle.due) if working else []
    return TrialView(trial, content.digest, scenario is not None, days)
