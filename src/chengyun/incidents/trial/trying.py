"""Trying a report out: where would it go, why, and until when. The product's own steps, and nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chengyun.incidents.classification import service as classification
from chengyun.incidents.contracts import Category, Channel, Stage
from chengyun.incidents.deadlines import Book
from chengyun.incidents.dispatch import opening
from chengyun.incidents.dispatch.places import Units, facts_of
from chengyun.incidents.dispatch.proposing import decision_of, limit_of, proposal_of
from chengyun.incidents.dispatch.routing import Decision, Facts, failing, rules_about
from chengyun.incidents.inputs import ReportIn
from chengyun.incidents.intake.taking import Numbers, unsaved
from chengyun.incidents.life import Incident
from chengyun.incidents.views import Deadline, Proposal
from chengyun.kernel.errors import FieldError, Invalid
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory
from chengyun.territory.contracts import Located, RegionRef

FIRST = (Stage.ACCEPT, Stage.VERIFY, Stage.FILE, Stage.DISPATCH, Stage.ACKNOWLEDGE, Stage.HANDLE)


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """What became of one routing rule: `fact`, `wanted` and `found` name the condition that did not hold."""

    rule: str
    why_zh: str
    why_en: str
    outcome: str  # decides | condition | no_unit | later
    fact: str | None = None
    wanted: str | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True)
class TrialReason:
    """Why, in words, by which rule of the territory or scenario."""

    zh: str
    en: str
    rule: str | None


@dataclass(frozen=True, slots=True)
class Trial:
    """Where a report would go. Without a category an officer looks first, and nothing below `hits` is known."""

    place: str
    grid: RegionRef
    border_m: float
    schematic: bool
    centre: RegionRef
    category: Category | None
    hits: dict[str, list[str]]  # category → words of the text that point to it
    why: dict[str, TrialReason]  # place, centre, category
    level: str
    at: datetime
    auto: bool  # goes out at once, without an officer
    proposal: Proposal | None
    verdicts: list[RuleVerdict]
    deadlines: list[Deadline]  # each stage, if it began at `at`


def try_out(tx: Tx, book: Book, given: ReportIn, at: datetime | None = None) -> Trial:
    """What `book` makes of a report told at that moment (now). Raises Invalid as a real report would, and for a
    moment outside the calendar."""
    moment = at or tx.now
    if not 2000 < moment.year < 2099:
        raise Invalid([FieldError("at", "incidents.outside_calendar")])
    located = territory.locate(tx, given.lon, given.lat)
    settled = classification.settle(tx, book, given)
    category = settled.category
    channel = Channel(given.channel or Channel.RESIDENT)
    incident = unsaved(tx, given, channel, Numbers(0, 0, 0, (), ()), located, category, book.id)
    why = opening.why_here(incident, opening.ground_of(located), category, settled.hits, settled.why)
    found = classification.hint_words(book.categories.values(), f"{given.title or ''} {given.text}")
    return _trial(tx, book, incident, located, category, found, why, moment)


def _trial(
    tx: Tx,
    book: Book,
    incident: Incident,
    located: Located,
    category: Category | None,
    hits: dict[str, list[str]],
    why: Mapping[str, Any],
    at: datetime,
) -> Trial:
    decision = decision_of(tx, incident, book, Units(tx), at) if category else None
    stages = FIRST if category else FIRST[:1]
    return Trial(
        place=located.chain.label,
        grid=located.grid,
        border_m=located.border_m,
        schematic=located.schematic,
        centre=territory.region(tx, incident.centre_id),
        category=category,
        hits=hits,
        why={topic: TrialReason(one["zh"], one["en"], one["rule"]) for topic, one in why.items()},
        level=incident.level,
        at=at,
        auto=bool(decision and decision.auto and decision.units),
        proposal=proposal_of(tx, incident, book, at) if category else None,
        verdicts=_verdicts(book, facts_of(tx, incident, at), decision) if decision else [],
        deadlines=[limit_of(incident, book, stage, at) for stage in stages],
    )


def _verdicts(book: Book, facts: Facts, decision: Decision) -> list[RuleVerdict]:
    """Every rule about the category in the order in which it is asked."""
    found: list[RuleVerdict] = []
    decided = False
    for rule in rules_about(book.rulebook, facts.category):
        named = (rule.id, rule.why_zh, rule.why_en)
        failed = failing(rule.when, facts)
        if rule.id == decision.rule:
            decided = True
            found.append(RuleVerdict(*named, "decides"))
        elif failed:
            key, wanted = failed
            found.append(RuleVerdict(*named, "condition", key, _shown(wanted), _fact(key, facts)))
        else:
            found.append(RuleVerdict(*named, "later" if decided else "no_unit"))
    return found


def _shown(wanted: object) -> str:
    """A condition as the scenario file writes it."""
    if isinstance(wanted, Mapping):
        return ", ".join(f"{key} {_shown(value)}" for key, value in wanted.items())
    if isinstance(wanted, list | tuple):
        return " | ".join(_shown(one) for one in wanted)
    return f"{wanted:g}" if isinstance(wanted, float) else str(wanted)


def _fact(key: str, facts: Facts) -> str | None:
    """What a condition was compared with; None for those that hold others."""
    known: dict[str, object] = {
        "category": facts.category,
        "level": facts.level,
        "channel": facts.channel,
        "event": facts.event,
        "place": facts.settlement,
        "owner": facts.owner_level,
        "hours": f"{facts.at:%H:%M}",
        "returns": facts.returns,
        "border_m": round(facts.border_m),
    }
    return str(known[key]) if key in known else None
