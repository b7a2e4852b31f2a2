"""Who handles it: the first routing rule that matches, else the duty matrix. Pure; every answer has its trace.

There is no default bucket: where neither a rule nor a line of the duty matrix leads to a unit that exists, the
answer has no units and says why. `scenarios` proves beforehand that this does not happen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from fnmatch import fnmatchcase
from functools import lru_cache

from chengyun.incidents.contracts import DutyLine, Role, RoutingRule, Rulebook, UnitBrief, UnitRef

LEVELS = ("city", "district", "town", "village")
_BELOW = {"district": ("区县", "the district's unit"), "town": ("镇街", "the town's unit")}
_BELOW["village"] = ("村社区", "the village's unit")
FindUnit = Callable[[str, int], UnitBrief | None]  # kind of unit, region id


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules may ask about. `place` and `owner` are region ids per level, from the city down."""

    category: str
    level: str  # red | orange | yellow | blue
    channel: str
    event: str  # reported | transferred-in | assigned-down | escalated | returned | reopened
    settlement: str  # urban (街道) | rural (镇, 乡)
    at: time  # local time of day
    owner_level: str
    place: Mapping[str, int]
    owner: Mapping[str, int]
    returns: int = 0
    border_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Chosen:
    role: Role
    unit: UnitBrief


@dataclass(frozen=True, slots=True)
class Decision:
    """`rule` is the id of the routing rule, or "duty:<clause>"; `units` is empty only where nothing fits."""

    rule: str
    why_zh: str
    why_en: str
    source: str
    auto: bool
    units: tuple[Chosen, ...]
    rejected: tuple[tuple[UnitBrief, str, str, str], ...]  # unit, rule, why not (zh, en)
    trace: tuple[str, ...]

    @property
    def lead(self) -> UnitBrief | None:
        return next((c.unit for c in self.units if c.role is Role.LEAD), None)


@dataclass(slots=True)
class _Attempt:
    """A rule or a line of the matrix that led to units; `zh` and `en` say why, and what could not be as written."""

    rule: str
    zh: str
    en: str
    source: str
    auto: bool
    units: list[Chosen] = field(default_factory=list)

    def remark(self, ref: UnitRef, unit: UnitBrief | None, facts: Facts) -> None:
        """Say whom a unit of the place gave way to, where the place is not the owner's."""
        if not _elsewhere(ref, facts):
            return
        level_zh, level_en = _BELOW[ref.level]
        zh = f"改由{unit.name}承担" if unit else "需由本中心另行指定"
        en = f"{unit.name} stands in for" if unit else "this centre has yet to name"
        zh, en = f"（位置在辖区之外，{level_zh}单位{zh}）", f" (outside this centre's area: {en} {level_en})"
        if zh not in self.zh:
            self.zh, self.en = self.zh + zh, self.en + en


def decide(rulebook: Rulebook, facts: Facts, find_unit: FindUnit) -> Decision:
    """The units for a case, the rule that chose them, one alternative that was not taken, and the trace."""
    trace: list[str] = []
    found = _attempts(rulebook, facts, find_unit, trace)
    first = next(found, None)
    if first is None:
        return Decision("", "没有规则适用", "No rule applies", "", False, (), (), tuple(trace))
    lead = first.units[0].unit
    mark = len(trace)
    second = next((a for a in found if a.units[0].unit.id != lead.id), None)
    del trace[mark:]
    rejected = _reject(first, second) if second else _higher(first, facts, find_unit)
    units = tuple(first.units)
    return Decision(first.rule, first.zh, first.en, first.source, first.auto, units, rejected, tuple(trace))


def _reject(first: _Attempt, second: _Attempt) -> tuple[tuple[UnitBrief, str, str, str], ...]:
    zh = f"“{second.zh}”也适用, 但“{first.zh}”排在前面"
    en = f"“{second.en}” applies too, but “{first.en}” comes first"
    return ((second.units[0].unit, second.rule, zh, en),)


def _higher(
    first: _Attempt, facts: Facts, find_unit: FindUnit
) -> tuple[tuple[UnitBrief, str, str, str], ...]:
    """Where nothing else applies: the unit of the same kind, or the centre, one level further up."""
    lead = first.units[0].unit
    for level in reversed(LEVELS[: LEVELS.index(lead.level)]):
        region = region_for(UnitRef(lead.kind, level), facts)
        unit = region and (find_unit(lead.kind, region) or find_unit("centre", region))
        if unit:
            zh, en = f"“{first.zh}”由本级办理", f"“{first.en}” is handled at the level below"
            return ((unit, first.rule, zh, en),)
    return ()


def _attempts(rulebook: Rulebook, facts: Facts, find_unit: FindUnit, trace: list[str]) -> Iterator[_Attempt]:
    rules, duties = _about(rulebook, facts.category)
    for rule in rules:
        failed = mismatch(rule.when, facts)
        if failed:
            trace.append(f"{rule.id}: {failed}")
            continue
        attempt = _by_rule(rule, facts, find_unit, trace)
        if attempt:
            trace.append(f"{rule.id}: applies")
            yield attempt
    yield from _by_matrix(duties, facts, find_unit, trace)


_Lines = tuple[tuple[RoutingRule, ...], tuple[DutyLine, ...]]
_last: tuple[Rulebook | None, dict[str, _Lines]] = (None, {})


def _about(rulebook: Rulebook, category: str) -> _Lines:
    """The rules and duties that can concern a category: a hundred thousand decisions need not try the others."""
    global _last  # replaced whole, so threads see one rulebook with its own lines
    last = _last
    if last[0] is not rulebook:
        last = _last = (rulebook, {})
    known = last[1]
    if category not in known:
        rules = tuple(rule for rule in rulebook.routing if _names(rule.when.get("category", "*"), category))
        known[category] = rules, tuple(line for line in rulebook.duties if _glob(line.category, category))
    return known[category]


def _names(globs: object, category: str) -> bool:
    listed = [globs] if isinstance(globs, str) else globs
    return isinstance(listed, Sequence) and any(_glob(str(one), category) for one in listed)


def _by_rule(rule: RoutingRule, facts: Facts, find_unit: FindUnit, trace: list[str]) -> _Attempt | None:
    lead = _resolve(rule.lead, facts, find_unit)
    if lead is None:
        trace.append(f"{rule.id}: no unit {rule.lead.kind} at {rule.lead.level}")
        return None
    attempt = _Attempt(rule.id, rule.why_zh, rule.why_en, rule.source, rule.auto, [Chosen(Role.LEAD, lead)])
    attempt.remark(rule.lead, lead, facts)
    _join(attempt, rule.id, Role.ASSIST, rule.assist, facts, find_unit, trace)
    _join(attempt, rule.id, Role.ASSIGNED, rule.assign_down, facts, find_unit, trace)
    return attempt


def _join(
    attempt: _Attempt,
    name: str,
    role: Role,
    wanted: Sequence[UnitRef],
    facts: Facts,
    find_unit: FindUnit,
    trace: list[str],
) -> None:
    for ref in wanted:
        unit = _resolve(ref, facts, find_unit)
        attempt.remark(ref, unit, facts)
        if unit is None:
            trace.append(f"{name}: no {role.value} unit {ref.kind} at {ref.level}")
        elif all(chosen.unit.id != unit.id for chosen in attempt.units):
            attempt.units.append(Chosen(role, unit))


def _resolve(ref: UnitRef, facts: Facts, find_unit: FindUnit) -> UnitBrief | None:
    region = region_for(ref, facts)
    return None if region is None else find_unit(ref.kind, region)


def region_for(ref: UnitRef, facts: Facts) -> int | None:
    """The region whose unit a rule means; None where the place gives none within the owner's area.

    A case that was transferred in may lie outside its owner's area, and the units there are out of the owner's
    reach: then those of its own line are meant, and below its own level the one of that kind at its own level.
    """
    owner = facts.owner.get(ref.level)
    if ref.of == "owner":
        return owner
    if _elsewhere(ref, facts):
        return facts.owner[facts.owner_level]
    return facts.place.get(ref.level) if _inside(facts) else owner


def _inside(facts: Facts) -> bool:
    """The place lies in the owner's area."""
    return facts.place.get(facts.owner_level) == facts.owner.get(facts.owner_level)


def _elsewhere(ref: UnitRef, facts: Facts) -> bool:
    """A unit below the owner is meant by the place, and the place is not the owner's."""
    return ref.of == "place" and ref.level not in facts.owner and not _inside(facts)


def _by_matrix(
    duties: Sequence[DutyLine], facts: Facts, find_unit: FindUnit, trace: list[str]
) -> Iterator[_Attempt]:
    """Lines for the owner's own level first, then for the levels above it, then below."""
    own = LEVELS.index(facts.owner_level)
    for level in (*reversed(LEVELS[: own + 1]), *LEVELS[own + 1 :]):
        for line in duties:
            attempt = _by_line(line, facts, find_unit, trace) if line.level == level else None
            if attempt:
                yield attempt


def _by_line(line: DutyLine, facts: Facts, find_unit: FindUnit, trace: list[str]) -> _Attempt | None:
    name = f"duty:{line.clause or line.category}"
    lead = _resolve(UnitRef(line.lead, line.level), facts, find_unit)
    if lead is None:
        trace.append(f"{name}: no unit {line.lead} at {line.level}")
        return None
    zh, en = f"权责清单{line.clause}", f"Duty matrix {line.clause}".rstrip()
    attempt = _Attempt(name, zh, en, line.clause, False, [Chosen(Role.LEAD, lead)])
    attempt.remark(UnitRef(line.lead, line.level), lead, facts)
    assist = [UnitRef(kind, line.level) for kind in line.assist]
    _join(attempt, name, Role.ASSIST, assist, facts, find_unit, trace)
    below = LEVELS[LEVELS.index(line.level) + 1 :]
    for kind in line.assign_down:
        refs = (UnitRef(kind, level) for level in below)
        known = next((ref for ref in refs if _resolve(ref, facts, find_unit)), None)
        if known is None:
            attempt.remark(UnitRef(kind, below[0]), None, facts)
            trace.append(f"{name}: no assigned unit {kind} below {line.level}")
        else:
            _join(attempt, name, Role.ASSIGNED, [known], facts, find_unit, trace)
    trace.append(f"{name}: applies")
    return attempt


# conditions: a small, total language; every condition that fails says so


def mismatch(when: Mapping[str, object], facts: Facts) -> str:
    """Empty when every condition holds, else the first one that does not, in words."""
    failed = failing(when, facts)
    return f"{failed[0]} is not {failed[1]}" if failed else ""


def failing(when: Mapping[str, object], facts: Facts) -> tuple[str, object] | None:
    """The first condition that does not hold, as fact and wanted value; None when all do."""
    return next((one for one in when.items() if not _holds(*one, facts)), None)


def rules_about(rulebook: Rulebook, category: str) -> tuple[RoutingRule, ...]:
    """The routing rules that are asked for a category, in order."""
    return _about(rulebook, category)[0]


def _holds(key: str, wanted: object, facts: Facts) -> bool:
    check = _CHECKS.get(key)
    return check(wanted, facts) if check else False


def _all(wanted: object, facts: Facts) -> bool:
    return isinstance(wanted, Sequence) and all(not mismatch(part, facts) for part in wanted)


def _any(wanted: object, facts: Facts) -> bool:
    return isinstance(wanted, Sequence) and any(not mismatch(part, facts) for part in wanted)


def _not(wanted: object, facts: Facts) -> bool:
    return isinstance(wanted, Mapping) and bool(mismatch(wanted, facts))


def _text(value: Callable[[Facts], str]) -> Callable[[object, Facts], bool]:
    """Equal to a glob, or to one of a list of globs."""

    def check(wanted: object, facts: Facts) -> bool:
        return _names(wanted, value(facts))

    return check


def _number(value: Callable[[Facts], float]) -> Callable[[object, Facts], bool]:
    """Equal to a number, or within bounds: {"<": 50}, {">=": 1}."""

    def check(wanted: object, facts: Facts) -> bool:
        bounds = wanted if isinstance(wanted, Mapping) else {"=": wanted}
        found = value(facts)
        return all(_compare(sign, found, bound) for sign, bound in bounds.items())

    return check


def _compare(sign: str, found: float, bound: object) -> bool:
    if not isinstance(bound, int | float):
        return False
    return {
        "=": found == bound,
        "<": found < bound,
        "<=": found <= bound,
        ">": found > bound,
        ">=": found >= bound,
    }.get(sign, False)


def _hours(wanted: object, facts: Facts) -> bool:
    """Within "HH:MM-HH:MM", which may pass midnight; the end is not included."""
    start, end = hours_of(str(wanted))
    if start <= end:
        return start <= facts.at < end
    return facts.at >= start or facts.at < end


@lru_cache(maxsize=256)
def hours_of(text: str) -> tuple[time, time]:
    """The two ends of a time window; ValueError where it is none. 24:00 is the end of the day."""
    first, _, last = text.partition("-")
    return time.fromisoformat(first), time.max if last == "24:00" else time.fromisoformat(last)


@lru_cache(maxsize=4096)
def _glob(pattern: str, text: str) -> bool:
    return fnmatchcase(text, pattern)


_CHECKS: dict[str, Callable[[object, Facts], bool]] = {
    "category": _text(lambda f: f.category),
    "level": _text(lambda f: f.level),
    "channel": _text(lambda f: f.channel),
    "event": _text(lambda f: f.event),
    "place": _text(lambda f: f.settlement),
    "owner": _text(lambda f: f.owner_level),
    "hours": _hours,
    "returns": _number(lambda f: f.returns),
    "border_m": _number(lambda f: f.border_m),
    "all": _all,
    "any": _any,
    "not": _not,
}
CONDITIONS = frozenset(_CHECKS)  # what `when` may hold; the scenario check refuses anything else
