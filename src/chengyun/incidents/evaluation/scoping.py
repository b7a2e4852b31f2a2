"""What a question is narrowed to: jurisdiction first, then region, category and channel."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from chengyun.incidents.evaluation.contracts import EvaluationScope, Question
from chengyun.incidents.reading.filters import Filters, conditions
from chengyun.incidents.tables import incident
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

LEVELS = ("city", "district", "town", "village", "grid")


def scope_of(tx: Tx, question: Question) -> EvaluationScope:
    """The region asked for, else the caller's own, else everything that the caller may read. Raises NotFound."""
    actor = tx.actor
    own = actor.home if actor.home in actor.scopes else None
    region = question.region if question.region is not None else own
    if region is None:
        whole = actor.kind == "system"
        return EvaluationScope(None, "全部" if actor.language == "zh" else "Everything", None, whole, None)
    line = territory.ancestors(tx, region)
    ref = territory.region(tx, region)
    reach = [above for above in line[1:] if _reads(tx, above)]
    return EvaluationScope(region, ref.name, ref.level, _reads(tx, region), reach[0] if reach else None)


def _reads(tx: Tx, region: int) -> bool:
    """Whether the caller's jurisdiction holds the whole region."""
    held = set(tx.actor.scopes)
    return tx.actor.kind == "system" or any(one in held for one in territory.ancestors(tx, region))


def level_below(scope: EvaluationScope) -> str:
    """The level of the lines of a region's table."""
    if scope.level is None:
        return "district"
    return LEVELS[min(LEVELS.index(scope.level) + 1, len(LEVELS) - 1)]


def conditions_of(tx: Tx, question: Question, scope: EvaluationScope) -> list[ColumnElement[bool]]:
    """The same filters as everywhere, jurisdiction first."""
    found = conditions(tx, Filters(category=question.category, channel=question.channel))
    if scope.region is not None and scope.level is not None:
        # by its own column: five columns joined by OR would leave the planner guessing
        found.append(incident.c[f"{scope.level}_id"] == scope.region)
    return found
