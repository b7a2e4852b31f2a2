"""Learning from what officers confirmed, and when a new model takes over from the old one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import sqlalchemy as sa

from chengyun.incidents import rulebook
from chengyun.incidents.classification import rules, store
from chengyun.incidents.classification.contracts import (
    MAX_EXAMPLES,
    MIN_EXAMPLES,
    MIN_NEW,
    MIN_PER_CLASS,
    NEW_FOR_JOB,
    NEWEST,
    Comparison,
    Example,
)
from chengyun.incidents.classification.learning import learn, macro_f1
from chengyun.incidents.classification.model import Model
from chengyun.incidents.classification.words import own_title
from chengyun.kernel import audit
from chengyun.kernel.errors import Conflict
from chengyun.kernel.transactions import Tx

# An officer who accepts, verifies or reclassifies has looked at the category, whoever proposed it. Newest first,
# each category with its share of the room, so that a frequent one does not crowd the others out.
_CONFIRMED = sa.text(
    """
    SELECT title, text, category, at FROM (
        SELECT i.title, i.text, i.category, s.at,
               row_number() OVER (PARTITION BY i.category ORDER BY s.at DESC, i.id DESC) AS place
        FROM (SELECT id, title, text, category FROM incidents_incident
              WHERE category = ANY(:codes) AND state <> 'voided' AND simulated = :simulated AND emptied_at IS NULL
              ORDER BY id DESC LIMIT :newest) i
        JOIN LATERAL (SELECT max(at) AS at FROM incidents_step
                      WHERE incident_id = i.id AND actor_kind = 'person'
                        AND move IN ('accept', 'verify', 'classify')) s ON s.at IS NOT NULL
    ) found WHERE place <= :room ORDER BY at, title
    """
)


def confirmed(tx: Tx) -> tuple[list[Example], bool]:
    """What can be learned from, oldest first; True where only simulated incidents gave enough of it."""
    real = _confirmed(tx, simulated=False)
    if rules.enough(real):
        return real, False
    played = _confirmed(tx, simulated=True)
    return (played, True) if rules.enough(played) else (real, False)


def _confirmed(tx: Tx, *, simulated: bool) -> list[Example]:
    codes = [category.code for category in rulebook.current(tx)[1].categories]
    room = max(MIN_PER_CLASS, 2 * MAX_EXAMPLES // max(1, len(codes)))
    given = {"codes": codes, "simulated": simulated, "newest": NEWEST, "room": room}
    rows = tx.execute(_CONFIRMED, given)
    found = [Example(own_title(row.title, row.text), row.text, row.category, row.at) for row in rows]
    return rules.learnable(found, MAX_EXAMPLES)


def newer(examples: Sequence[Example], since: datetime | None) -> list[int]:
    """Places of the examples that were confirmed after a moment."""
    return [n for n, one in enumerate(examples) if since is None or (one.at is not None and one.at > since)]


def require_enough(examples: Sequence[Example], since: datetime | None) -> None:
    """Conflict before there is enough to learn from, or to compare by."""
    if not rules.enough(examples):
        told = {"confirmed": len(examples), "needed": MIN_EXAMPLES, "each": MIN_PER_CLASS}
        raise Conflict("classification.too_few", **told)
    fresh = len(newer(examples, since))
    if since is not None and fresh < MIN_NEW:
        raise Conflict("classification.too_few_new", new=fresh, needed=MIN_NEW)


def due(tx: Tx) -> bool:
    """Whether enough was confirmed since the last attempt for the job to train by itself."""
    examples, _ = confirmed(tx)
    since = store.last_attempt(tx)
    wanted = NEW_FOR_JOB if since is not None else MIN_EXAMPLES
    return rules.enough(examples) and len(newer(examples, since)) >= wanted


def train(tx: Tx, *, by_hand: bool) -> int:
    """Learn, compare with the model in use, take the new one unless it is worse; the attempt's id. Audited.

    Raises Conflict where there is not enough. Takes seconds to a minute of one core: for a job, not for a request.
    """
    examples, simulated = confirmed(tx)
    old = store.in_use(tx)
    since = store.trained_at(tx, old.id) if old else None
    require_enough(examples, since)
    compared = _compared(old.model, examples, newer(examples, since)) if old else None
    refused = rules.refusal(compared)
    model, figures = learn(examples)
    number = store.add(
        tx,
        model,
        figures,
        by_hand=by_hand,
        simulated=simulated,
        automatic=rules.automatic_of(figures, simulated, old.automatic if old else None),
        compared=compared,
        refused=refused,
    )
    told = {"examples": figures.examples, "macro_f1": round(figures.macro_f1, 3), "refused": refused}
    audit.record(tx, "classification.trained", ("model", number), {"digest": model.digest, **told})
    return number


def _compared(old: Model, examples: Sequence[Example], fresh: Sequence[int]) -> Comparison | None:
    """Both on texts that neither had seen; the new one here is learned without them."""
    seen, unseen = rules.halves(examples, fresh)
    seen = rules.learnable(seen)
    if not rules.enough(seen):
        return None
    new, _ = learn(seen, folds=3, repeats=1)
    return Comparison(len(unseen), _score(old, unseen), _score(new, unseen))


def _score(model: Model, unseen: Sequence[Example]) -> float:
    found = [next(iter(model.probabilities(one.title, one.text))) for one in unseen]
    return macro_f1(np.array([one.category for one in unseen]), np.array(found))
