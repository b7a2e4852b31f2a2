"""The first steps of an incident, pure: report, and where a rule is clear enough accept, verify, file, dispatch.

Both the service and the loader of simulated history open incidents here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chengyun.incidents.contracts import Category, Level, Role
from chengyun.incidents.deadlines import Book
from chengyun.incidents.dispatch.places import make_facts, settlement_of
from chengyun.incidents.dispatch.routing import Decision, FindUnit, decide
from chengyun.incidents.life import SYSTEM, Act, Doer, Incident, NewId
from chengyun.kernel.calendar import SHANGHAI
from chengyun.territory.contracts import Located

UNKNOWN_LEVEL = Level.YELLOW  # until somebody knows what it is
TITLE_LENGTH = 24
_LEVEL_ZH = {"city": "市", "district": "区县", "town": "镇街"}


@dataclass(frozen=True, slots=True)
class Ground:
    """Where an incident lies: region id per level (from the city down to the grid) and how it is called."""

    levels: Mapping[str, int]
    town: str  # name
    label: str  # "九龙坡区 · 石桥铺街道 · …"
    version: int
    border_m: float = 0.0
    neighbour: str | None = None


def ground_of(located: Located) -> Ground:
    """The same as the first steps need it."""
    return Ground(
        levels={ref.level: ref.id for ref in located.chain.regions},
        town=located.town.name,
        label=located.chain.label,
        version=located.version,
        border_m=located.border_m,
        neighbour=located.neighbour.name if located.neighbour else None,
    )


def owner_of(levels: Mapping[str, int], category: Category | None) -> int:
    """The centre that takes it on: at the level that the category names, else the town's."""
    return levels[intake_of(category)]


def placed(located: Located, category: Category | None) -> dict[str, Any]:
    """Where it lies and whose it is, as fields of a new incident."""
    centre = owner_of(ground_of(located).levels, category)
    return {
        "centre_id": centre,
        "desk_id": centre,
        "territory_version": located.version,
        "city_id": located.chain.city.id,
        "district_id": located.district.id,
        "town_id": located.town.id,
        "village_id": located.village.id,
        "grid_id": located.grid.id,
        "border_m": located.border_m,
        "schematic": located.schematic,
    }


def intake_of(category: Category | None) -> str:
    """Level of the centre that takes it on; below the town there is none."""
    level = category.intake if category else "town"
    return level if level in _LEVEL_ZH else "town"


def number_of(at: datetime, serial: int) -> str:
    """20260311-000123: the local day, and a number that no other incident of the day has."""
    return f"{at.astimezone(SHANGHAI):%Y%m%d}-{serial % 1_000_000:06d}"


def title_of(text: str, category: Category | None) -> str:
    """What queues show where nobody wrote a title."""
    first = text.strip().splitlines()[0][:TITLE_LENGTH] if text.strip() else ""
    return f"{category.name_zh}：{first}" if category else first


def first_act(
    incident: Incident,
    ground: Ground,
    category: Category | None,
    hits: Sequence[str],
    doer: Doer,
    judged: Mapping[str, Any] | None = None,
) -> Act:
    """The step with which every history begins: what the replay starts from, and why."""
    args = {
        "category": incident.category,
        "level": incident.level,
        "centre": incident.centre_id,
        "district": incident.district_id,
        "version": incident.territory_version,
        "residents": incident.residents,
    }
    why = why_here(incident, ground, category, hits, judged)
    return Act("incident", "report", incident.reported_at, doer, args=args, why=why)


def why_here(
    incident: Incident,
    ground: Ground,
    category: Category | None,
    hits: Sequence[str],
    judged: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Why this place, this centre, this category. `judged`: a model's reasons, where it decided."""
    level = intake_of(category)
    where = {"lon": incident.lon, "lat": incident.lat, "neighbour": ground.neighbour}
    scenario = category.scenario if category else None
    why: dict[str, Any] = {
        "place": {
            "zh": f"位置落在{ground.label}，距网格边界 {ground.border_m:.0f} 米",
            "en": f"The point lies in {ground.label}, {ground.border_m:.0f} m from the grid's border",
            "rule": f"territory {ground.version}",
            "inputs": where,
        },
        "centre": {
            "zh": f"该类事件由{_LEVEL_ZH[level]}级中心受理",
            "en": f"Taken on by the centre at {level} level",
            "rule": scenario,
        },
    }
    if category and judged is not None:
        why["category"] = dict(judged)
    elif category:
        words = "、".join(hits)
        zh = f"文字中提到“{words}”" if hits else "由上报人选择"
        en = f"The text mentions “{words}”" if hits else "Chosen by the reporter"
        why["category"] = {"zh": zh, "en": en, "rule": scenario, "inputs": {"words": list(hits)}}
    return why


def route(
    incident: Incident, ground: Ground, book: Book, find: FindUnit, at: datetime, line: Sequence[int] = ()
) -> Decision:
    """Who should handle it. `line`: the owner and the centres above it, where it may lie elsewhere than the place."""
    owner: dict[str, int] = dict(zip(_LEVEL_ZH, reversed(line), strict=False))
    for level, region in ground.levels.items() if not line else ():
        owner[level] = region
        if region == incident.centre_id:
            break
    facts = make_facts(incident, ground.levels, owner, settlement_of(ground.town), at)
    return decide(book.rulebook, facts, find)


def straight_through(
    decision: Decision, at: datetime, new_order: NewId, take: Callable[[Act], None]
) -> list[Act]:
    """Accept, verify, file and dispatch by an automatic rule, each a step of the system's own."""
    orders = [{"id": new_order(), **order} for order in orders_of(decision)]
    given: dict[str, dict[str, Any]] = {"dispatch": {"orders": orders, "rule": decision.rule}}
    acts = []
    for name in ("accept", "verify", "file", "dispatch"):
        why = {"routing": why_of(decision)} if name == "dispatch" else {}
        act = Act("incident", name, at, SYSTEM, text=decision.why_zh, args=given.get(name, {}), why=why)
        take(act)
        acts.append(act)
    return acts


# a decision as history keeps it


def orders_of(decision: Decision, busy: Collection[int] = ()) -> list[dict[str, Any]]:
    """The work orders of a decision as args: role and unit, still without ids. After a return, units that are
    `busy` with it already get no second one; the lead always gets its own."""
    return [
        {"role": chosen.role.value, "unit": chosen.unit.id}
        for chosen in decision.units
        if chosen.role is Role.LEAD or chosen.unit.id not in busy
    ]


def why_of(decision: Decision) -> dict[str, Any]:
    """The rule that decided, in words, with its trace and what it rejected."""
    return {
        "zh": decision.why_zh,
        "en": decision.why_en,
        "rule": decision.rule,
        "source": decision.source,
        "inputs": {"trace": list(decision.trace)},
        "rejected": rejected_of(decision),
    }


def by_arbiter(name: str) -> dict[str, Any]:
    """Why, where somebody above decided."""
    decided = {"zh": f"{name}裁定", "en": f"Decided by {name}", "rule": "arbitration", "source": None}
    return {**decided, "inputs": {}, "rejected": None}


def rejected_of(decision: Decision) -> dict[str, Any] | None:
    """The alternative that was not taken, and why not."""
    if not decision.rejected:
        return None
    unit, rule, zh, en = decision.rejected[0]
    return {"unit": unit.id, "name": unit.name, "rule": rule, "zh": zh, "en": en}
