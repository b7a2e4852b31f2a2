"""What others may see of anomalies: from when a score is abnormal, and what would be usual."""

from __future__ import annotations

from dataclasses import dataclass

USUAL = 6.0  # tier 1: standard deviations from which a reading is called abnormal


@dataclass(frozen=True, slots=True)
class Band:
    """What would be usual: the expected value, and between which values it would lie."""

    expected: float
    low: float
    high: float
