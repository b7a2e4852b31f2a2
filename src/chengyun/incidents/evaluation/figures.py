"""Figures of a period, their trend, and the incidents behind each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from chengyun.incidents.evaluation.contracts import (
    Dimension,
    Evaluation,
    EvaluationLine,
    EvaluationScope,
    FigurePart,
    PeriodSpan,
    Question,
    TrendPoint,
)
from chengyun.incidents.evaluation.measures import facts
from chengyun.incidents.evaluation.naming import NOTHING, Names, group_codes, names_of
from chengyun.incidents.evaluation.paging import page_of
from chengyun.incidents.evaluation.rules import (
    GRADES,
    INDICATORS,
    MEASURES,
    SMALLEST,
    TREND,
    figures,
    span_of,
    year_ago,
)
from chengyun.incidents.evaluation.scoping import LEVELS, conditions_of, level_below, scope_of
from chengyun.incidents.views import IncidentPage
from chengyun.kernel.errors import FieldError, Invalid
from chengyun.kernel.transactions import Tx

MOST_LINES = 500
LINED = 2  # spans that lines are told of: the one asked for and the one before
OF_WORK = (Dimension.UNIT, Dimension.PERSON)  # have no share in filing: only what fell due is theirs
Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Read:
    """The counts of one span, or of one line of it."""

    n: int
    key: Any
    sample: int  # one of the incidents behind it
    counts: Counts


def evaluate(tx: Tx, question: Question) -> Evaluation:
    """The figures of a period by a dimension, beside the period before and the same one a year ago."""
    _allow(tx, question)
    spans = (span_of(question, tx.now), span_of(question, tx.now, 1), year_ago(question, tx.now))
    scope = scope_of(tx, question)
    fact = _facts(tx, spans, question, scope)
    key = fact.c[_dimension(question, scope)]
    read = list(_read(tx, fact, key, question))
    totals = [
        next((one.counts for one in read if one.n == n and one.key is _ALL), _NOTHING) for n in range(3)
    ]
    lines, left_out = _lines(tx, question, scope, [one for one in read if one.key is not _ALL])
    language = tx.actor.language
    return Evaluation(
        *spans,
        scope=scope,
        by=question.by,
        smallest=SMALLEST,
        grades=GRADES,
        indicators=[row.told(language) for row in INDICATORS.values()],
        total=figures(totals[0]),
        total_before=figures(totals[1]),
        total_year_ago=figures(totals[2]),
        lines=lines,
        left_out=left_out,
    )


def trend(tx: Tx, question: Question) -> list[TrendPoint]:
    """The totals of the periods that lead up to the one asked for, oldest first."""
    tx.actor.require("evaluation.read")
    spans = [span_of(question, tx.now, back) for back in reversed(range(TREND[question.period]))]
    scope = scope_of(tx, question)
    fact = _facts(tx, spans, replace(question, by=Dimension.REGION), scope)
    counted = sa.select(fact.c.n, *_sums(fact)).group_by(fact.c.n)
    found: dict[int, Counts] = {row.n: _counts(row) for row in tx.execute(counted)}
    return [TrendPoint(span, figures(found.get(n, _NOTHING))) for n, span in enumerate(spans)]


def behind(
    tx: Tx,
    question: Question,
    indicator: str,
    part: FigurePart,
    key: str | None,
    after: int | None,
    limit: int,
) -> IncidentPage:
    """The incidents behind a number, newest first; as many as the number says."""
    _allow(tx, question)
    scope = scope_of(tx, question)
    fact = _facts(tx, (span_of(question, tx.now),), question, scope)
    chosen = [_part(fact, indicator, part)]
    if key is not None:
        chosen.append(_matches(tx, fact, question, scope, key))
    return page_of(tx, sa.select(fact.c.id).where(*chosen), after, limit)


def _allow(tx: Tx, question: Question) -> None:
    tx.actor.require("evaluation.read")
    if question.by is Dimension.PERSON:
        tx.actor.require("evaluation.people")


def _facts(tx: Tx, spans: Sequence[PeriodSpan], question: Question, scope: EvaluationScope) -> sa.FromClause:
    keep = {_dimension(question, scope)} | ({"unit"} if question.unit is not None else set())
    fact = facts(tx, spans, conditions_of(tx, question, scope), sorted(keep))
    if question.unit is None:
        return fact
    return sa.select(fact).where(fact.c.unit == question.unit).subquery("narrowed")


def _part(fact: sa.FromClause, indicator: str, part: FigurePart) -> ColumnElement[bool]:
    row = INDICATORS.get(indicator)
    if row is None:
        raise Invalid([FieldError("indicator", "field.not_allowed")])
    numerator, denominator = fact.c[row.numerator], fact.c[row.denominator]
    if part is FigurePart.NUMERATOR:
        return numerator
    return denominator if part is FigurePart.DENOMINATOR else sa.and_(denominator, sa.not_(numerator))


# lines

_ALL = object()
_NOTHING: Counts = dict.fromkeys(MEASURES, 0)


def _dimension(question: Question, scope: EvaluationScope) -> str:
    """The column of the facts that lines are made by."""
    simple = {Dimension.UNIT: "unit", Dimension.PERSON: "person", Dimension.CHANNEL: "channel"}
    if question.by is Dimension.REGION:
        return f"{level_below(scope)}_id"
    return simple.get(question.by, "category")


def _sums(fact: sa.FromClause) -> list[ColumnElement[int]]:
    return [sa.func.count().filter(fact.c[name]).label(name) for name in MEASURES]


def _counts(row: Any) -> Counts:
    return {name: getattr(row, name) for name in MEASURES}


def _read(tx: Tx, fact: sa.FromClause, key: ColumnElement[Any], question: Question) -> Iterable[_Read]:
    """Totals of every span in one pass, and the lines of those that lines are told of."""
    whole = sa.func.grouping(key)
    told = fact.c.n < LINED
    if question.by in OF_WORK:
        told = sa.and_(told, sa.func.count().filter(fact.c.due) > 0)
    query = (
        sa.select(
            fact.c.n,
            key.label("key"),
            whole.label("whole"),
            sa.func.max(fact.c.id).label("sample"),
            *_sums(fact),
        )
        .group_by(sa.func.grouping_sets(sa.tuple_(fact.c.n), sa.tuple_(fact.c.n, key)))
        .having(sa.or_(whole == 1, told))
    )
    for row in tx.execute(query):
        n, value, total, sample, *counts = tuple(row)
        yield _Read(n, _ALL if total else value, sample, dict(zip(MEASURES, counts, strict=True)))


def _lines(
    tx: Tx, question: Question, scope: EvaluationScope, read: Sequence[_Read]
) -> tuple[list[EvaluationLine], int]:
    """A line per key of the first span, with the rates that it had in the second, the largest first; and how many
    are left out."""
    names = names_of(tx, question, [(one.key, one.sample) for one in read if one.n == 0])
    now, before = _merged(read, 0, names), _merged(read, 1, names)
    largest = sorted(now, key=lambda key: (-now[key]["due"], -now[key]["valid"], key))
    keys = _keys(question)
    lines = [
        EvaluationLine(
            key=key,
            name=names.name(key),
            figures=figures(now[key], keys),
            before={name: one.rate for name, one in figures(before.get(key, _NOTHING), keys).items()},
            drill=question.by is Dimension.REGION and level_below(scope) != LEVELS[-1] and key != NOTHING,
        )
        for key in largest[:MOST_LINES]
    ]
    return lines, len(largest) - len(lines)


def _keys(question: Question) -> tuple[str, ...]:
    """The indicators that a dimension has."""
    return tuple(row.key for row in INDICATORS.values() if question.by not in OF_WORK or row.cohort == "due")


def _merged(read: Sequence[_Read], n: int, names: Names) -> dict[str, Counts]:
    found: dict[str, dict[str, int]] = {}
    for one in read:
        if one.n == n:
            kept = found.setdefault(names.merged(one.key), dict.fromkeys(MEASURES, 0))
            for name, count in one.counts.items():
                kept[name] += count
    return {key: counts for key, counts in found.items() if any(counts.values())}


def _matches(
    tx: Tx, fact: sa.FromClause, question: Question, scope: EvaluationScope, key: str
) -> ColumnElement[bool]:
    """The incidents of one line."""
    column = fact.c[_dimension(question, scope)]
    if question.by is Dimension.GROUP:
        known, codes = group_codes(tx, key)
        return sa.or_(column.is_(None), column.not_in(known)) if key == NOTHING else column.in_(codes)
    if key == NOTHING:
        return column.is_(None)
    if question.by in (Dimension.CATEGORY, Dimension.CHANNEL):
        return column == key
    if not key.isascii() or not key.isdigit() or len(key) > 15:
        raise Invalid([FieldError("key", "field.invalid")])
    return column == int(key)
