"""The door of evaluation."""

from __future__ import annotations

from chengyun.incidents.evaluation import messages  # noqa: F401  registers the texts
from chengyun.incidents.evaluation.contracts import Question
from chengyun.incidents.evaluation.figures import behind, evaluate, trend
from chengyun.incidents.evaluation.hotspots import hot_spots, hot_topics, reported
from chengyun.incidents.evaluation.sheet import sheet

__all__ = ["Question", "behind", "evaluate", "hot_spots", "hot_topics", "reported", "sheet", "trend"]
