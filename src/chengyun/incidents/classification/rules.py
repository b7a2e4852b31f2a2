"""When a model may decide, when a new one replaces the old one, what counts as urgent. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from chengyun.incidents.classification.contracts import (
    AUTOMATIC,
    MIN_EXAMPLES,
    MIN_PER_CLASS,
    Comparison,
    Example,
    Figures,
)
from chengyun.incidents.contracts import Category
from chengyun.incidents.life import LEVEL_RANK

BORNE_OUT = 0.9  # share right among the unseen texts above the confidence, before a model decides alone
BORNE_OUT_BY = 30  # unseen texts above the confidence


def learnable(examples: Sequence[Example], most: int | None = None) -> list[Example]:
    """Of the last `most`, those whose category has enough of them there."""
    recent = examples[-most:] if most else examples
    counted = Counter(one.category for one in recent)
    return [one for one in recent if counted[one.category] >= MIN_PER_CLASS]


def enough(examples: Sequence[Example]) -> bool:
    """Whether a model can be learned from them (`learnable` ones)."""
    return len(examples) >= MIN_EXAMPLES and len({one.category for one in examples}) >= 2


def right_above(figures: Figures, confidence: float) -> tuple[float, float]:
    """Share right and number of unseen texts at or above the measured confidence next to `confidence`, from below."""
    row = max((one for one in figures.trust if one.confidence <= confidence), key=lambda one: one.confidence)
    return row.right, row.share * figures.examples


def may_decide(figures: Figures, confidence: float) -> bool:
    """Whether unseen texts bear out that answers of this confidence are right."""
    right, texts = right_above(figures, confidence)
    return right >= BORNE_OUT and texts >= BORNE_OUT_BY


def automatic_of(figures: Figures, simulated: bool, before: float | None) -> float | None:
    """From which confidence a new model decides: as the old one, where its own figures bear that out."""
    wanted = before or AUTOMATIC
    return wanted if not simulated and may_decide(figures, wanted) else None


def halves(examples: Sequence[Example], fresh: Collection[int]) -> tuple[list[Example], list[Example]]:
    """Examples to learn from and to judge by: every other one of those that the old model cannot have seen
    (`fresh`: their places) is kept for judging both."""
    kept = set(sorted(fresh)[::2])
    seen = [one for place, one in enumerate(examples) if place not in kept]
    return seen, [one for place, one in enumerate(examples) if place in kept]


def refusal(compared: Comparison | None) -> str | None:
    """Why a new model is not taken: it is worse where neither had seen the texts."""
    if compared is not None and compared.new_macro_f1 < compared.old_macro_f1:
        return "worse"
    return None


def more_urgent(one: Category, other: Category) -> bool:
    return LEVEL_RANK[one.level] < LEVEL_RANK[other.level]
