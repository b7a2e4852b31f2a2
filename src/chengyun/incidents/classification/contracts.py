"""What others may see of classification: proposals, a model's figures, the settled category of a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chengyun.incidents.contracts import Category

MIN_EXAMPLES = 100  # confirmed by officers, before a first model is trained
MIN_PER_CLASS = 10  # a category with fewer is left to its hint words
MIN_NEW = 30  # confirmed since the last model: on these the old and the new one are compared
NEW_FOR_JOB = 200  # confirmed since, before the job trains by itself
MAX_EXAMPLES = 6_000
NEWEST = 40_000  # incidents that are looked through, newest first
AUTOMATIC = 0.9  # confidence from which a model decides at intake, where its own figures bear that out
AUTOMATIC_LEAST = 0.8  # nobody sets it lower


@dataclass(frozen=True, slots=True)
class Guess:
    """A category proposed for a text. `confidence` and `group_confidence` (0…1) are a model's, None where only hint
    words speak for it; `score` orders proposals; `hits` are the words that hit or weighed most."""

    code: str
    name: str
    score: float
    hits: list[str]
    confidence: float | None = None
    group: str = ""
    group_confidence: float | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The category that a report is opened with. `why`: the model's reasons where it decided, else None."""

    category: Category | None
    hits: list[str] = field(default_factory=list)
    why: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """How one category did on texts that the model had not seen. Shares 0…1."""

    code: str
    name: str
    examples: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """So many texts of `actual` were taken for `predicted`."""

    actual: str
    predicted: str
    count: int


@dataclass(frozen=True, slots=True)
class Trust:
    """What would have been decided alone from a confidence on: share of the texts, and the share of those right."""

    confidence: float
    share: float
    right: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Cross-validated: every text was judged by a model that had not seen it. `spread`: standard deviation of
    macro-F1 over the folds; `calibration`: mean gap between confidence and the share that was right."""

    examples: int
    macro_f1: float
    spread: float
    accuracy: float
    folds: int
    calibration: float
    classes: list[ClassFigures]
    confusion: list[Confusion]  # most frequent first
    trust: list[Trust]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Old and new on confirmed texts that neither had seen."""

    examples: int
    old_macro_f1: float
    new_macro_f1: float


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One attempt. `in_use`: it is the one that proposes now; `refused`: why it was not taken, else None.

    `automatic`: confidence from which it decides without an officer, None: it only proposes. `simulated`: learned
    from simulated incidents, which never decides.
    """

    id: int
    digest: str
    trained_at: datetime
    by_hand: bool
    in_use: bool
    withdrawn_at: datetime | None
    simulated: bool
    automatic: float | None
    refused: str | None
    figures: Figures
    compared: Comparison | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the screen of classification shows: the models, newest first, and what waits to be learned."""

    models: list[ModelCard]
    confirmed: int  # texts that a model would learn from now
    new: int  # of these since the last attempt
    needed: int  # how many new ones before it may be trained by hand
    simulated: bool


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the category that an officer confirmed."""

    title: str
    text: str
    category: str
    at: datetime | None = None
