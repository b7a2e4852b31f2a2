"""The door of evaluation."""

from __future__ import annotations

from chengyun.incidents.evaluation import messages  # noqa: F401  registers the texts
from chengyun.incidents.evaluation.contracts import Question
from chengyun.incidents.evaluation.figures import behind, evaluate, trend
from chengyun.incidents.evaluation.hotspots import hot_spots, hot_topics, reported
from chengyun.incidents.evaluation.regions import by_region
from chengyun.incidents.evaluation.rules import INDICATORS, SMALLEST, span_of
from chengyun.incidents.evaluation.sheet import sheet

__all__ = [
    "INDICATORS", "SMALLEST", "Question", "behind", "by_region", "evaluate", "hot_spots", "hot_topics", "reported", "sheet",
    "span_of", "trend",
]  # fmt: skip
