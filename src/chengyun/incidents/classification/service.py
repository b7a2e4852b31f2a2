"""The door of classification: proposals for a text, the category of a new report, the models and their figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chengyun.incidents import rulebook
from chengyun.incidents.classification import messages, rules, store, training  # noqa: F401  registers the texts
from chengyun.incidents.classification.contracts import (
    AUTOMATIC_LEAST,
    MIN_NEW,
    Confusion,
    Figures,
    Guess,
    ModelCard,
    Settled,
    Standing,
)
from chengyun.incidents.classification.store import InUse
from chengyun.incidents.classification.words import own_title
from chengyun.incidents.contracts import Category
from chengyun.incidents.deadlines import Book
from chengyun.incidents.inputs import ReportIn
from chengyun.kernel import audit
from chengyun.kernel.errors import Conflict, FieldError, Invalid, NotFound
from chengyun.kernel.jobs import defer
from chengyun.kernel.transactions import Tx

WORDS_ALONE = 0.5  # where a category that only hint words speak for stands among a model's confidences
WORTH_SHOWING = 0.05
JOB = "incidents.learn"


# --- proposals -----------------------------------------------------------------------------------------------


def guess(tx: Tx, text: str, title: str = "", limit: int = 5) -> list[Guess]:
    """Categories proposed for a text, best first: the model's for what it has learned, hint words for the rest."""
    known = {one.code: one for one in rulebook.current(tx)[1].categories}
    hits = hint_words(known.values(), f"{title} {text}")
    using = store.in_use(tx)
    found = _learned(using, known, hits, own_title(title, text), text, limit) if using else []
    learned = set(using.model.classes) if using else set()
    found += [_by_words(known[code], words, using) for code, words in hits.items() if code not in learned]
    english = tx.actor.language == "en"
    named = [_named(one, known[one.code], english) for one in found]
    return sorted(named, key=lambda one: -one.score)[:limit]


def hint_words(categories: Iterable[Category], text: str) -> dict[str, list[str]]:
    """Category → its hint words that occur in the text."""
    found = {one.code: [word for word in one.hints if word in text] for one in categories}
    return {code: words for code, words in found.items() if words}


def _learned(
    using: InUse, known: dict[str, Category], hits: dict[str, list[str]], title: str, text: str, limit: int
) -> list[Guess]:
    shares = using.model.probabilities(title, text, frozenset(known))
    groups: dict[str, float] = {}
    for code, share in shares.items():
        groups[known[code].group_zh] = groups.get(known[code].group_zh, 0.0) + share
    best = [code for code, share in shares.items() if share >= WORTH_SHOWING][:limit]
    return [
        Guess(
            code,
            "",
            shares[code],
            using.model.reasons(title, text, code) or hits.get(code, []),
            confidence=round(shares[code], 4),
            group_confidence=round(groups[known[code].group_zh], 4),
            model=using.name,
        )
        for code in best
    ]


def _by_words(category: Category, words: list[str], using: InUse | None) -> Guess:
    """Without a model the length of the words that hit orders them."""
    score = WORDS_ALONE if using else float(sum(map(len, words)))
    return Guess(category.code, "", score, words)


def _named(one: Guess, category: Category, english: bool) -> Guess:
    if english:
        return replace(one, name=category.name_en, group=category.group_en)
    return replace(one, name=category.name_zh, group=category.group_zh)


# --- intake --------------------------------------------------------------------------------------------------


def settle(tx: Tx, book: Book, given: ReportIn) -> Settled:
    """The category that a report is opened with: the one given; the model's where it is sure enough; else the only
    one whose hint words occur. None leaves it to an officer.

    A model never overrules words that mean something more urgent, and never decides where words speak for a
    category that it has not learned.
    """
    if given.category:
        category = book.categories.get(given.category)
        if category is None:
            params = {"category": given.category}
            raise Invalid([FieldError("category", "incidents.no_such_category", params)])
        return Settled(category)
    hits = hint_words(book.categories.values(), f"{given.title or ''} {given.text}")
    only = next(iter(hits)) if len(hits) == 1 else None
    by_words = Settled(book.categories[only], hits[only]) if only else Settled(None)
    using = store.in_use(tx)
    if using is None or using.automatic is None or not set(hits) <= set(using.model.classes):
        return by_words
    return _decided(using, using.automatic, book, given, by_words)


def _decided(using: InUse, needed: float, book: Book, given: ReportIn, by_words: Settled) -> Settled:
    title = own_title(given.title, given.text)
    shares = using.model.probabilities(title, given.text, frozenset(book.categories))
    code, confidence = next(iter(shares.items()), ("", 0.0))
    if confidence < needed:
        return by_words
    category = book.categories[code]
    if by_words.category is not None and rules.more_urgent(by_words.category, category):
        return by_words
    words = using.model.reasons(title, given.text, code)
    told = "、".join(words)
    why = {
        "zh": f"按历史办件学习的模型判断，把握 {confidence:.0%}，依据“{told}”",
        "en": f"Judged by the model learned from past incidents, {confidence:.0%} confident, by “{told}”",
        "rule": f"model {using.name}",
        "inputs": {"words": words, "confidence": round(confidence, 4), "needed": needed},
    }
    return Settled(category, words, why)


# --- models --------------------------------------------------------------------------------------------------


def standing(tx: Tx, language: str = "zh") -> Standing:
    """The models with their figures, and what waits to be learned. Run it as the system: counts are the city's."""
    examples, simulated = training.confirmed(tx)
    english = language == "en"
    names = {one.code: one.name_en if english else one.name_zh for one in rulebook.current(tx)[1].categories}
    return Standing(
        models=[_worded(one, names) for one in store.cards(tx)],
        confirmed=len(examples),
        new=len(training.newer(examples, store.last_attempt(tx))),
        needed=MIN_NEW,
        simulated=simulated,
    )


def _worded(card: ModelCard, names: dict[str, str]) -> ModelCard:
    figures: Figures = card.figures
    classes = [replace(one, name=names.get(one.code, one.code)) for one in figures.classes]
    confusion = [
        Confusion(names.get(one.actual, one.actual), names.get(one.predicted, one.predicted), one.count)
        for one in figures.confusion
    ]
    return replace(card, figures=replace(figures, classes=classes, confusion=confusion))


def ask_training(tx: Tx, seen: Tx) -> None:
    """Train now, in a job. `seen`: a transaction of the system, that counts across jurisdictions. Raises Conflict."""
    tx.actor.require("classification.manage")
    examples, _ = training.confirmed(seen)
    using = store.in_use(seen)
    training.require_enough(examples, store.trained_at(seen, using.id) if using else None)
    audit.record(tx, "classification.training_asked", None, {"examples": len(examples)})
    defer(tx, JOB, by_hand=1)


def set_automatic(tx: Tx, number: int, confidence: float | None) -> None:
    """From which confidence the model in use decides at intake; None: it only proposes. Audited.

    Raises NotFound, Conflict (not in use, simulated), Invalid where its figures do not bear it out.
    """
    tx.actor.require("classification.manage")
    card = _in_use(tx, number)
    if confidence is not None:
        if card.simulated:
            raise Conflict("classification.simulated")
        if not AUTOMATIC_LEAST <= confidence <= 0.99:
            raise Invalid([FieldError("confidence", "classification.range", {"least": AUTOMATIC_LEAST})])
        if not rules.may_decide(card.figures, confidence):
            right, _ = rules.right_above(card.figures, confidence)
            params = {"at": confidence, "right": right}
            raise Invalid([FieldError("confidence", "classification.not_borne_out", params)])
    store.set_automatic(tx, number, confidence)
    audit.record(
        tx, "classification.automatic", ("model", number), {"from": card.automatic, "to": confidence}
    )


def withdraw(tx: Tx, number: int, reason: str) -> None:
    """Take the model out of use: the one before it serves again, or hint words alone. Audited."""
    tx.actor.require("classification.manage")
    _in_use(tx, number)
    store.withdraw(tx, number)
    audit.record(tx, "classification.withdrawn", ("model", number), {"reason": reason})


def _in_use(tx: Tx, number: int) -> ModelCard:
    card = store.card(tx, number)
    if card is None:
        raise NotFound("classification.none")
    if not card.in_use:
        raise Conflict("classification.not_in_use")
    return card
