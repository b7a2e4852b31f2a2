"""The category of Chinese messages: learned from one labelled file, measured on another.

Columns as in the sample: 留言主题 (title), 留言详情 (text), 一级分类 (class), in the first sheet. Where both files are the
same one, it is measured by repeated stratified cross-validation instead, and the figures say so. The peer of each
figure is character TF-IDF (1 to 3 characters) with a linear SVM, learned from and measured on the very same texts.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from bench._common import Figure, figure

from chengyun.incidents.classification.contracts import Example
from chengyun.incidents.classification.learning import calibration, learn, macro_f1

REPEATS = 4
FOLDS = 5


def read(path: Path) -> list[Example]:
    """The labelled messages of a file."""
    from python_calamine import CalamineWorkbook

    header, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    title, text, label = (header.index(name) for name in ("留言主题", "留言详情", "一级分类"))
    return [Example(str(row[title]), str(row[text]), str(row[label])) for row in rows if str(row[label])]


def peer(train: Sequence[Example], test: Sequence[Example]) -> Any:
    """What character TF-IDF with a linear SVM finds."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    pieces = TfidfVectorizer(analyzer="char", ngram_range=(1, 3))
    known = pieces.fit_transform([f"{one.title} {one.text}" for one in train])
    svm = LinearSVC(random_state=0).fit(known, [one.category for one in train])
    return svm.predict(pieces.transform([f"{one.title} {one.text}" for one in test]))


def judge(train: Sequence[Example], test: Sequence[Example]) -> dict[str, Any]:
    """Learn from one, measure on the other."""
    began = time.process_time()
    model, _ = learn(train)
    learned = time.process_time() - began
    began = time.process_time()
    answers = [model.probabilities(one.title, one.text) for one in test]
    answered = (time.process_time() - began) / len(test)
    actual = np.array([one.category for one in test])
    found = np.array([next(iter(answer)) for answer in answers])
    sure = np.array([next(iter(answer.values())) for answer in answers])
    other = peer(train, test)
    return {
        "f1": macro_f1(actual, found),
        "accuracy": float((actual == found).mean()),
        "calibration": calibration(sure, actual == found),
        "peer f1": macro_f1(actual, other),
        "peer accuracy": float((actual == other).mean()),
        "s": learned,
        "ms": answered * 1000,
        "alone": float((sure >= 0.9).mean()),
        "alone right": float((actual == found)[sure >= 0.9].mean()) if (sure >= 0.9).any() else 0.0,
    }


def folds(examples: Sequence[Example], repeats: int) -> list[dict[str, Any]]:
    """Every fold of every repeat."""
    from sklearn.model_selection import RepeatedStratifiedKFold

    split = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=repeats, random_state=7)
    labels = [one.category for one in examples]
    return [
        judge([examples[n] for n in seen], [examples[n] for n in unseen])
        for seen, unseen in split.split(labels, labels)
    ]


def run(train: Path, test: Path) -> list[Figure]:
    """All figures."""
    known = read(train)
    if train.resolve() == test.resolve():
        parts, how = folds(known, REPEATS), f"cross-validated {REPEATS} × {FOLDS}"
        print(f"one file: {how}")
        n = len(known)
    else:
        unknown = read(test)
        parts, how, n = [judge(known, unknown)], "held-out file", len(unknown)
    mean = {name: float(np.mean([part[name] for part in parts])) for name in parts[0]}
    spread = float(np.std([part["f1"] for part in parts]))
    shown = [
        ("macro-F1", "f1", "", 0.768, "higher", "peer f1"),
        ("accuracy", "accuracy", "", 0.790, "higher", "peer accuracy"),
        ("gap between confidence and share right", "calibration", "", 0.1, "lower", None),
        ("share decided alone at confidence 0.9", "alone", "", None, "higher", None),
        ("of these right", "alone right", "", 0.9, "higher", None),
        ("learning with its own cross-validation, one thread", "s", "s", 10, "lower", None),
        ("one answer", "ms", "ms", None, "lower", None),
    ]
    figures = [
        {
            **figure(f"classify: {name} ({how})", mean[key], unit, target, better, n),
            "value": round(mean[key], 3),
        }
        | ({"peer": round(mean[other], 3)} if other else {})
        for name, key, unit, target, better, other in shown
    ]
    return [
        *figures,
        {
            **figure(f"classify: spread of macro-F1 ({how})", spread, "", None, "lower", n),
            "value": round(spread, 3),
        },
    ]
