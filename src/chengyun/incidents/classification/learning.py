"""From confirmed examples to a model with figures that were measured on texts it had not seen. Pure; deterministic.

Ridge regression on the pieces of title and text: one solve per class, no random start, and the heaviest weights are
words that an officer recognises. Rare pieces are left out: what occurs in one text only describes that text, and may
be somebody's name.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from chengyun.incidents.classification.contracts import (
    ClassFigures,
    Confusion,
    Example,
    Figures,
    Trust,
)
from chengyun.incidents.classification.model import Model, Vocabulary, digest_of, to_bytes
from chengyun.incidents.classification.words import BLOCKS, normal, pieces

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

FOLDS = 5
REPEATS = 2
MIN_TEXTS = 2  # texts in which a piece must occur to be learned
PENALTY = 2.0
TRUST = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
SHOWN_CONFUSIONS = 40
Scores = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Readable = tuple[str, str]  # title and text, normal


def learn(examples: Sequence[Example], folds: int = FOLDS, repeats: int = REPEATS) -> tuple[Model, Figures]:
    """A model of all examples, its confidence calibrated and its figures measured by repeated stratified
    cross-validation. Every category needs at least two examples; ValueError otherwise."""
    texts = [(normal(one.title), normal(one.text)) for one in examples]
    labels = np.array([one.category for one in examples])
    classes = tuple(sorted({*labels.tolist()}))
    if len(classes) < 2 or min(Counter(labels.tolist()).values()) < 2:
        raise ValueError("two categories with two examples each are the least")
    scores, macro = _judged(texts, labels, classes, folds, repeats)
    sharpness = _sharpness(scores, _numbers(labels, classes))
    fitted = replace(fit(texts, labels, classes), sharpness=sharpness)
    model = replace(fitted, digest=digest_of(to_bytes(fitted)))
    return model, _figures(scores, labels, classes, sharpness, macro, folds * repeats)


def fit(texts: Sequence[Readable], labels: npt.NDArray[Any], classes: tuple[str, ...]) -> Model:
    """Weights from all of `texts`, not calibrated."""
    from sklearn.linear_model import RidgeClassifier

    vocabulary = _vocabulary(texts)
    ridge = RidgeClassifier(alpha=PENALTY, class_weight="balanced", solver="sparse_cg", tol=1e-4)
    ridge.fit(_matrix(vocabulary, texts), labels)
    weights, bias = np.atleast_2d(ridge.coef_).T, np.atleast_1d(ridge.intercept_)
    if len(classes) == 2:  # one score, for the second class
        weights, bias = np.hstack([-weights, weights]), np.hstack([-bias, bias])
    return Model(classes, vocabulary, weights.astype(np.float32), bias.astype(np.float32), 1.0)


def _vocabulary(texts: Sequence[Readable]) -> Vocabulary:
    seen: list[Counter[str]] = [Counter() for _ in BLOCKS]
    for title, text in texts:
        for block, counted in pieces(title, text):
            seen[block].update(counted.keys())
    columns: list[dict[str, int]] = []
    idf: list[float] = []
    for counted in seen:
        kept = sorted(piece for piece, times in counted.items() if times >= MIN_TEXTS and piece != "\n")
        columns.append({piece: len(idf) + number for number, piece in enumerate(kept)})
        idf += [math.log((1 + len(texts)) / (1 + counted[piece])) + 1 for piece in kept]
    return Vocabulary(tuple(columns), idf)


def _matrix(vocabulary: Vocabulary, texts: Iterable[Readable]) -> csr_matrix:
    from scipy.sparse import csr_matrix

    ids: list[int] = []
    values: list[float] = []
    ends = [0]
    for title, text in texts:
        found, value = vocabulary.read(title, text)
        ids += found
        values += value
        ends.append(len(ids))
    shape = (len(ends) - 1, len(vocabulary.idf))
    return csr_matrix((values, ids, ends), shape=shape, dtype=np.float64)


def _judged(
    texts: Sequence[Readable], labels: npt.NDArray[Any], classes: tuple[str, ...], folds: int, repeats: int
) -> tuple[list[Scores], list[float]]:
    """Scores of every text by models that had not seen it, per repeat; macro-F1 of each fold."""
    from sklearn.model_selection import StratifiedKFold

    smallest = min(Counter(labels.tolist()).values())
    every, macro = [], []
    for repeat in range(repeats):
        scores = np.zeros((len(texts), len(classes)))
        split = StratifiedKFold(min(folds, smallest), shuffle=True, random_state=repeat)
        for seen, unseen in split.split(np.zeros(len(texts)), labels):
            model = fit([texts[n] for n in seen], labels[seen], classes)
            scores[unseen] = [model.scores(*texts[n]) for n in unseen]
            found = np.array(classes)[scores[unseen].argmax(axis=1)]
            macro.append(macro_f1(labels[unseen], found))
        every.append(scores)
    return every, macro


def _numbers(labels: npt.NDArray[Any], classes: tuple[str, ...]) -> Indices:
    place = {name: number for number, name in enumerate(classes)}
    return np.array([place[label] for label in labels.tolist()], np.intp)


def _sharpness(every: Sequence[Scores], actual: Indices) -> float:
    """The factor that makes softmax as confident as it is right: least log loss on unseen texts."""
    grid = np.exp(np.linspace(math.log(0.5), math.log(60.0), 160))
    loss = [sum(_log_loss(scores * factor, actual) for scores in every) for factor in grid]
    return float(grid[int(np.argmin(loss))])


def _log_loss(scores: Scores, actual: Indices) -> float:
    top = scores.max(axis=1)
    total = top + np.log(np.exp(scores - top[:, None]).sum(axis=1))
    return float((total - scores[np.arange(len(actual)), actual]).mean())


# --- figures -------------------------------------------------------------------------------------------------


def per_class(actual: npt.NDArray[Any], found: npt.NDArray[Any]) -> list[ClassFigures]:
    """Precision, recall and F1 of every class that occurs or was found."""
    rows = []
    for code in sorted({*actual.tolist(), *found.tolist()}):
        right = int(((actual == code) & (found == code)).sum())
        told, there = int((found == code).sum()), int((actual == code).sum())
        precision, recall = right / told if told else 0.0, right / there if there else 0.0
        f1 = 2 * precision * recall / (precision + recall) if right else 0.0
        rows.append(ClassFigures(code, "", there, precision, recall, f1))
    return rows


def macro_f1(actual: npt.NDArray[Any], found: npt.NDArray[Any]) -> float:
    """Mean F1 over the classes: a rare one counts as much as a frequent one."""
    rows = per_class(actual, found)
    return sum(row.f1 for row in rows) / len(rows)


def _figures(
    every: Sequence[Scores],
    labels: npt.NDArray[Any],
    classes: tuple[str, ...],
    sharpness: float,
    macro: Sequence[float],
    folds: int,
) -> Figures:
    scores = np.vstack(list(every))
    actual = np.concatenate([labels] * len(every))
    found = np.array(classes)[scores.argmax(axis=1)]
    sharp = np.exp(sharpness * (scores - scores.max(axis=1, keepdims=True)))
    confidence = (sharp / sharp.sum(axis=1, keepdims=True)).max(axis=1)
    right = found == actual
    rows = [replace(row, examples=row.examples // len(every)) for row in per_class(actual, found)]
    return Figures(
        examples=len(labels),
        macro_f1=float(np.mean(macro)),
        spread=float(np.std(macro)),
        accuracy=float(right.mean()),
        folds=folds,
        calibration=calibration(confidence, right),
        classes=rows,
        confusion=_confusion(actual, found, len(every)),
        trust=[_trust(limit, confidence, right) for limit in TRUST],
    )


def calibration(confidence: Scores, right: npt.NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error: the gap between confidence and the share right, weighed over ten bins."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        float((place == n).mean())
        * abs(float(confidence[place == n].mean()) - float(right[place == n].mean()))
        for n in range(bins)
        if (place == n).any()
    ]
    return sum(gaps)


def _trust(limit: float, confidence: Scores, right: npt.NDArray[np.bool_]) -> Trust:
    sure = confidence >= limit
    return Trust(limit, float(sure.mean()), float(right[sure].mean()) if sure.any() else 0.0)


def _confusion(actual: npt.NDArray[Any], found: npt.NDArray[Any], repeats: int) -> list[Confusion]:
    """Mistakes only, the most frequent first, as counts of one repeat."""
    pairs = Counter(
        (a, f) for a, f in zip(actual.tolist(), found.tolist(), strict=True) if a != f
    ).most_common(SHOWN_CONFUSIONS)
    return [Confusion(a, f, max(1, round(count / repeats))) for (a, f), count in pairs]
