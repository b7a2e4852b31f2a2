"""Who gets it: proves that every category in every town reaches a unit that exists, and that every rule is reached.

The decision itself is the one that incidents make (`incidents.routing.decide`): the proof is about the code that runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from chengyun.incidents.contracts import RoutingRule, UnitBrief
from chengyun.incidents.dispatch.routing import Facts, decide, mismatch
from chengyun.scenarios.cases import VILLAGES, asked, cases, level_of
from chengyun.scenarios.checks.draft import Draft
from chengyun.scenarios.contracts import Finding, Proof, TownKind
from chengyun.scenarios.reading import Entry
from chengyun.scenarios.vocabulary import CENTRES, kind_levels

FindUnit = Callable[[str, int], UnitBrief | None]


@lru_cache(maxsize=512)
def _unit(kind: str, region: int) -> UnitBrief | None:
    level = level_of(region)
    return UnitBrief(region, kind, kind, level) if level in kind_levels(kind) else None


def _without_villages(kind: str, region: int) -> UnitBrief | None:
    return None if region in VILLAGES else _unit(kind, region)


@dataclass(slots=True)
class _Walk:
    """What walking through all cases found."""

    reached: int = 0
    tried: int = 0
    used: set[str] = field(default_factory=set)
    lost: dict[str, list[tuple[TownKind, Facts]]] = field(default_factory=dict)


def coverage(draft: Draft, towns: Sequence[TownKind]) -> tuple[list[Finding], Proof]:
    """Findings about duties and rules, and the proof over category × town."""
    walk = _Walk()
    for code in draft.categories:
        _category(draft, code, towns, walk)
    found = [*_matrix(draft), *_lost(draft, walk), *_buckets(draft), *_idle_rules(draft, towns, walk)]
    count = sum(town.towns for town in towns)
    return found, Proof(len(draft.categories), count, walk.reached, walk.tried)


def _category(draft: Draft, code: str, towns: Sequence[TownKind], walk: _Walk) -> None:
    """Try every case of a category in every kind of town."""
    wide = asked(rule.when for rule in rules_about(draft, code))
    for town in towns:
        find_unit: FindUnit = _unit if town.villages else _without_villages
        lost = False
        for facts in cases(code, town.place, wide):
            walk.tried += 1
            decision = decide(draft.rulebook, facts, find_unit)
            walk.used.add(decision.rule)
            if decision.lead is None and not lost:
                lost = True
                walk.lost.setdefault(code, []).append((town, facts))
        walk.reached += 0 if lost else town.towns


def rules_about(draft: Draft, code: str) -> list[RoutingRule]:
    """The rules whose conditions may speak of a category."""
    return [rule for rule in draft.rulebook.routing if code in _categories_of(draft, rule)]


def _categories_of(draft: Draft, rule: RoutingRule) -> set[str]:
    named = rule.when.get("category", "*")
    globs = [named] if isinstance(named, str) else list(named) if isinstance(named, list) else ["*"]
    return {one.code for glob in globs for one in draft.matching(str(glob))}


def _matrix(draft: Draft) -> list[Finding]:
    """A category needs its own line at the level that takes it on and at every level above."""
    lines = {
        (one.code, duty.level) for duty in draft.rulebook.duties for one in draft.matching(duty.category)
    }
    return [
        entry.find("duty.missing", category=entry.data["code"], level=level)
        for _, entry in draft.entries("categories")
        for level in CENTRES[: CENTRES.index(entry.data.get("intake", "town")) + 1]
        if (entry.data["code"], level) not in lines
    ]


def _lost(draft: Draft, walk: _Walk) -> list[Finding]:
    found: list[Finding] = []
    for _, entry in draft.entries("categories"):
        where = walk.lost.get(entry.data["code"], [])
        if where:
            towns = sum(town.towns for town, _ in where)
            facts = where[0][1]
            example = f"{facts.owner_level}, {facts.event}, {facts.channel}, {facts.settlement}"
            found.append(
                entry.find("route.nobody", category=entry.data["code"], towns=towns, example=example)
            )
    return found


def _buckets(draft: Draft) -> list[Finding]:
    """A rule or a duty line that takes everything is a default bucket, wherever it stands."""
    everything = set(draft.categories)
    found: list[Finding] = []
    for _, entry in draft.entries("duties"):
        if {one.code for one in draft.matching(entry.data["category"])} == everything and len(everything) > 1:
            found.append(entry.find("rule.default_bucket", "category", rule=entry.data["clause"]))
    for rule, entry in zip(draft.rulebook.routing, _rule_entries(draft), strict=True):
        plain = not set(rule.when) - {"category"}
        if plain and len(everything) > 1 and _categories_of(draft, rule) == everything:
            found.append(entry.find("rule.default_bucket", "when", rule=rule.id))
    return found


def _rule_entries(draft: Draft) -> list[Entry]:
    return [entry for _, entry in draft.entries("routing")]


def _idle_rules(draft: Draft, towns: Sequence[TownKind], walk: _Walk) -> list[Finding]:
    found: list[Finding] = []
    for rule, entry in zip(draft.rulebook.routing, _rule_entries(draft), strict=True):
        if rule.id in walk.used:
            continue
        winners = sorted(_winners(draft, rule, towns))
        if winners:
            found.append(entry.find("rule.unreachable", rule=rule.id, other=", ".join(winners)))
        else:
            found.append(entry.find("rule.never", rule=rule.id))
    return found


def _winners(draft: Draft, rule: RoutingRule, towns: Sequence[TownKind]) -> set[str]:
    """The earlier rules that decide the cases in which this one's conditions hold."""
    earlier = {one.id for one in draft.rulebook.routing[: draft.rulebook.routing.index(rule)]}
    winners: set[str] = set()
    for code in _categories_of(draft, rule):
        wide = asked(one.when for one in rules_about(draft, code))
        for settlement in {town.place for town in towns}:
            for facts in cases(code, settlement, wide):
                if not mismatch(rule.when, facts):
                    winners.add(decide(draft.rulebook, facts, _unit).rule)
    return winners & earlier
